"""What groups of unit vectors are like: centres, silhouettes, places in a plane, and which old group each one is.

Pure and columnar: rows are people in some order, labels are numbers from 0.
"""

from collections.abc import Collection, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from scipy.optimize import linear_sum_assignment

from services.embeddings.domain import Matrix
from services.embeddings.domain.clusters import Moves

KEPT_SHARE = 0.2  # an old group and a new one are the same only where they share this much of the smaller of the two
SAME = 1e-6  # distances below are rounding

Labels = NDArray[np.int64]
Numbers = NDArray[np.float64]


def centres(vectors: Matrix, labels: Labels, n: int) -> Matrix:
    """Return the mean direction of each of `n` groups at unit length, as exact as it is stored (half precision)."""
    sums = group_sums(vectors, labels, n)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    rounded: Matrix = (sums / np.maximum(lengths, 1e-12)).astype(np.float16).astype(np.float32)
    return rounded


def group_sums(vectors: Matrix, labels: Labels, n: int) -> Numbers:
    sums = np.zeros((n, vectors.shape[1]))
    np.add.at(sums, labels, vectors)
    return sums


def nearest(vectors: Matrix, centroids: Matrix) -> Labels:
    """Return the group whose centre has the largest cosine; of equal ones the first."""
    scaled = centroids / np.linalg.norm(centroids, axis=1, keepdims=True)
    return np.asarray((vectors @ scaled.T).argmax(axis=1), np.int64)


def cohesion(vectors: Matrix, centroids: Matrix, labels: Labels) -> float:
    """Return the mean cosine of people with the centre of their group: what spherical k-means makes large."""
    scaled = centroids / np.linalg.norm(centroids, axis=1, keepdims=True)
    return float(np.einsum("ij,ij->i", vectors, scaled[labels]).mean())


def silhouettes(vectors: Matrix, labels: Labels, n: int) -> Numbers:
    """Return the silhouette of each row by cosine distance (Rousseeuw 1987), 0 for one that is alone in its group.

    The distance 1 - cos is linear in the other vector, so the mean over a group is that to the group's mean: exact, in
    one product, where the general case compares all pairs.
    """
    sizes = np.bincount(labels, minlength=n).astype(np.float64)
    sums = group_sums(vectors, labels, n)
    totals = np.maximum(sizes - vectors @ sums.T, 0)  # of distances to everybody in each group; a row's own is 0
    rows = np.arange(len(vectors))
    own, others = totals[rows, labels], totals / np.maximum(sizes, 1)
    within = own / np.maximum(sizes[labels] - 1, 1)
    others[rows, labels] = np.inf
    others[:, sizes == 0] = np.inf
    between = others.min(axis=1)
    larger = np.maximum(within, between)
    alone = (sizes[labels] < 2) | ~np.isfinite(between) | (larger < SAME)
    widths: Numbers = np.where(alone, 0.0, (between - within) / np.where(alone, 1.0, larger))
    return widths


def averages(values: Numbers, labels: Labels, n: int) -> Numbers:
    """Return the average of a value in each group, NaN where nobody is in it."""
    sizes = np.bincount(labels, minlength=n)
    sums = np.bincount(labels, weights=values, minlength=n)
    found: Numbers = np.divide(sums, sizes, out=np.full(n, np.nan), where=sizes > 0)
    return found


def group_means(vectors: Matrix, labels: Labels, n: int) -> Numbers:
    return group_sums(vectors, labels, n) / np.maximum(np.bincount(labels, minlength=n), 1)[:, None]


