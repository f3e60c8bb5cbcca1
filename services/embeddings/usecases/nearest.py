"""Who is nearest to a vector."""

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection
from services.embeddings import store
from services.embeddings.domain import NO_FILTERS, Filters, Nearest


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
    """Return the nearest contacts that meet the filters, nearest first."""
    hits = await store.nearest(
        connection,
        workspace_id,
        model_name,
        embedding,
        limit=limit,
        filters=filters,
        exclude=exclude,
        min_similarity=min_similarity,
    )
    return Nearest(hits, exhaustive=True)
