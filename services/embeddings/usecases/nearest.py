"""The contacts nearest to a vector: one way for everybody who searches, whatever the size of the workspace."""

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection
from services.embeddings import store
from services.embeddings.domain import Among, Hit, Nearest, Question
from services.embeddings.features.cells import enough
from services.embeddings.usecases import cells

READING = 400  # vectors that could be compared while cells are read (docs/decisions/0021-cells.md)
PLENTY = 5  # times as many as asked for: fewer than those in view are not surely the nearest of those meant


async def nearest(
    connection: Connection,
    workspace_id: UUID,
    model_name: str,
    embedding: NDArray[np.float32],
    *,
    limit: int,
    among: Among | None = None,
    indexed: bool | None = None,
    exclude: UUID | None = None,
    min_similarity: float = 0.0,
) -> Nearest:
    """Return as many contacts as asked for, if the workspace has them: nearest first, of equals the lower id first.

    Few are compared one by one, and without an index everybody is. Of many, those in the nearest cells are; of nearly
    everybody the index is walked until enough have passed the filter. Should that end too early, all are compared after
    all. Who knows whether there is an index says so (`indexed`), and saves a question.
    """
    question = Question(embedding, limit, exclude)
    meant = None if among is None else np.count_nonzero(among)
    if meant == 0:
        return Nearest([], exhaustive=True)
    many = meant is None or meant > worth_comparing(limit)
    if many and indexed is None:
        indexed = await store.has_index(connection, workspace_id, model_name)
    if many and indexed:
        hits = await _probably_nearest(connection, workspace_id, model_name, question, among)
        if len(hits) == limit:
            return Nearest(_similar_enough(hits, min_similarity), exhaustive=False)
    if among is None:
        hits = await store.nearest_exact(connection, workspace_id, model_name, question)
    else:
        hits = await store.nearest_among(connection, workspace_id, model_name, question, np.flatnonzero(among))
    return Nearest(_similar_enough(hits, min_similarity), exhaustive=True)


async def _probably_nearest(
    connection: Connection, workspace_id: UUID, model_name: str, question: Question, among: Among | None
) -> list[Hit]:
    if among is not None and not worth_walking(question.limit, among):
        near = await cells.near(
            connection, workspace_id, model_name, question.embedding, limit=question.limit, among=among
        )
        if near is not None:
            return await store.nearest_among(connection, workspace_id, model_name, question, near)
    return await store.nearest_indexed(connection, workspace_id, model_name, question, among)


def worth_walking(limit: int, among: Among) -> bool:
    """Say whether what is in view of the index's walk holds those asked for several times over."""
    return PLENTY * limit * len(among) <= store.BREADTH * int(np.count_nonzero(among))


def worth_comparing(limit: int) -> int:
    """Return of how many at most it is less work to compare each than to find who of them is near."""
    return enough(limit) + READING


def _similar_enough(hits: list[Hit], min_similarity: float) -> list[Hit]:
    return [hit for hit in hits if hit.similarity >= min_similarity]
