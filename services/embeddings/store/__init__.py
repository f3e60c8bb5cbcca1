"""Rows of vectors and the people behind them: one function for each query."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.rows import class_row

from kit.db import Connection, copy_rows, load_query
from services.embeddings.domain import Coverage, Filters, Hit, KeptVector, Neighbour, NewVector, Profile
from services.embeddings.features.words import whole

Row = TypeVar("Row")

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def profiles(connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID]) -> list[Profile]:
    """Return the contacts among `ids` that exist, in no order."""
    parameters = {"workspace_id": workspace_id, "model": model, "ids": list(ids)}
    return await _rows(connection, Profile, _query("profiles"), parameters)


async def profiles_page(
    connection: Connection, workspace_id: UUID, model: str, *, after: UUID | None, limit: int
) -> list[Profile]:
    parameters = {"workspace_id": workspace_id, "model": model, "after": after, "limit": limit}
    return await _rows(connection, Profile, _query("profiles_page"), parameters)


async def coverage(connection: Connection, workspace_id: UUID, model: str) -> Coverage:
    rows = await _rows(connection, Coverage, _query("coverage"), {"workspace_id": workspace_id, "model": model})
    return rows[0]


async def put_vectors(connection: Connection, workspace_id: UUID, model: str, vectors: Sequence[NewVector]) -> None:
    """Keep vectors, replacing older ones; those of contacts that are gone are let go."""
    await connection.execute(_query("make_incoming"))
    rows = ((one.contact_id, one.content_hash, HalfVector(one.embedding)) for one in vectors)
    await copy_rows(connection, _query("copy_incoming"), ("uuid", "bytea", "halfvec"), rows)
    await connection.execute(_query("merge_incoming"), {"workspace_id": workspace_id, "model": model})


async def drop_vectors(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> int:
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    return (await connection.execute(_query("drop_vectors"), parameters)).rowcount


async def drop_orphans(connection: Connection, workspace_id: UUID) -> int:
    return (await connection.execute(_query("drop_orphans"), {"workspace_id": workspace_id})).rowcount


async def vector(connection: Connection, workspace_id: UUID, model: str, contact_id: UUID) -> KeptVector | None:
    parameters = {"workspace_id": workspace_id, "model": model, "contact_id": contact_id}
    row = await (await connection.execute(_query("vector"), parameters)).fetchone()
    return None if row is None else KeptVector(row[0].to_numpy().astype(np.float32), row[1], row[2])


async def similar(
    connection: Connection,
    workspace_id: UUID,
    model: str,
    embedding: NDArray[np.float32],
    *,
    contact_id: UUID,
    limit: int,
    min_similarity: float,
) -> list[Neighbour]:
    """Return the nearest contacts, nearest first, without `contact_id`."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": HalfVector(embedding),
        "contact_id": contact_id,
        "limit": limit,
        "min_similarity": min_similarity,
    }
    return await _rows(connection, Neighbour, _query("similar"), parameters)


async def nearest(
    connection: Connection,
    workspace_id: UUID,
    model: str,
    embedding: NDArray[np.float32],
    *,
    limit: int,
    filters: Filters,
    exclude: UUID | None,
    min_similarity: float,
) -> list[Hit]:
    """Return the nearest contacts that meet the filters, nearest first."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": HalfVector(embedding),
        "limit": limit,
        "organization": None if filters.organization is None else whole(filters.organization),
        "tags": [whole(tag) for tag in filters.tags],
        "exclude": exclude,
        "min_similarity": min_similarity,
    }
    return await _rows(connection, Hit, _query("nearest"), parameters)


async def is_complete(connection: Connection, workspace_id: UUID, model: str) -> bool:
    """Return whether every contact that can be compared has a vector."""
    parameters = {"workspace_id": workspace_id, "model": model}
    row = await (await connection.execute(_query("is_complete"), parameters)).fetchone()
    return row is not None and bool(row[0])


async def similarities(
    connection: Connection,
    workspace_id: UUID,
    model: str,
    embedding: NDArray[np.float32],
    candidate_ids: Sequence[UUID],
) -> dict[UUID, float]:
    """Return the cosine, clipped to 0–1, of each candidate that has a vector."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": HalfVector(embedding),
        "candidate_ids": list(candidate_ids),
    }
    cursor = await connection.execute(_query("similarities"), parameters)
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def erased(connection: Connection, workspace_id: UUID, entity_id: UUID) -> bool:
    parameters = {"workspace_id": workspace_id, "entity_id": entity_id}
    row = await (await connection.execute(_query("erased"), parameters)).fetchone()
    return row is not None and bool(row[0])


async def _rows(connection: Connection, kind: type[Row], query: LiteralString, parameters: dict[str, Any]) -> list[Row]:
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()
