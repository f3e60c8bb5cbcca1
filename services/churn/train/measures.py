"""How good probabilities are: order (ROC AUC), error (Brier), calibration; with 95 % intervals over drawn ties."""

from dataclasses import dataclass

import numpy as np

from services.churn.domain import Chances, Days, Offsets, Values

RESAMPLES = 500
BINS = 10
SEED = 20_261_130


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % percentile interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Bin:
    """Ties that were given a probability between `start` and `start` + 0.1: what was said, and what happened."""

    start: float
    count: int
    said: float
    happened: Interval


def weights(count: int, resamples: int = RESAMPLES) -> Offsets:
    """Return how often each of `count` ties is drawn in each resample; the first row is everybody once."""
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / max(count, 1)), resamples)
    return np.concatenate([np.ones((1, count), np.int64), draws])


def interval(of: Days) -> Interval:
    """Return the first figure, that of everybody, with the interval of the others."""
    low, high = np.nanpercentile(of[1:], [2.5, 97.5])
    return Interval(float(of[0]), float(low), float(high))


def auc(score: Days, silent: Values, drawn: Offsets) -> Days:
    """Return the ROC AUC in each resample; equal scores count half; NaN where only one class was drawn."""
    _values, place = np.unique(score, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    found = np.empty(len(drawn))
    for row, weight in enumerate(drawn):
        yes = np.add.reduceat((weight * silent)[order], starts)
        no = np.add.reduceat((weight * (1 - silent))[order], starts)
        below = np.cumsum(no) - no
        pairs = yes.sum() * no.sum()
        found[row] = (yes * (below + no / 2)).sum() / pairs if pairs else np.nan
    return found


def brier(chance: Chances, silent: Values, drawn: Offsets) -> Days:
    return _mean((chance - silent) ** 2, drawn)


def log_loss(log_odds: Days, silent: Values) -> Days:
    """Return each tie's loss, the logarithm of what was said of what happened."""
    loss: Days = np.logaddexp(0, log_odds) - silent * log_odds
    return loss


def calibration_error(chance: Chances, silent: Values, drawn: Offsets) -> Days:
    """Return the expected calibration error over ten bins of equal width, in each resample."""
    place = _bin(chance)
    off = np.stack([np.bincount(place, weight * (chance - silent), BINS) for weight in drawn])
    error: Days = np.abs(off).sum(axis=1) / drawn.sum(axis=1)
    return error


def reliability(chance: Chances, silent: Values) -> list[Bin]:
    """Return the bins that are not empty; the interval is Wilson's."""
    place = _bin(chance)
    found = []
    for number in np.unique(place):
        here = place == number
        said, happened = float(chance[here].mean()), float(silent[here].mean())
        found.append(Bin(number / BINS, int(here.sum()), said, _wilson(happened, int(here.sum()))))
    return found


def _bin(chance: Chances) -> Offsets:
    return np.clip((chance * BINS).astype(np.int64), 0, BINS - 1)


def _mean(of: Days, drawn: Offsets) -> Days:
    mean: Days = drawn @ of / drawn.sum(axis=1)
    return mean


def _wilson(share: float, count: int, z: float = 1.96) -> Interval:
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * float(np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)))
    return Interval(share, max(middle - half, 0.0), min(middle + half, 1.0))
