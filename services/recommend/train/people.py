"""Learns who meets whom from who met whom: hide the ties that formed of late, rank their people, see who was right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from services.recommend.domain import Candidates, Facts, Network, Numbers, Offsets, People, Values
from services.recommend.features import network, pairs
from services.recommend.model.people import FEATURES, Parts, Ranker, matrix

HORIZON_DAYS = 90.0
WINDOWS = 4
PENALTY = 0.1
NEGATIVES = 32  # a person, drawn uniformly from the candidates served to him
FEWEST_POSITIVES = 50
DEPTH = 20

Similarity = Callable[[Candidates], Values]


@dataclass(frozen=True, slots=True)
class Window:
    """The candidates as of an instant, their features, and which of them became ties within the horizon.

    `formed` counts, for each person, all ties that formed, whether or not they were among the candidates.
    """

    candidates: Candidates
    features: Values
    met: Values
    formed: Numbers


def window(facts: Facts, as_of_day: float, similarity: Similarity, horizon_days: float = HORIZON_DAYS) -> Window:
    """Return the candidates as of an instant with what came of them in the next `horizon_days`."""
    people = facts.people.count
    known = network.build(facts.links, facts.exchanges, people, as_of_day=as_of_day)
    later = network.build(facts.links, facts.exchanges, people, as_of_day=as_of_day + horizon_days)
    return judged(facts.people, known, _ties(later), similarity)


def judged(people: People, known: Network, later: Offsets, similarity: Similarity) -> Window:
    """Return the candidates of a network, judged by the ties of `later` (keys u·n+v, both ways) that it lacks."""
    fresh = np.setdiff1d(later, _ties(known), assume_unique=True)
    found = pairs.candidates(known, np.arange(people.count, dtype=np.int32))
    parts = Parts.of(found, people, similarity(found))
    met = np.isin(found.who.astype(np.int64) * people.count + found.whom, fresh)
    formed = np.bincount(fresh // people.count, minlength=people.count).astype(np.int32)
    return Window(found, matrix(found, parts), met.astype(np.float32), formed)


def _ties(of: Network) -> Offsets:
    rows = np.repeat(np.arange(of.people, dtype=np.int64), np.diff(of.offsets))
    return rows * of.people + of.neighbours


def fit(windows: Sequence[Window], *, seed: int) -> Ranker | None:
    """Return a ranker of what the windows show; None where too few ties formed to learn from.

    Every tie that formed among the candidates is an example, beside a uniform draw of the same person's others:
    a draw that prefers what scores high taught the opposite (hard negatives).
    """
    samples = [_sample(one, np.random.default_rng([seed, place])) for place, one in enumerate(windows)]
    features = np.concatenate([one[0] for one in samples])
    met = np.concatenate([one[1] for one in samples])
    if met.sum() < FEWEST_POSITIVES or met.all():
        return None
    spread = features.std(axis=0)
    spread[spread < 1e-6] = 1
    model = LogisticRegression(C=PENALTY, max_iter=500).fit(features / spread, met)
    weights = np.where(features.std(axis=0) < 1e-6, 0, model.coef_[0] / spread)
    return Ranker(tuple(float(weight) for weight in weights), float(model.intercept_[0]))


def _sample(of: Window, random: np.random.Generator) -> tuple[Values, Values]:
    who = of.candidates.who
    useful = np.bincount(who, of.met, len(of.formed))[who] > 0  # people of whom nobody knows what they would choose
    draw = np.where(of.met > 0, -1.0, random.random(len(who)))
    order = np.lexsort((draw, who))
    starts = np.searchsorted(who[order], who[order], side="left")
    rank = np.arange(len(order)) - starts
    taken = order[(rank < NEGATIVES + np.bincount(who, of.met, len(of.formed))[who[order]]) & useful[order]]
    return of.features[taken], of.met[taken]


def average_precision(of: Window, scores: Values) -> Values:
    """Return AP@20 of each person with at least one tie formed: ties beyond the candidates count as missed.

    The divisor is min(ties formed, 20), so a perfect list scores 1.
    """
    who = of.candidates.who
    order = np.lexsort((of.candidates.whom, -scores, who))
    rank = np.arange(len(order)) - np.searchsorted(who[order], who[order], side="left") + 1
    hit = of.met[order]
    running = np.cumsum(hit)
    before = np.concatenate([[0], running])[np.searchsorted(who[order], who[order], side="left")]
    precision = (running - before) / rank * hit * (rank <= DEPTH)
    total = np.bincount(who[order], precision, len(of.formed))
    asked = of.formed > 0
    result: Values = (total[asked] / np.minimum(of.formed[asked], DEPTH)).astype(np.float32)
    return result


def past_windows(facts: Facts, as_of_day: float, similarity: Similarity, horizon_days: float) -> list[Window]:
    """Return the windows that had closed by an instant, newest first."""
    days = [as_of_day - horizon_days * place for place in range(1, WINDOWS + 1)]
    closed = replace(facts, exchanges=facts.exchanges.before(as_of_day))
    return [window(closed, day, similarity, horizon_days) for day in days]


__all__ = ["FEATURES", "Facts", "Window", "average_precision", "fit", "judged", "past_windows", "window"]
