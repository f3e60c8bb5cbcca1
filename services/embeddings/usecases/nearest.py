"""The contacts nearest to a vector: one way for everybody who searches, whatever the size of the workspace."""

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection
from services.embeddings import features, store
from services.embeddings.domain import NO_FILTERS, Filters, Hit, Nearest, Question


async def nearest(
    connection: Connection,
    workspace_id: UUID,
    model_name: str,
    embedding: NDArray[np.float32],
    *,
    limit: int,
    filters: Filters = NO_FILTERS,
    exclude: UUID | None = None,
    min_similarity: float = 0.0,
) -> Nearest:
    """Return as many contacts as asked for, if the workspace has them: nearest first, of equals the lower id first.

    Without an index every vector is compared, and with one those of a rare label. Otherwise the index is walked until
    enough have passed the filter; should it end too early, everybody is compared after all. Tags and organization are
    those that were last embedded, without case.
    """
    labels = features.labels_of(filters.tags, filters.organization)
    question = Question(embedding, limit, labels, exclude)
    scope = await store.search_scope(connection, workspace_id, model_name, question)
    if scope.indexed and not scope.is_rare:
        hits = await store.nearest_indexed(connection, workspace_id, model_name, question)
        if len(hits) == limit:
            return Nearest(_similar_enough(hits, min_similarity), exhaustive=False)
    if scope.label is None:
        hits = await store.nearest_exact(connection, workspace_id, model_name, question)
    else:
        hits = await store.nearest_labelled(connection, workspace_id, model_name, question, scope.label)
    return Nearest(_similar_enough(hits, min_similarity), exhaustive=True)


def _similar_enough(hits: list[Hit], min_similarity: float) -> list[Hit]:
    return [hit for hit in hits if hit.similarity >= min_similarity]
