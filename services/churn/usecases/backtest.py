"""What was predicted against what happened: how well the order held, how true the probabilities were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from services.churn.domain import Chances, Flags, Outcome
from services.churn.usecases.words import risk_level

BINS = 10
RESAMPLES = 200
LEVELS = ("HIGH", "MEDIUM", "LOW")


def report(outcomes: Sequence[Outcome], *, until: datetime) -> dict[str, Any]:
    """Return a report on the ties whose horizon is over by an instant; figures that need both outcomes may be null.

    AUC is of the order by probability, beside that by days of silence alone; its interval and Brier's are 95 % of
    resampled ties. `reliability` compares what was said with what came, in tenths of the ties by probability.
    """
    closed = [one for one in outcomes if one.closed]
    said = np.array([one.probability for one in closed])
    silent = np.array([one.silent for one in closed], np.bool_)
    recency = np.array([one.days_since_last for one in closed])
    rate = float(silent.mean()) if closed else None
    return {
        "until": until.isoformat(),
        "ties": len(closed),
        "not_over_yet": len(outcomes) - len(closed),
        "fell_silent": int(silent.sum()),
        "auc": _with_interval(auc, said, silent),
        "auc_of_recency": auc(recency, silent),
        "brier": _with_interval(brier, said, silent),
        "brier_of_base_rate": None if rate is None else rate * (1 - rate),
        "calibration_error": calibration_error(said, silent),
        "reliability": reliability(said, silent),
        "levels": [_level(level, closed) for level in LEVELS],
    }


def auc(said: Chances, silent: Flags) -> float | None:
    """Return the chance that of two ties the one that fell silent was given more (Mann–Whitney); None of one kind."""
    ones, zeros = int(silent.sum()), int((~silent).sum())
    if not ones or not zeros:
        return None
    _, places, counts = np.unique(said, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[silent].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def brier(said: Chances, silent: Flags) -> float | None:
    return float(((said - silent) ** 2).mean()) if len(said) else None


def reliability(said: Chances, silent: Flags) -> list[dict[str, float]]:
    """Return tenths of the ties by probability: how many, what was said on average, what share fell silent."""
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [
        {"ties": len(part), "predicted": float(said[part].mean()), "observed": float(silent[part].mean())}
        for part in parts
    ]


def calibration_error(said: Chances, silent: Flags) -> float | None:
    """Return the mean distance of what was said from what came, over those tenths (ECE, equal numbers in each)."""
    parts = reliability(said, silent)
    off = sum(part["ties"] * abs(part["predicted"] - part["observed"]) for part in parts)
    return off / len(said) if len(said) else None


def _with_interval(figure: Any, said: Chances, silent: Flags) -> dict[str, float] | None:
    value = figure(said, silent)
    if value is None:
        return None
    random = np.random.default_rng(0)
    drawn = (random.integers(0, len(said), len(said)) for _ in range(RESAMPLES))
    again = [one for places in drawn if (one := figure(said[places], silent[places])) is not None]
    low, high = np.quantile(again, (0.025, 0.975)).tolist()
    return {"value": value, "low": low, "high": high}


def _level(level: str, closed: Sequence[Outcome]) -> dict[str, Any]:
    of_level = [one for one in closed if risk_level(one.probability) == level]
    return {"risk_level": level, "ties": len(of_level), "fell_silent": sum(one.silent for one in of_level)}
