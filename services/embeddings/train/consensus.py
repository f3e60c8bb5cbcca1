"""Groups that two runs agree on: many k-means runs, the best of them combined. scikit-learn, one thread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from services.embeddings.domain import Matrix
from services.embeddings.features.clusters import Labels, centres, nearest, silhouettes

RUNS = 96
FIRST_STEPS = 10  # after so many, the runs that will end well can be told from the others
GO_ON = 24
COMBINED = 8
SEED = 20_261_127

CANDIDATES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50)
CANDIDATE_ROWS = 2_000
CANDIDATE_RESTARTS = 3
CLEARLY_BETTER = 0.01  # of silhouette: for less, the number of groups does not change over night


@dataclass(frozen=True, slots=True)
class Fit:
    """What one run of k-means found: lower inertia is better."""

    labels: Labels
    centroids: NDArray[np.float32]
    inertia: float


def seeds(seed: int) -> list[int]:
    """Return the seeds of the runs that make one consensus."""
    return [int(one) for one in np.random.SeedSequence(seed).generate_state(RUNS)]


def begin(vectors: Matrix, n: int, seed: int) -> Fit:
    """Return where a run stands after its first steps."""
    return _fit(vectors, KMeans(n, n_init=1, max_iter=FIRST_STEPS, random_state=seed))


def go_on(vectors: Matrix, centroids: Matrix) -> Fit:
    """Return where k-means ends that begins at these centres."""
    return _fit(vectors, KMeans(len(centroids), n_init=1, init=centroids))


def best(fits: Sequence[Fit], number: int) -> list[Fit]:
    return sorted(fits, key=lambda fit: fit.inertia)[:number]


def combine(vectors: Matrix, fits: Sequence[Fit]) -> Matrix:
    """Return the centres of the groups that several good runs, the best of them first, have in common.

    k-means on the runs' answers instead of on the vectors: each person is a row of one indicator for each run's groups
    (Topchy, Jain and Punch 2003; Wu et al., "K-means-based consensus clustering", TKDE 2015), of the better runs
    only (Fern and Lin, "Cluster ensemble selection", 2008). It begins at the best run, so no chance is left in it.
    """
    n = len(fits[0].centroids)
    answers = np.concatenate([np.eye(n, dtype=np.float32)[fit.labels] for fit in fits], axis=1)
    common = _fit(answers, KMeans(n, n_init=1, init=_means(answers, fits[0].labels, n)))
    found = centres(vectors, common.labels, n)
    return found[np.unique(nearest(vectors, found))]


def consensus(vectors: Matrix, n: int, seed: int = SEED) -> Matrix:
    """Return at most `n` centres: the same ones for the same vectors, nearly the same ones for another seed."""
    begun = [begin(vectors, n, one) for one in seeds(seed)]
    ended = [go_on(vectors, fit.centroids) for fit in best(begun, GO_ON)]
    return combine(vectors, best(ended, COMBINED))


def choose_n(vectors: Matrix, last: int | None, seed: int = SEED) -> int:
    """Return the number of groups with the highest mean silhouette; `last` unless another one is clearly better."""
    part = vectors[:: max(1, len(vectors) // CANDIDATE_ROWS)]
    most = len(np.unique(part, axis=0)) // 2
    options = sorted({n for n in (*CANDIDATES, last or 0) if 2 <= n <= most})
    widths = {n: _silhouette(part, n, seed) for n in options}
    chosen = max(widths, key=lambda n: (widths[n], -n), default=1)
    if last in widths and widths[last] >= widths[chosen] - CLEARLY_BETTER:
        return last
    return chosen


def _silhouette(vectors: Matrix, n: int, seed: int) -> float:
    fit = _fit(vectors, KMeans(n, n_init=CANDIDATE_RESTARTS, random_state=seed))
    return float(silhouettes(vectors, fit.labels, n).mean())


def _fit(rows: Matrix, model: KMeans) -> Fit:
    with threadpool_limits(1):  # sums of another number of threads round otherwise: the same data, the same answer
        model.fit(rows)
    return Fit(model.labels_.astype(np.int64), model.cluster_centers_.astype(np.float32), float(model.inertia_))


def _means(rows: Matrix, labels: Labels, n: int) -> Matrix:
    return np.stack([rows[labels == group].mean(axis=0) for group in range(n)])
