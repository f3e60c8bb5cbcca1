"""Rows of vectors and the people behind them: one function for each query."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from kit.db import Connection, copy_rows, holds, load_query, read_rows
from services.embeddings.domain import (
    Among,
    Coverage,
    Hit,
    IndexState,
    KeptVector,
    NewVector,
    Person,
    Profile,
    Question,
)

# How many rows are kept in view while an index is walked: recall against time (hnsw.ef_search, at most WIDEST).
BREADTH = 200
WIDEST = 1_000

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def profiles_page(
    connection: Connection, workspace_id: UUID, model: str, *, after: UUID | None, limit: int
) -> list[Profile]:
    parameters = {"workspace_id": workspace_id, "model": model, "after": after, "limit": limit}
    return await read_rows(connection, Profile, _query("profiles_page"), parameters)


async def coverage(connection: Connection, workspace_id: UUID, model: str) -> Coverage:
    rows = await read_rows(connection, Coverage, _query("coverage"), {"workspace_id": workspace_id, "model": model})
    return rows[0]


async def put_vectors(connection: Connection, workspace_id: UUID, model: str, vectors: Sequence[NewVector]) -> None:
    """Keep vectors, replacing older ones; those of contacts that are gone are let go."""
    await connection.execute(_query("make_incoming"))
    rows = ((one.contact_id, one.content_hash, HalfVector(one.embedding)) for one in vectors)
    await copy_rows(connection, _query("copy_incoming"), ("uuid", "bytea", "halfvec"), rows)
    await connection.execute(_query("merge_incoming"), {"workspace_id": workspace_id, "model": model})
    await connection.execute(_query("drop_incoming"))


async def hashes(
    connection: Connection, workspace_id: UUID, models: Sequence[str], ids: Sequence[UUID]
) -> dict[str, dict[UUID, bytes]]:
    """Return by model and contact from what the vectors were made that are there."""
    parameters = {"workspace_id": workspace_id, "models": list(models), "ids": list(ids)}
    cursor = await connection.execute(_query("hashes"), parameters)
    found: dict[str, dict[UUID, bytes]] = {model: {} for model in models}
    for model, contact_id, content_hash in await cursor.fetchall():
        found[model][contact_id] = content_hash
    return found


async def drop_vectors(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, model: str | None = None
) -> int:
    """Drop contacts' vectors of one model, or of every one; return how many there were."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "model": model}
    return (await connection.execute(_query("drop_vectors"), parameters)).rowcount


async def drop_orphans(connection: Connection, workspace_id: UUID) -> int:
    return (await connection.execute(_query("drop_orphans"), {"workspace_id": workspace_id})).rowcount


async def vector(connection: Connection, workspace_id: UUID, model: str, contact_id: UUID) -> KeptVector | None:
    parameters = {"workspace_id": workspace_id, "model": model, "contact_id": contact_id}
    row = await (await connection.execute(_query("vector"), parameters)).fetchone()
    return None if row is None else KeptVector(row[0].to_numpy().astype(np.float32), row[1], row[2])


async def people(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[Person]:
    """Return the contacts among `ids` that exist, in no order."""
    return await read_rows(connection, Person, _query("people"), {"workspace_id": workspace_id, "ids": list(ids)})


async def is_complete(connection: Connection, workspace_id: UUID, model: str, fields: Sequence[str]) -> bool:
    """Return whether every contact that can be compared has a vector."""
    parameters = {"workspace_id": workspace_id, "model": model, "fields": list(fields)}
    return await holds(connection, _query("is_complete"), parameters)


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
    return await holds(connection, _query("erased"), parameters)


async def number_vectors(connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID]) -> list[UUID]:
    """Tell the vectors of these contacts their numbers in the lexical index, which filters are read from.

    Return whose have changed.
    """
    parameters = {"workspace_id": workspace_id, "model": model, "ids": list(ids)}
    cursor = await connection.execute(_query("number_vectors"), parameters)
    return [row[0] for row in await cursor.fetchall()]


async def nearest_exact(connection: Connection, workspace_id: UUID, model: str, question: Question) -> list[Hit]:
    """Compare every vector of the workspace."""
    cursor = await connection.execute(_query("nearest_exact"), _asked(workspace_id, model, question))
    return _hits(await cursor.fetchall())


