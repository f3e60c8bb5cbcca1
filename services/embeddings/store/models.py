"""Rows of a workspace's embedding models, and of the tokens they have cost."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from kit.db import Connection, load_query, read_rows
from services.embeddings.domain import ModelName
from services.embeddings.domain.models import KeptModel, Spent

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def serving(connection: Connection, workspace_id: UUID) -> ModelName | None:
    """Return what serves; None before the workspace's first vectors."""
    row = await (await connection.execute(_query("serving_model"), {"workspace_id": workspace_id})).fetchone()
    return None if row is None else ModelName(*row)


async def every(connection: Connection, workspace_id: UUID) -> list[KeptModel]:
    """Return a workspace's models, what serves first."""
    return await read_rows(connection, KeptModel, _query("models"), {"workspace_id": workspace_id})


async def count_vectors(connection: Connection, workspace_id: UUID) -> dict[str, int]:
    cursor = await connection.execute(_query("count_vectors"), {"workspace_id": workspace_id})
    return dict(await cursor.fetchall())


async def lacking(connection: Connection, workspace_id: UUID, name: str) -> int:
    """Return how many contacts would have no vector any more, did this model serve."""
    row = await (await connection.execute(_query("lacking"), {"workspace_id": workspace_id, "model": name})).fetchone()
    return 0 if row is None else int(row[0])


async def add_first(connection: Connection, workspace_id: UUID, model: ModelName) -> None:
    await connection.execute(_query("add_first_model"), _added(workspace_id, model))


async def add(connection: Connection, workspace_id: UUID, model: ModelName) -> bool:
    return (await connection.execute(_query("add_model"), _added(workspace_id, model))).rowcount == 1


async def set_ready(connection: Connection, workspace_id: UUID, name: str) -> None:
    await connection.execute(_query("set_model_ready"), {"workspace_id": workspace_id, "name": name})


async def retire(connection: Connection, workspace_id: UUID) -> str | None:
    """Let what serves serve no longer; return its name."""
    row = await (await connection.execute(_query("retire_model"), {"workspace_id": workspace_id})).fetchone()
    return None if row is None else str(row[0])


async def serve(connection: Connection, workspace_id: UUID, name: str, *, replaced: str | None) -> None:
    parameters = {"workspace_id": workspace_id, "name": name, "replaced": replaced}
    await connection.execute(_query("serve_model"), parameters)


async def unwant(connection: Connection, workspace_id: UUID, name: str) -> None:
    await connection.execute(_query("unwant_model"), {"workspace_id": workspace_id, "name": name})


async def drop(connection: Connection, workspace_id: UUID, name: str) -> None:
    await connection.execute(_query("drop_model"), {"workspace_id": workspace_id, "name": name})


async def drop_some_vectors(connection: Connection, workspace_id: UUID, name: str, *, most: int) -> int:
    parameters = {"workspace_id": workspace_id, "model": name, "most": most}
    return (await connection.execute(_query("drop_some_vectors"), parameters)).rowcount


async def spent_today(connection: Connection, workspace_id: UUID) -> Spent:
    async with connection.cursor(row_factory=class_row(Spent)) as cursor:
        await cursor.execute(_query("spent_today"), {"workspace_id": workspace_id})
        row = await cursor.fetchone()
    assert row is not None  # noqa: S101 there is always one row
    return row


async def spend(connection: Connection, workspace_id: UUID, tokens: int) -> None:
    """Count tokens, in the transaction that keeps what they were spent on."""
    await connection.execute(_query("spend"), {"workspace_id": workspace_id, "tokens": tokens})


async def forget_spent(connection: Connection, workspace_id: UUID) -> None:
    await connection.execute(_query("forget_spent"), {"workspace_id": workspace_id})


def _added(workspace_id: UUID, model: ModelName) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "name": model.name, "dimensions": model.dimensions}
