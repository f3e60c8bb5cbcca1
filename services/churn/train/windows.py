"""Looks back: ties of past instants with what came of them since, seen from the workspace and from each contact."""

from collections.abc import Iterator, Sequence

import numpy as np

from services.churn.domain import OURS, Examples, Flags, Log, Offsets, TooFewExamples
from services.churn.features import FEATURES, build, measure
from services.churn.features.traits import FEWEST_INTERACTIONS
from services.churn.train.ties import Named, Seen, picked, seen, silent, ties

STEP_DAYS = 30.0
MOST_INSTANTS = 24
HORIZONS_DAYS = (30.0, 60.0, 90.0, 180.0)
MOST_TIES = 4_000  # an instant and kind, drawn at random
FEWEST_TIES = 20
SEED = 20_261_128


def look_back(
    log: Log,
    as_of_day: float,
    *,
    horizons_days: Sequence[float] = HORIZONS_DAYS,
    step_days: float = STEP_DAYS,
    most_instants: int = MOST_INSTANTS,
) -> Examples:
    """Return the ties of past instants, the newest one step ago, with what came of them within each horizon.

    Beside the named horizons each tie has its own, twice its median gap, where that is longer than 90 days. Only what
    had ended by `as_of_day` is there. Raise TooFewExamples where there is nothing.
    """
    every = seen(log)
    found = []
    for place in range(1, most_instants + 1):
        cut_day = as_of_day - step_days * place
        if not len(every.day) or cut_day <= every.day.min():
            break
        for kind in kinds(ties(every, cut_day, fewest=FEWEST_INTERACTIONS)):
            few = picked(kind, _drawn(kind.ties.count, place))
            found += [closed(one, as_of_day) for one in _examples(every, kind, few, cut_day, horizons_days)]
    if not found:
        raise TooFewExamples("no ties of at least 20 people with three interactions each, a month ago")
    return together(found)


def kinds(of: Named) -> Iterator[Named]:
    """Yield the workspace's own ties, then those between contacts; each is compared with its own kind."""
    for kept in (of.ego == OURS, of.ego != OURS):
        if int(kept.sum()) >= FEWEST_TIES:
            yield picked(of, np.flatnonzero(kept))


def together(several: Sequence[Examples]) -> Examples:
    """Return all examples in one table."""
    if not several:
        nothing = np.empty(0, np.float32)
        return Examples(np.empty((0, len(FEATURES)), np.float32), nothing, np.empty(0), np.empty(0))
    return Examples(
        np.concatenate([one.matrix for one in several]),
        np.concatenate([one.silent for one in several]),
        np.concatenate([one.horizon_days for one in several]),
        np.concatenate([one.cut_day for one in several]),
    )


def where(of: Examples, kept: Flags) -> Examples:
    return Examples(of.matrix[kept], of.silent[kept], of.horizon_days[kept], of.cut_day[kept])


def closed(of: Examples, as_of_day: float) -> Examples:
    """Return the examples of which it was known by then what came of them."""
    return where(of, of.cut_day + of.horizon_days <= as_of_day)


def _examples(
    every: Seen, kind: Named, few: Named, cut_day: float, horizons_days: Sequence[float]
) -> Iterator[Examples]:
    snapshot = measure(kind.ties, cut_day)
    for horizon in (*horizons_days, None):
        built = build(few.ties, cut_day, snapshot, horizon)
        came = silent(every, few, cut_day, built.horizon_days)
        one = Examples(built.matrix, came, built.horizon_days, np.full(len(came), cut_day))
        yield one if horizon else where(one, ~np.isin(built.horizon_days, horizons_days))


def _drawn(count: int, place: int) -> Offsets:
    if count <= MOST_TIES:
        return np.arange(count)
    return np.sort(np.random.default_rng([SEED, place]).choice(count, MOST_TIES, replace=False))