def plane(means: Numbers, sizes: Labels) -> tuple[Numbers, Numbers]:
    """Return the middle and the two axes, shape (dimensions, 2), along which groups' means differ most (PCA by size).

    The sign of an axis is that which makes its largest component positive; an axis without spread is zero.
    """
    weights = sizes / max(1, sizes.sum())
    middle = weights @ means
    spread = (means - middle) * np.sqrt(weights)[:, None]
    _left, strengths, axes = np.linalg.svd(spread, full_matrices=False)
    chosen = np.zeros((means.shape[1], 2))
    for axis in range(min(2, len(axes))):
        if strengths[axis] > 1e-9:
            largest = np.abs(axes[axis]).argmax()
            chosen[:, axis] = axes[axis] * np.sign(axes[axis][largest])
    return middle, chosen


def turned(positions: Numbers, ids: Sequence[int], last: dict[int, tuple[float, float]]) -> Numbers:
    """Return the rotation or reflection, two by two, that brings groups nearest to where the last run drew them.

    Orthogonal Procrustes (Schönemann 1966): distances between groups stay, the picture does not turn over night.
    """
    kept = [row for row, number in enumerate(ids) if number in last]
    if not kept:
        return np.eye(2)
    before = np.array([last[ids[row]] for row in kept])
    rotation: Numbers = orthogonal_procrustes(positions[kept], before)[0]
    return rotation


def radii(vectors: Matrix, labels: Labels, means: Numbers, axes: Numbers) -> Numbers:
    """Return how far people lie from their group's place in the plane: the root of the mean square."""
    away = ((vectors @ axes) - (means @ axes)[labels]) ** 2
    return np.sqrt(np.nan_to_num(averages(away.sum(axis=1), labels, len(means))))


def keep_ids(labels: Labels, n: int, last: Sequence[int | None], living: Collection[int]) -> list[int]:
    """Return an id for each new group: that of the old group it shares most people with, else one nobody has.

    Old and new are paired so that as many people as possible keep their group's id (the assignment problem, Kuhn 1955).
    `last` is the old group of each row, `living` all ids that are in use: a new group never gets one of them.
    """
    old_ids = sorted(set(living))
    column = {number: place for place, number in enumerate(old_ids)}
    shared = np.zeros((n, len(old_ids)))
    pairs = [(label, column[old]) for label, old in zip(labels.tolist(), last, strict=True) if old in column]
    if pairs:
        np.add.at(shared, tuple(np.array(pairs).T), 1)
    enough = KEPT_SHARE * np.minimum.outer(np.bincount(labels, minlength=n), shared.sum(axis=0))
    rows, columns = linear_sum_assignment(-shared)
    ids = {
        int(row): old_ids[place]
        for row, place in zip(rows, columns, strict=True)
        if shared[row, place] > 0 and shared[row, place] >= enough[row, place]
    }
    spare = (number for number in count(1) if number not in column)
    return [ids[row] if row in ids else next(spare) for row in range(n)]


def changes(moves: Moves, last_sizes: dict[int, int], ids: Sequence[int]) -> dict[str, Any]:
    """Return what a run changed: contacts that `moved` between clusters, came (`new`) and are `gone`, in all and each.

    `last_sizes` are those at the end of the last run: who has been erased since then is in no row of `moves`.
    """
    stayed = {number: moves.get((number, number), 0) for number in ids}
    left = {was: sum(moves.get((was, other), 0) for other in ids if other != was) for was in last_sizes}
    came = {number: sum(moves.get((was, number), 0) for was in last_sizes if was != number) for number in ids}
    fresh = {number: moves.get((None, number), 0) for number in ids}
    gone = {was: size - moves.get((was, was), 0) - left[was] for was, size in last_sizes.items()}
    return {
        "moved": sum(left.values()),
        "new": sum(fresh.values()),
        "gone": sum(gone.values()),
        "new_clusters": sorted(set(ids) - last_sizes.keys()),
        "gone_clusters": sorted(last_sizes.keys() - set(ids)),
        "clusters": [
            {
                "id": number,
                "size": stayed[number] + came[number] + fresh[number],
                "stayed": stayed[number],
                "came": came[number],
                "left": left.get(number, 0),
                "new": fresh[number],
                "gone": gone.get(number, 0),
            }
            for number in sorted(ids)
        ],
    }
