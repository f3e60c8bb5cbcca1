"""The space of a model's vectors in cells, so that of many who meet a filter only those near a vector are compared.

About √n cells of √n people each, as in an inverted file (IVF; Sivic and Zisserman, Video Google, 2003).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.embeddings.domain import Among, Matrix

NUMBER = np.dtype(">i4")
SAMPLE_OF_EACH = 64  # vectors for each cell, from which centres are learnt
ROUNDS = 8  # more move few
OUTGROWN = 2  # times as many numbers as when they were divided

Numbers = NDArray[np.int64]


def are_due(cells: int, placed: int) -> bool:
    """Say whether `placed` numbers are to be divided (anew): there are no cells, or twice as many as they were for."""
    return placed > OUTGROWN * cells**2 if cells else True


def step(people: int, count: int) -> int:
    """Return of how many vectors one is enough to learn `count` centres from."""
    return max(1, people // (SAMPLE_OF_EACH * count))


def learn(sample: Matrix, count: int, random: np.random.Generator) -> Matrix:
    """Return up to `count` centres of unit length.

    Spherical k-means (Dhillon and Modha, Concept Decompositions, 2001). A centre nearest to nobody stays as it was.
    """
    sample = _to_unit_length(sample)
    centres = sample[random.permutation(len(sample))[:count]]
    for _ in range(ROUNDS):
        nearest = place(sample, centres)
        order = np.argsort(nearest, kind="stable")
        found, starts = np.unique(nearest[order], return_index=True)
        centres[found] = _to_unit_length(np.add.reduceat(sample[order], starts))
    return centres


def place(vectors: Matrix, centres: Matrix) -> Numbers:
    """Return for each vector, of whatever length, which centre is the nearest by cosine."""
    nearest: Numbers = np.argmax(vectors @ centres.T, axis=1)
    return nearest


def gather(cell_of: Numbers, numbers: Numbers, count: int) -> list[bytes]:
    """Return the numbers in each of `count` cells as they are stored."""
    order = np.argsort(cell_of, kind="stable")
    ends = np.cumsum(np.bincount(cell_of, minlength=count))[:-1]
    return [part.astype(NUMBER).tobytes() for part in np.split(numbers[order], ends)]


def enough(limit: int) -> int:
    """Return of how many that lie nearest one finds nearly all of the nearest (docs/decisions/0021-cells.md)."""
    return 100 + 10 * limit


def nearby(cells: Sequence[bytes], among: Among, wanted: int) -> Numbers | None:
    """Return the first `wanted` of those meant in cells that come nearest first; None where there are not so many."""
    members = np.frombuffer(b"".join(cells), NUMBER).astype(np.int64)
    known = np.append(among, False)  # who has come since the postings were read is not meant
    meant = members[known.take(members, mode="clip")]
    return meant[:wanted] if len(meant) >= wanted else None


def _to_unit_length(vectors: Matrix) -> Matrix:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Matrix = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
