"""What all ties of an instant look like, as it is kept, and how one tie is compared with it at any time."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import numpy as np
from scipy.optimize import isotonic_regression

from services.churn.domain import Days, Snapshot
from services.churn.features import rhythm
from services.churn.features.traits import HORIZON_DAYS, Traits

HORIZONS_DAYS = (30.0, 60.0, 90.0, 180.0, 365.0)
RANKED = ("since", "count_90", "count_365", "faded_45", "faded_180", "age", "active", "rhythm")


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
        "rhythm": rhythm.silence(
            rates, repeats, own.first_to_last, own.first_to_now, np.full_like(repeats, HORIZON_DAYS)
        ),
    }


def ranks(columns: dict[str, Days], of: Snapshot) -> dict[str, Days]:
    """Return the share of the snapshot's ties below each value, half of those equal to it; NaN where nobody is."""
    return {name: _rank(columns[name], np.asarray(of.grid[name])) for name in RANKED}


def usual_silence(of: Snapshot, horizon_days: Days) -> Days:
    """Return the share of ties that fell silent in a horizon's last closed window, by interpolation; NaN: unknown.

    It never rises with the horizon: the windows are of other months and other ties, and shares that did are averaged.
    """
    shares = np.asarray(of.silent_before)
    known = ~np.isnan(shares)
    if not known.any():
        return np.full(len(horizon_days), np.nan)
    falling = isotonic_regression(shares[known], increasing=False).x
    usual: Days = np.interp(np.log(horizon_days), np.log(HORIZONS_DAYS)[known], falling)
    return usual


def dump_snapshot(snapshot: Snapshot) -> str:
    """Return JSON in which unknown numbers are null."""
    return json.dumps(asdict(snapshot)).replace("NaN", "null")


def load_snapshot(content: str) -> Snapshot:
    read = json.loads(content)
    return Snapshot(
        grid={name: _numbers(values) for name, values in read["grid"].items()},
        center=_named(read["center"]),
        typical=_named(read["typical"]),
        rates=tuple(read["rates"]),
        silent_before=_numbers(read["silent_before"]),
        ties=read["ties"],
    )


def _named(values: Mapping[str, float | None]) -> dict[str, float]:
    return dict(zip(values, _numbers(values.values()), strict=True))


def _numbers(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(float("nan") if value is None else float(value) for value in values)


def _rank(column: Days, grid: Days) -> Days:
    if np.isnan(grid[0]):
        return np.full(len(column), np.nan)
    rank = (np.searchsorted(grid, column, "left") + np.searchsorted(grid, column, "right")) / (2 * len(grid))
    return np.where(np.isnan(column), np.nan, rank)
