"""Published indexes of who will meet whom, written with scipy alone: what the ranker is measured against.

Common neighbours; Adamic and Adar 2003; resource allocation (Zhou, Lü and Zhang 2009), also with ties that fade by half
every 90 days; symmetric personalised PageRank, PPR(u,v)·deg(u)/√deg(v), and PPR(u,v) itself; the fixed weights of SPEC
§3.2. Every person but oneself and those one knows is ranked.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from scipy.stats import rankdata

from services.recommend.domain import Network, Numbers, Values
from services.recommend.train.measure import DEPTH

DAMPING = 0.85
STEPS = 15
BLOCK = 1_000
POOL = 3 * DEPTH

Scores = NDArray[np.float64]


def precisions(known: Network, organization: Numbers, later: csr_matrix, rows: Numbers) -> dict[str, Values]:
    """Return AP@20 of each of some people by each index; `later` holds the ties that formed, both ways."""
    found: dict[str, list[Values]] = {}
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        for name, scores in _scores(known, organization, block):
            found.setdefault(name, []).append(_precision(scores, known, later, block))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _scores(known: Network, organization: Numbers, rows: Numbers) -> Iterator[tuple[str, Scores]]:
    plain, faded = _matrix(known, np.ones_like(known.recent)), _matrix(known, known.recent)
    degree = np.maximum(_sums(plain), 1e-12)
    mutual = (plain[rows] @ plain).toarray()
    yield "common neighbours", mutual
    yield "Adamic-Adar", (plain[rows] @ diags(1 / np.log(np.maximum(degree, 2))) @ plain).toarray()
    yield "resource allocation", (plain[rows] @ diags(1 / degree) @ plain).toarray()
    yield "resource allocation, fading", (faded[rows] @ diags(1 / np.maximum(_sums(faded), 1e-12)) @ faded).toarray()
    walked = _pagerank(plain, rows)
    yield "personalised PageRank", walked
    yield "symmetric PageRank", walked * degree[rows][:, None] / np.sqrt(degree)[None, :]
    same = (organization[rows][:, None] == organization) & (organization >= 0)
    influence = (rankdata(_pagerank_of_all(plain)) - 0.5) / len(degree)
    yield "fixed weights of SPEC", 0.30 * np.minimum(mutual / 10, 1) + 0.25 * influence + 0.15 * same


def _matrix(known: Network, weights: Values) -> csr_matrix:
    return csr_matrix((weights.astype(np.float64), known.neighbours, known.offsets), (known.people, known.people))


def _sums(matrix: csr_matrix) -> Scores:
    return np.asarray(matrix.sum(axis=1)).ravel()


def _step(matrix: csr_matrix) -> csr_matrix:
    return (diags(1 / np.maximum(_sums(matrix), 1e-12)) @ matrix).tocsr()


def _pagerank(matrix: csr_matrix, rows: Numbers) -> Scores:
    step = _step(matrix).T.tocsr()
    start = np.zeros((matrix.shape[0], len(rows)))
    start[rows, np.arange(len(rows))] = 1 - DAMPING
    walked = start.copy()
    for _ in range(STEPS):
        walked = start + DAMPING * (step @ walked)
    return walked.T


def _pagerank_of_all(matrix: csr_matrix) -> Scores:
    step, people = _step(matrix).T.tocsr(), matrix.shape[0]
    ranks = np.full(people, 1 / people)
    for _ in range(4 * STEPS):
        ranks = (1 - DAMPING) / people + DAMPING * (step @ ranks)
    return ranks


def _precision(scores: Scores, known: Network, later: csr_matrix, rows: Numbers) -> Values:
    """Return AP@20 of each row; of equal scores the lower number comes first, and a score of nothing is no advice."""
    for place, row in enumerate(rows):
        scores[place, known.neighbours[known.offsets[row] : known.offsets[row + 1]]] = 0
        scores[place, row] = 0
    pool = np.sort(np.argpartition(-scores, min(POOL, scores.shape[1] - 1), axis=1)[:, :POOL], axis=1)
    order = np.argsort(-np.take_along_axis(scores, pool, 1), axis=1, kind="stable")[:, :DEPTH]
    best = np.take_along_axis(pool, order, 1)
    hit = np.asarray(later[np.repeat(rows, best.shape[1]), best.ravel()]).reshape(best.shape)
    hit = hit * (np.take_along_axis(scores, best, 1) > 0)
    precision = (np.cumsum(hit, axis=1) / np.arange(1, best.shape[1] + 1) * hit).sum(axis=1)
    formed = np.diff(later.indptr)[rows]
    return np.asarray(precision / np.minimum(formed, DEPTH), np.float32)
