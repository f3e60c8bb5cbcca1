"""The facts that tones are made from, of a block of contacts at a time."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from kit.db import Connection, load_query, read_row, read_rows
from services.sentiment.domain import Amounts, Described, Passed

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def block_ids(connection: Connection, workspace_id: UUID, after_id: UUID | None, limit: int) -> list[UUID]:
    parameters = {"workspace_id": workspace_id, "after_id": after_id, "limit": limit}
    cursor = await connection.execute(_query("block_ids"), parameters)
    return [row[0] for row in await cursor.fetchall()]


async def contact_count(connection: Connection, workspace_id: UUID) -> int:
    cursor = await connection.execute(_query("contact_count"), {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    return row[0] if row else 0


async def described(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], as_of: datetime
) -> list[Described]:
    """Return what stood in contacts' cards by an instant; who was not there yet is left out."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "as_of": as_of}
    return await read_rows(connection, Described, _query("described"), parameters)


async def passed(connection: Connection, workspace_id: UUID, ids: Sequence[UUID], as_of: datetime) -> list[Passed]:
    """Return what passed with contacts in the two years before an instant, by contact, oldest first."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "as_of": as_of}
    return await read_rows(connection, Passed, _query("passed"), parameters)


async def present(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    cursor = await connection.execute(_query("present"), {"workspace_id": workspace_id, "ids": list(ids)})
    return {row[0] for row in await cursor.fetchall()}


async def changed_contacts(connection: Connection, workspace_id: UUID, interactions: Sequence[UUID]) -> set[UUID]:
    parameters = {"workspace_id": workspace_id, "ids": list(interactions)}
    cursor = await connection.execute(_query("changed_contacts"), parameters)
    return {row[0] for row in await cursor.fetchall()}


async def amounts(connection: Connection, workspace_id: UUID) -> Amounts:
    found = await read_row(connection, Amounts, _query("readiness"), {"workspace_id": workspace_id})
    return found or Amounts(0, 0, 0, 0, 0)
