"""A score's place among all candidates of a run, from counts of their scores: no list of millions has to be kept."""

import numpy as np
from numpy.typing import NDArray

from services.recommend.domain import Values

LOWEST, HIGHEST = -16.0, 16.0  # log-odds; beyond them everybody is in the outermost bin
BINS = 16_384

Counts = NDArray[np.int64]


def none_yet() -> Counts:
    return np.zeros(BINS, np.int64)


def counted(scores: Values) -> Counts:
    """Return how many of some scores fall into each bin."""
    return np.bincount(_places(scores).astype(np.int64), minlength=BINS).astype(np.int64)


def percentiles(scores: Values, counts: Counts) -> NDArray[np.float64]:
    """Return the share of all candidates that score less, strictly between 0 and 1; within a bin by interpolation."""
    place = _places(scores)
    whole = place.astype(np.int64)
    below = np.concatenate([[0], np.cumsum(counts)])
    less = below[whole] + counts[whole] * (place - whole)
    shares: NDArray[np.float64] = (less + 0.5) / (below[-1] + 1)
    return shares


def dump(counts: Counts) -> bytes:
    return counts.astype("<i8").tobytes()


def load(content: bytes) -> Counts:
    return np.frombuffer(content, "<i8").astype(np.int64)


def _places(scores: Values) -> NDArray[np.float64]:
    scaled = (np.asarray(scores, np.float64) - LOWEST) / (HIGHEST - LOWEST) * BINS
    places: NDArray[np.float64] = np.clip(scaled, 0, np.nextafter(BINS, 0))
    return places
