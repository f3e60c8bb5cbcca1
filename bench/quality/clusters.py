"""Interest clusters: do two seeds agree, do ids stay when people come and go, and how long does a large one take?

python -m bench.quality.clusters
"""

import csv
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from bench.quality.figures import Figure, folder
from bench.quality.run import main
from services.embeddings import train
from services.embeddings.domain import Coverage, Matrix
from services.embeddings.domain.clusters import Place, Sampled
from services.embeddings.features import clusters
from services.embeddings.train import consensus
from services.encoder.model import load_encoder

AGREEMENT = 0.95
STAYING = 0.95
FEW, MANY = 8, 45
CHANGED = 0.05
SEEDS = (1, 2, 3)
FEWER_SEEDS = SEEDS[:2]  # where it is information only
LARGE, LARGE_DIMENSIONS = 100_000, 384
EVERY_THIRD = 3  # of pantheon's people: as much as the information is worth
PANTHEON_FIELDS = ("Name", "occupation", "countryName")

Labels = NDArray[np.int64]
Way = Callable[[Matrix, int, int], Labels]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded, and a grouping that people made of it."""

    name: str
    vectors: Matrix
    groups: list[str]


def measure() -> list[Figure]:
    """Return agreement of seeds with its gate at k=8, plain k-means beside it, how many ids stay, and the time."""
    with threadpool_limits(1):
        companies = yc_companies()
        figures = [*agreement(companies, FEW, gated=True), *agreement(companies, MANY, gated=False)]
        figures.append(ids_that_stay(companies, FEW, gated=True))
        people = pantheon_people()
        figures += [*agreement(people, FEW, gated=False), ids_that_stay(people, FEW, gated=False), seconds()]
    return figures


def agreement(texts: Texts, n: int, *, gated: bool) -> list[Figure]:
    """Return the mean agreement of every two seeds (ARI), and the consensus' with what people say (NMI)."""
    found: dict[str, list[Labels]] = {}
    for name, way in WAYS.items():
        found[name] = [way(texts.vectors, n, seed) for seed in (SEEDS if gated else FEWER_SEEDS)]
    figures = []
    for name, answers in found.items():
        pairs = [float(adjusted_rand_score(one, other)) for one, other in combinations(answers, 2)]
        gate = (AGREEMENT, 1.0) if gated and name == "consensus" else None
        figures.append(_figure(f"{texts.name}, k={n}, ARI of seeds, {name}", pairs, gate))
    for name, answers in found.items():
        scores = [float(normalized_mutual_info_score(texts.groups, one)) for one in answers]
        figures.append(_figure(f"{texts.name}, k={n}, NMI, {name}", scores))
    return figures


def by_consensus(vectors: Matrix, n: int, seed: int) -> Labels:
    return clusters.nearest(vectors, consensus.consensus(vectors, n, seed))


def by_k_means(restarts: int) -> Way:
    def found(vectors: Matrix, n: int, seed: int) -> Labels:
        return np.asarray(KMeans(n, n_init=restarts, random_state=seed).fit(vectors).labels_, np.int64)

    return found


WAYS: dict[str, Way] = {"consensus": by_consensus, "n_init 1": by_k_means(1), "n_init 10": by_k_means(10)}


def ids_that_stay(texts: Texts, n: int, *, gated: bool) -> Figure:
    """Return the share of unchanged people whose id is the same after 5 % of all have been replaced by others."""
    random, shares = np.random.default_rng(SEEDS[0]), []
    for _ in FEWER_SEEDS:
        order = random.permutation(len(texts.vectors))
        fresh = int(len(order) * CHANGED)
        before, after = order[fresh:], order[: len(order) - fresh]  # as many go as come
        first = night(texts.vectors[before], n, [None] * len(before), [])
        ids_before = dict(zip(before.tolist(), first.ids_of_rows, strict=True))
        second = night(texts.vectors[after], n, [ids_before.get(row) for row in after.tolist()], first.places)
        both = [
            (ids_before[row], now)
            for row, now in zip(after.tolist(), second.ids_of_rows, strict=True)
            if row in ids_before
        ]
        shares.append(float(np.mean([was == is_now for was, is_now in both])))
    return _figure(f"{texts.name}, k={n}, ids that stay at 5 % change", shares, (STAYING, 1.0) if gated else None)


@dataclass(frozen=True, slots=True)
class Night:
    ids_of_rows: list[int]
    places: list[Place]


def night(vectors: Matrix, n: int, last: Sequence[int | None], places: list[Place]) -> Night:
    """Find the groups of a night as the job does, its database left out."""
    people = [
        Sampled(UUID(int=row), vector, "", "", None, None, [], was)
        for row, (vector, was) in enumerate(zip(vectors, last, strict=True))
    ]
    known = train.Known("quality", Coverage(len(people), len(people), len(people)), people, vectors, places, None)
    centroids, _kept = train.settle(known, n, consensus.consensus(vectors, n))
    found, _report = train.describe(known, centroids)
    ids = np.array([one.id for one in found])[clusters.nearest(vectors, centroids)]
    return Night(ids.tolist(), [Place(one.id, one.centroid, one.x, one.y) for one in found])


def seconds() -> Figure:
    """Return the CPU seconds from 100,000 vectors to everybody's cluster: learnt from a sample, then all assigned."""
    random = np.random.default_rng(SEEDS[0])
    middles = random.normal(size=(40, LARGE_DIMENSIONS))
    vectors = middles[random.integers(40, size=LARGE)] + 1.5 * random.normal(size=(LARGE, LARGE_DIMENSIONS))
    unit: Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    started_at = time.process_time()
    clusters.nearest(unit, consensus.consensus(unit[: train.SAMPLE], FEW))
    return _figure(f"CPU seconds, {LARGE:,} x {LARGE_DIMENSIONS}, k={FEW}", [time.process_time() - started_at])


def yc_companies() -> Texts:
    rows = _rows(folder("yc-companies") / "yc_companies.csv", ",")
    texts = [". ".join(filter(None, (row["one_liner"], row["tags"]))) or row["name"] for row in rows]
    return Texts("yc-companies", _embedded(texts), [row["industry"] for row in rows])


def pantheon_people() -> Texts:
    rows = _rows(folder("pantheon-people") / "pantheon.tsv", "\t")[::EVERY_THIRD]
    texts = [". ".join(row[field] for field in PANTHEON_FIELDS) for row in rows]
    return Texts("pantheon-people", _embedded(texts), [row["domain"] for row in rows])


def _rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _embedded(texts: list[str]) -> Matrix:
    encoder = load_encoder(Path(os.environ.get("RAPPORT_HOME", ".rapport")) / "models", "int8")
    return np.asarray(encoder.embed(texts).vectors, np.float32)


def _figure(name: str, values: Sequence[float], gate: tuple[float, float] | None = None) -> Figure:
    """Return the mean of a few runs; the interval is from the least to the largest of them."""
    return Figure(name, float(np.mean(values)), (min(values), max(values)), gate)


if __name__ == "__main__":
    sys.exit(main({"clusters": measure}))
