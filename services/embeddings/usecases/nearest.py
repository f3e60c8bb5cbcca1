"""The contacts nearest to a vector: one way for everybody who searches, whatever the size of the workspace."""

import math
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection
from services.embeddings import store
from services.embeddings.domain import Among, Hit, Nearest, Question

# Walking an index past one row costs as much as looking up and comparing so many (docs/decisions/0005-vectors.md).
STEP = 4


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

    Few are compared one by one, and without an index everybody is. Otherwise the index is walked until enough have
    passed the filter; should it end too early, all are compared after all. Who knows whether there is an index says so
    (`indexed`), and saves a question.
    """
    question = Question(embedding, limit, exclude)
    numbers = None if among is None else np.flatnonzero(among)
    if numbers is not None and not len(numbers):
        return Nearest([], exhaustive=True)
    few = among is not None and numbers is not None and len(numbers) <= worth_comparing(limit, len(among))
    if not few and indexed is None:
        indexed = await store.has_index(connection, workspace_id, model_name)
    if indexed and not few:
        hits = await store.nearest_indexed(connection, workspace_id, model_name, question, among)
        if len(hits) == limit:
            return Nearest(_similar_enough(hits, min_similarity), exhaustive=False)
    if numbers is None:
        hits = await store.nearest_exact(connection, workspace_id, model_name, question)
    else:
        hits = await store.nearest_among(connection, workspace_id, model_name, question, numbers)
    return Nearest(_similar_enough(hits, min_similarity), exhaustive=True)


def worth_comparing(limit: int, people: int) -> float:
    """Return of how many at most it is less work to compare each than to walk the index of everybody.

    Where k of n are meant, a walk for m passes about m·n/k.
    """
    return math.sqrt(STEP * limit * people)


def _similar_enough(hits: list[Hit], min_similarity: float) -> list[Hit]:
    return [hit for hit in hits if hit.similarity >= min_similarity]
