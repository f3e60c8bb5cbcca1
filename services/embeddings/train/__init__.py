"""Find a workspace's interest groups: sample → fit → compare with what stands → switch. Never in the web process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from kit.db import Pool, workspace
from kit.errors import FieldError, Invalid
from services.embeddings import store
from services.embeddings.domain import Coverage, Matrix, ModelName
from services.embeddings.domain.clusters import LastRun, NewCluster, Place, Sampled
from services.embeddings.features import clusters, topics
from services.embeddings.store import clusters as rows
from services.embeddings.store import models
from services.embeddings.train import consensus
from services.embeddings.usecases.clusters import MIN_CONTACTS, missing

SAMPLE = 10_000  # of 100,000 vectors it costs 0.5 % of inertia and saves nine tenths of the time
DEFAULT_CLUSTERS = 5
AUTO = "auto"
WORTH_A_CHANGE = 0.01  # groups are found anew only where people come so much nearer to their centres
STEPS = consensus.RUNS + consensus.GO_ON + 1  # the last one is the switch

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a run starts from: the people it learns from, the clusters that stand, and the run they are of."""

    model: str
    coverage: Coverage
    people: list[Sampled]
    vectors: Matrix
    places: list[Place]
    last: LastRun | None


async def cluster_workspace(
    pool: Pool,
    workspace_id: UUID,
    default: ModelName,
    *,
    job_id: UUID,
    asked: int | str | None,
    now: datetime,
    progress: Progress,
) -> dict[str, Any]:
    """Find the groups and switch to them in one transaction; return what has changed, and stand by it when run again.

    They are of the model that serves, which is `default` before anything else was chosen. `asked` is a number of
    groups, "auto", or None: as the last time. Raises Invalid for more groups than contacts.
    """
    known = await _load(pool, workspace_id, default)
    if known.last and known.last.job_id == job_id:
        return known.last.report
    n_clusters = wanted(asked, known.last)
    run = LastRun(job_id, known.model, n_clusters, {})
    shortage = missing(known.coverage) or ("vectors" if len(known.people) < MIN_CONTACTS else None)
    if shortage:
        found: list[NewCluster] = []
        report = {"status": "insufficient_data", "missing": [shortage], "minimum": MIN_CONTACTS}
    else:
        if asked != AUTO and asked is not None:
            refuse_too_many(int(asked), len(known.people))
        centroids, is_kept = await fit(known, n_clusters, progress)
        found, report = await asyncio.to_thread(describe, known, centroids)
        report |= {"status": "scored", "kept_centres": is_kept}
    report = {"asked": n_clusters or AUTO, "found": len(found), "contacts": known.coverage.vectors} | report
    return await _switch(pool, workspace_id, replace(run, report=report), found, facts_as_of=now)


def wanted(asked: int | str | None, last: LastRun | None) -> int | None:
    """Return how many groups to look for, None for as many as fit best: what is asked, else what was asked last."""
    if asked == AUTO:
        return None
    if asked is not None:
        return int(asked)
    return last.n_clusters if last else DEFAULT_CLUSTERS


def refuse_too_many(n_clusters: int, contacts: int) -> None:
    if n_clusters > contacts:
        where = FieldError("#/n_clusters", f"At most the {contacts} contacts with a vector.", allowed={"le": contacts})
        raise Invalid("More clusters than contacts were asked for.", code="too_many_clusters", fields=[where])


async def fit(known: Known, n_clusters: int | None, progress: Progress) -> tuple[Matrix, bool]:
    """Return the centres, largest group first, and whether they are the last run's, brought up to date."""
    vectors = known.vectors
    distinct = len(await asyncio.to_thread(np.unique, vectors, axis=0))
    if n_clusters is None:
        n_clusters = await asyncio.to_thread(consensus.choose_n, vectors, len(last_centroids(known)) or None)
    n_clusters = min(n_clusters, distinct)
    return await asyncio.to_thread(settle, known, n_clusters, await _consensus(vectors, n_clusters, progress))


def settle(known: Known, n_clusters: int, fresh: Matrix) -> tuple[Matrix, bool]:
    """Choose between the centres found anew and the last run's, brought up to date: without need nothing moves."""
    vectors = known.vectors
    last = last_centroids(known)
    if len(last) == n_clusters:
        kept = brought_up_to_date(vectors, last)
        if _cohesion(vectors, kept) >= _cohesion(vectors, fresh) * (1 - WORTH_A_CHANGE):
            return _by_size(vectors, kept), True
    return _by_size(vectors, fresh), False


def last_centroids(known: Known) -> Matrix:
    """Return the centres that stand, none where they are of another model's vectors."""
    return np.array([place.centroid for place in known.places if place.centroid is not None], np.float32)


