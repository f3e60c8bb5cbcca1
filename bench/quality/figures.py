"""What every quality check returns: figures with a bootstrap interval and a gate; where the data lies."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RESAMPLES = 1_000
SEED = 20_261_122


class NoData(Exception):
    """The real data is not on this machine; the check is skipped, never passed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `gate` is the range that was promised, or None where it is information."""

    name: str
    value: float
    interval: tuple[float, float]
    gate: tuple[float, float] | None = None

    @property
    def passed(self) -> bool:
        return self.gate is None or self.gate[0] <= self.value <= self.gate[1]

    def __str__(self) -> str:
        low, high = self.interval
        text = f"{self.name:<44} {self.value:>8.4f}  [{low:.4f}, {high:.4f}]"
        if self.gate is None:
            return f"{text}  information"
        verdict = "ok" if self.passed else "OUTSIDE"
        return f"{text}  gate {self.gate[0]:.4f} to {self.gate[1]:.4f}: {verdict}"


Rows = NDArray[np.intp]


def bootstrap(statistic: Callable[[Rows], float], row_count: int) -> tuple[float, float]:
    """Return the 95 % percentile interval of a statistic over rows drawn with replacement, seeded."""
    random = np.random.default_rng(SEED)
    draws = [statistic(random.integers(row_count, size=row_count)) for _ in range(RESAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def folder(name: str) -> Path:
    path = DATA / name
    if not path.is_dir():
        raise NoData(name)
    return path
