"""Rows of the cells: who lies where in the space of a workspace's vectors."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from kit.db import Connection, load_query
from services.embeddings.domain import Matrix

PAGE = 4_096  # vectors in memory at once

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def nearest(
    connection: Connection, workspace_id: UUID, model: str, embedding: NDArray[np.float32], *, share: float
) -> list[bytes]:
    """Return who is in this share of all cells, those nearest to a vector, the nearest first."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": HalfVector(embedding),
        "share": min(1.0, share),
    }
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_query("nearest_cells"), parameters)
        return [row[0] for row in await cursor.fetchall()]


async def lock(connection: Connection, workspace_id: UUID, model: str) -> None:
    """Take turns with whoever places or divides the same vectors, until the transaction ends."""
    await connection.execute(_query("lock_cells"), {"workspace_id": workspace_id, "model": model})


async def place(connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID]) -> None:
    """Add contacts to the cells nearest to their vectors, if there are cells."""
    await lock(connection, workspace_id, model)
    parameters = {"workspace_id": workspace_id, "model": model, "ids": list(ids)}
    await connection.execute(_query("place_in_cells"), parameters)


async def count_numbered(connection: Connection, workspace_id: UUID, model: str) -> int:
    cursor = await connection.execute(_query("count_numbered"), {"workspace_id": workspace_id, "model": model})
    row = await cursor.fetchone()
    return row[0] if row else 0


async def vectors(
    connection: Connection, workspace_id: UUID, model: str, *, step: int = 1
) -> AsyncIterator[tuple[NDArray[np.int64], Matrix]]:
    """Yield pages of numbers and vectors, of all or of about one in `step`."""
    parameters = {"workspace_id": workspace_id, "model": model, "step": step}
    async with connection.cursor(name="vectors", binary=True) as cursor:
        await cursor.execute(_query("numbered_vectors"), parameters)
        while rows := await cursor.fetchmany(PAGE):
            numbers = np.array([number for number, _vector in rows], np.int64)
            yield numbers, np.stack([vector.to_numpy() for _number, vector in rows]).astype(np.float32)


async def replace(
    connection: Connection, workspace_id: UUID, model: str, centres: Matrix, numbers: Sequence[bytes]
) -> None:
    """Put these cells in the place of all others."""
    await drop(connection, workspace_id, model)
    rows = [
        {"workspace_id": workspace_id, "model": model, "cell": cell, "centre": HalfVector(centre), "numbers": members}
        for cell, (centre, members) in enumerate(zip(centres, numbers, strict=True))
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(_query("put_cell"), rows)


async def drop(connection: Connection, workspace_id: UUID, model: str) -> None:
    await connection.execute(_query("drop_cells"), {"workspace_id": workspace_id, "model": model})
