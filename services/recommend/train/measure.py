"""How good an order of candidates is, person by person, and how sure a difference between two orders."""

from dataclasses import dataclass

import numpy as np

from services.recommend.domain import Values
from services.recommend.train.windows import SEED, Window

DEPTH = 20
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over people with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def average_precision(of: Window, scores: Values) -> Values:
    """Return AP@20 of each person with at least one tie formed: ties beyond the candidates count as missed.

    The divisor is min(ties formed, 20), so a perfect list scores 1. Equal scores are ordered by number.
    """
    who = of.candidates.who
    order = np.lexsort((of.candidates.whom, -scores, who))
    start = np.searchsorted(who[order], who[order], side="left")
    rank = np.arange(len(order)) - start + 1
    hit = of.met[order]
    running = np.concatenate([[0], np.cumsum(hit)])
    precision = (running[1:] - running[start]) / rank * hit * (rank <= DEPTH)
    total = np.bincount(who[order], precision, len(of.formed))
    asked = of.formed > 0
    result: Values = (total[asked] / np.minimum(of.formed[asked], DEPTH)).astype(np.float32)
    return result


def interval(of_each: Values) -> Interval:
    """Return the mean of one value a person; with differences of two orders it is a paired comparison."""
    if not len(of_each):
        return Interval(0.0, 0.0, 0.0)
    random = np.random.default_rng(SEED)
    means = [of_each[random.integers(len(of_each), size=len(of_each))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(of_each.mean()), float(low), float(high))
