"""What all ties of an instant look like, kept so that one tie can be compared with them at any time."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np

from services.churn.domain import Days, Flags, Snapshot, Ties
from services.churn.features import rhythm
from services.churn.features.traits import HORIZON_DAYS, Traits, traits

GRID = 257
FEWEST_TIES = 20
FITTED_TIES = 5_000
FEWEST_INTERACTIONS = 3
HORIZONS_DAYS = (30.0, 60.0, 90.0, 180.0, 365.0)
RANKED = ("since", "count_90", "count_365", "faded_45", "faded_180", "age", "active", "rhythm")


def measure(ties: Ties, as_of_day: float) -> Snapshot:
    """Return what ties are compared with: those with at least three interactions by the instant."""
    own = traits(ties, as_of_day, HORIZON_DAYS)
    kept = own.interactions >= FEWEST_INTERACTIONS
    few = int(kept.sum()) < FEWEST_TIES
    rates = rhythm.USUAL if not kept.any() else _rates(own, kept)
    columns = ranked(own, rates)
    grid = {name: _grid(columns[name][kept], few=few) for name in RANKED}
    return Snapshot(
        grid, _typical(ties, own, columns["rhythm"], kept), rates, _silent_before(ties, as_of_day), int(kept.sum())
    )


def ranked(own: Traits, rates: rhythm.Rates) -> dict[str, Days]:
    """Return the columns that have a rank, as they are."""
    repeats = np.maximum(own.active - 1, 0)
    return {
        "since": own.since,
        "count_90": own.count[90.0],
        "count_365": own.count[365.0],
        "faded_45": own.faded[45.0],
        "faded_180": own.faded[180.0],
        "age": own.age,
        "active": own.active,
        "rhythm": rhythm.silence(rates, repeats, own.first_to_last, own.first_to_now, np.full_like(repeats, 90.0)),
    }


def ranks(columns: dict[str, Days], of: Snapshot) -> dict[str, Days]:
    """Return the share of the snapshot's ties below each value, half of those equal to it; NaN where nobody is."""
    return {name: _rank(columns[name], np.asarray(of.grid[name])) for name in RANKED}


def usual_silence(of: Snapshot, horizon_days: Days) -> Days:
    """Return the share of ties that fell silent in a horizon's last closed window, by interpolation; NaN: unknown."""
    shares = np.asarray(of.silent_before)
    known = ~np.isnan(shares)
    if not known.any():
        return np.full(len(horizon_days), np.nan)
    usual: Days = np.interp(np.log(horizon_days), np.log(HORIZONS_DAYS)[known], shares[known])
    return usual


def dump_snapshot(snapshot: Snapshot) -> str:
    """Return JSON in which unknown numbers are null."""
    return json.dumps(asdict(snapshot)).replace("NaN", "null")


def load_snapshot(content: str) -> Snapshot:
    read = json.loads(content)
    return Snapshot(
        grid={name: _numbers(values) for name, values in read["grid"].items()},
        typical=dict(zip(read["typical"], _numbers(read["typical"].values()), strict=True)),
        rates=tuple(read["rates"]),
        silent_before=_numbers(read["silent_before"]),
        ties=read["ties"],
    )


def _numbers(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(float("nan") if value is None else float(value) for value in values)


def _rates(own: Traits, kept: Flags) -> rhythm.Rates:
    places = np.flatnonzero(kept)
    places = places[:: len(places) // FITTED_TIES + 1]
    return rhythm.fit(own.active[places] - 1, own.first_to_last[places], own.first_to_now[places])


def _grid(column: Days, *, few: bool) -> tuple[float, ...]:
    if few:
        return (float("nan"),) * GRID
    return tuple(np.quantile(column, np.linspace(0, 1, GRID), method="inverted_cdf").tolist())


def _rank(column: Days, grid: Days) -> Days:
    if np.isnan(grid[0]):
        return np.full(len(column), np.nan)
    rank = (np.searchsorted(grid, column, "left") + np.searchsorted(grid, column, "right")) / (2 * len(grid))
    return np.where(np.isnan(column), np.nan, rank)


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
