"""Measures what one tie is compared with: all ties of a workspace, of one kind, at one instant."""

from dataclasses import replace

import numpy as np

from services.churn.domain import Days, Flags, Snapshot, Ties
from services.churn.features import rhythm
from services.churn.features.columns import AS_THEY_ARE, FEATURES
from services.churn.features.described import describe
from services.churn.features.snapshot import HORIZONS_DAYS, RANKED, ranked
from services.churn.features.traits import FEWEST_INTERACTIONS, HORIZON_DAYS, Traits, traits
from services.churn.features.usual import USUAL

GRID = 257
FEWEST_TIES = 20
FITTED_TIES = 5_000
HELD_BY = 20.0  # as many usual ties as a center is held by


def measure(ties: Ties, as_of_day: float) -> Snapshot:
    """Return what ties are compared with: those with at least three interactions by the instant."""
    own = traits(ties, as_of_day, HORIZON_DAYS)
    kept = own.interactions >= FEWEST_INTERACTIONS
    few = int(kept.sum()) < FEWEST_TIES
    rates = rhythm.USUAL if not kept.any() else _rates(own, kept)
    columns = ranked(own, rates)
    grid = {name: _grid(columns[name][kept], few=few) for name in RANKED}
    typical = _typical(ties, own, columns["rhythm"], kept)
    silent = _silent_before(ties, as_of_day)
    found = Snapshot(grid, dict.fromkeys(FEATURES, 0.0), typical, rates, silent, int(kept.sum()))
    return replace(found, center=_center(describe(ties, own, as_of_day, found)[kept]))


def _center(columns: Days) -> dict[str, float]:
    """Return the mean of each column over the ties that know it; of few ties near what is usual elsewhere."""
    known = ~np.isnan(columns)
    usual = np.array([USUAL[name] for name in FEATURES])
    sums = np.where(known, columns, 0.0).sum(axis=0) + HELD_BY * usual
    center = sums / (known.sum(axis=0) + HELD_BY)
    return {name: 0.0 if name in AS_THEY_ARE else float(of) for name, of in zip(FEATURES, center, strict=True)}


def _rates(own: Traits, kept: Flags) -> rhythm.Rates:
    places = np.flatnonzero(kept)
    places = places[:: len(places) // FITTED_TIES + 1]
    return rhythm.fit(own.active[places] - 1, own.first_to_last[places], own.first_to_now[places])


def _grid(column: Days, *, few: bool) -> tuple[float, ...]:
    if few:
        return (float("nan"),) * GRID
    return tuple(np.quantile(column, np.linspace(0, 1, GRID), method="inverted_cdf").tolist())


def _typical(ties: Ties, own: Traits, silence: Days, kept: Flags) -> dict[str, float]:
    columns = {
        "cadence": own.median_gap,
        "rhythm": silence,
        "reciprocity": own.share_in,
        "history": own.age,
        "influence": ties.influence.astype(np.float64),
        "community": ties.community_size.astype(np.float64),
    }
    return {name: _median(column[kept]) for name, column in columns.items()}


def _median(column: Days) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else float("nan")


def _silent_before(ties: Ties, as_of_day: float) -> tuple[float, ...]:
    tie = np.repeat(np.arange(ties.count), np.diff(ties.offsets))
    shares = []
    for days in HORIZONS_DAYS:
        before = np.bincount(tie, ties.day <= as_of_day - days, ties.count) >= FEWEST_INTERACTIONS
        within = np.bincount(tie, (ties.day > as_of_day - days) & (ties.day <= as_of_day), ties.count) > 0
        known = int(before.sum())
        shares.append((float((before & ~within).sum()) + 1) / (known + 2) if known >= FEWEST_TIES else float("nan"))
    return tuple(shares)