def brought_up_to_date(vectors: Matrix, centroids: Matrix) -> Matrix:
    """Return where k-means ends that begins at known centres; a centre nobody is near to any more is left out."""
    ended = consensus.go_on(vectors, centroids)
    found = clusters.centres(vectors, ended.labels, len(centroids))
    return found[np.unique(clusters.nearest(vectors, found))]


def describe(known: Known, centroids: Matrix) -> tuple[list[NewCluster], dict[str, Any]]:
    """Return the clusters with their ids, topics and places, and what is to be said of them together."""
    n, vectors = len(centroids), known.vectors
    labels = clusters.nearest(vectors, centroids)
    places = {place.id: (place.x, place.y) for place in known.places}
    ids = clusters.keep_ids(labels, n, [one.cluster_id for one in known.people], places.keys())
    means = clusters.group_means(vectors, labels, n)
    middle, axes = clusters.plane(means, np.bincount(labels, minlength=n))
    positions = (means - middle) @ axes
    positions = positions @ clusters.turned(positions, ids, places)
    radii = clusters.radii(vectors, labels, means, axes)
    widths = clusters.silhouettes(vectors, labels, n)
    silhouette = clusters.averages(widths, labels, n)
    words = topics.top_topics(known.people, labels, n)
    found = [
        NewCluster(
            id=ids[row],
            centroid=centroids[row],
            top_topics=words[row],
            x=float(positions[row, 0]),
            y=float(positions[row, 1]),
            radius=float(radii[row]),
            silhouette=float(silhouette[row]) if n > 1 else None,
        )
        for row in range(n)
    ]
    return found, {"silhouette": float(widths.mean()) if n > 1 else None}


async def _load(pool: Pool, workspace_id: UUID, default: ModelName) -> Known:
    async with workspace(pool, workspace_id) as connection:
        model = (await models.serving(connection, workspace_id) or default).name
        last = await rows.last_run(connection, workspace_id)
        coverage = await store.coverage(connection, workspace_id, model)
        people = await rows.sample(connection, workspace_id, model, SAMPLE)
        places = await rows.last_places(connection, workspace_id, model)
    return Known(model, coverage, people, await asyncio.to_thread(_unit, people), places, last)


def _unit(people: Sequence[Sampled]) -> Matrix:
    """Return the vectors at unit length again: half precision has rounded them."""
    vectors = np.array([one.embedding for one in people], np.float32)
    scaled: Matrix = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


async def _consensus(vectors: Matrix, n: int, progress: Progress) -> Matrix:
    """As consensus.consensus, a run at a time: between two of them the job can be stopped."""
    begun: list[consensus.Fit] = []
    for seed in consensus.seeds(consensus.SEED):
        begun.append(await asyncio.to_thread(consensus.begin, vectors, n, seed))
        await progress(len(begun), STEPS)
    ended: list[consensus.Fit] = []
    for one in consensus.best(begun, consensus.GO_ON):
        ended.append(await asyncio.to_thread(consensus.go_on, vectors, one.centroids))
        await progress(len(begun) + len(ended), STEPS)
    return await asyncio.to_thread(consensus.combine, vectors, consensus.best(ended, consensus.COMBINED))


async def _switch(
    pool: Pool, workspace_id: UUID, run: LastRun, found: Sequence[NewCluster], *, facts_as_of: datetime
) -> dict[str, Any]:
    """Put the clusters in the place of those that stand, with everybody who has a vector by now in the nearest one."""
    ids = [one.id for one in found]
    async with workspace(pool, workspace_id) as connection:
        await rows.switch(connection, workspace_id)
        last = await rows.last_run(connection, workspace_id)
        await rows.put_clusters(connection, workspace_id, run.model, found)
        moves = await rows.place_all(connection, workspace_id, run.model, ids)
        await rows.replace_members(connection, workspace_id, ids)
        report = run.report | clusters.changes(moves, _sizes(last), ids)
        await rows.put_run(connection, workspace_id, replace(run, report=report), facts_as_of=facts_as_of)
    return report


def _sizes(last: LastRun | None) -> dict[int, int]:
    return {one["id"]: one["size"] for one in last.report["clusters"]} if last else {}


def _cohesion(vectors: Matrix, centroids: Matrix) -> float:
    return clusters.cohesion(vectors, centroids, clusters.nearest(vectors, centroids))


def _by_size(vectors: Matrix, centroids: Matrix) -> Matrix:
    """Put the largest group first, so that at first its id is 1."""
    sizes = np.bincount(clusters.nearest(vectors, centroids), minlength=len(centroids))
    return centroids[np.argsort(-sizes, kind="stable")]