async def nearest_among(
    connection: Connection, workspace_id: UUID, model: str, question: Question, numbers: NDArray[np.int64]
) -> list[Hit]:
    """Compare the vectors of those with these numbers in the lexical index."""
    # Of thousands of numbers the text of the array is made in a sixth of the time that the adapter of lists takes.
    array = f"{{{','.join(map(str, numbers.tolist()))}}}"
    parameters = _asked(workspace_id, model, question) | {"numbers": array}
    return _hits(await (await connection.execute(_query("nearest_among"), parameters)).fetchall())


async def nearest_indexed(
    connection: Connection, workspace_id: UUID, model: str, question: Question, among: Among | None
) -> list[Hit]:
    """Walk the workspace's index, in one round trip with the settings that force it."""
    bits = None if among is None else np.packbits(among, bitorder="little").tobytes()
    parameters = _asked(workspace_id, model, question) | {"dimensions": len(question.embedding), "among": bits}
    async with connection.pipeline():
        await _force_index(connection, min(WIDEST, max(BREADTH, 2 * question.limit)))
        cursor = await connection.execute(_query("nearest_indexed"), parameters)
        await _let_planner_choose(connection)
    return _hits(await cursor.fetchall())


async def pair_similarities(
    connection: Connection, workspace_id: UUID, model: str, pairs: Sequence[Sequence[UUID]]
) -> list[float | None]:
    """Return the cosine, clipped to 0–1, of each pair in the order given; None where one has no vector."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "ones": [one for one, _other in pairs],
        "others": [other for _one, other in pairs],
    }
    cursor = await connection.execute(_query("pair_similarities"), parameters)
    return [row[0] for row in await cursor.fetchall()]


async def nearest_of_many(
    connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID], *, limit: int
) -> dict[UUID, list[Hit]]:
    """Compare every vector of the workspace with that of each contact."""
    parameters = {"workspace_id": workspace_id, "model": model, "ids": list(ids), "limit": limit}
    return _hits_of_each(await (await connection.execute(_query("nearest_of_many"), parameters)).fetchall())


async def nearest_of_many_indexed(
    connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID], *, limit: int, dimensions: int
) -> dict[UUID, list[Hit]]:
    """Walk the workspace's index for each contact; the transaction goes on as it was."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "ids": list(ids),
        "limit": limit,
        "dimensions": dimensions,
    }
    async with connection.pipeline():
        await _force_index(connection, BREADTH)
        cursor = await connection.execute(_query("nearest_of_many_indexed"), parameters)
        await _let_planner_choose(connection)
    return _hits_of_each(await cursor.fetchall())


async def has_index(connection: Connection, workspace_id: UUID, model: str) -> bool:
    return await holds(connection, _query("has_index"), {"workspace_id": workspace_id, "model": model})


async def index_state(connection: Connection, workspace_id: UUID, model: str, *, most: int) -> IndexState:
    parameters = {"workspace_id": workspace_id, "model": model, "most": most}
    return (await read_rows(connection, IndexState, _query("index_state"), parameters))[0]


async def make_index(connection: Connection, workspace_id: UUID, model: str) -> bool:
    return await holds(connection, _query("make_index"), {"workspace_id": workspace_id, "model": model})


async def drop_index(connection: Connection, workspace_id: UUID, model: str) -> bool:
    return await holds(connection, _query("drop_index"), {"workspace_id": workspace_id, "model": model})


def _asked(workspace_id: UUID, model: str, question: Question) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": HalfVector(question.embedding),
        "exclude": question.exclude,
        "limit": question.limit,
    }


def _hits(rows: Sequence[tuple[UUID, float]]) -> list[Hit]:
    """Nearest first, of equals the lower id: an index gives them in nearly that order."""
    in_order = sorted(rows, key=lambda row: (row[1], row[0]))
    return [Hit(contact_id, min(1.0, max(0.0, 1.0 - distance))) for contact_id, distance in in_order]


def _hits_of_each(rows: Sequence[tuple[UUID, UUID, float]]) -> dict[UUID, list[Hit]]:
    found: dict[UUID, list[tuple[UUID, float]]] = {}
    for anchor_id, contact_id, distance in rows:
        found.setdefault(anchor_id, []).append((contact_id, distance))
    return {anchor_id: _hits(own) for anchor_id, own in found.items()}


async def _force_index(connection: Connection, breadth: int) -> None:
    await connection.execute(_query("force_index"), {"breadth": breadth})


async def _let_planner_choose(connection: Connection) -> None:
    await connection.execute(_query("let_planner_choose"))
