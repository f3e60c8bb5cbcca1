"""The facts of a workspace as they stream in, block by block; ids as 16 bytes, times in days since 1970."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from kit.db import Connection, load_query
from services.recommend.domain import Amounts

BLOCK_ROWS = 20_000

Rows = list[tuple[Any, ...]]

_query = partial(load_query, Path(__file__).parents[1] / "sql")


def people(connection: Connection, workspace_id: UUID) -> AsyncIterator[Rows]:
    """Yield blocks of (contact, organization or None, influence or None), in the order of the ids."""
    return _stream(connection, _query("facts_people"), {"workspace_id": workspace_id})


def links(connection: Connection, workspace_id: UUID, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (contact_a, contact_b, strength or None, day)."""
    return _stream(connection, _query("facts_links"), {"workspace_id": workspace_id, "as_of": as_of})


def exchanges(connection: Connection, workspace_id: UUID, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (sender, receiver, 1 where it went both ways else 0, day)."""
    return _stream(connection, _query("facts_exchanges"), {"workspace_id": workspace_id, "as_of": as_of})


def verdicts(connection: Connection, workspace_id: UUID, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (contact, target, 1 where he wanted to meet else 0, day)."""
    return _stream(connection, _query("facts_verdicts"), {"workspace_id": workspace_id, "as_of": as_of})


def people_named(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, contact_id: UUID
) -> AsyncIterator[Rows]:
    """As `people`, of some contacts."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "contact_id": contact_id}
    return _stream(connection, _query("near_people"), parameters)


def links_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID], as_of: datetime) -> AsyncIterator[Rows]:
    """As `links`, of some contacts."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "as_of": as_of}
    return _stream(connection, _query("near_links"), parameters)


def exchanges_of(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], as_of: datetime
) -> AsyncIterator[Rows]:
    """As `exchanges`, of some contacts."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "as_of": as_of}
    return _stream(connection, _query("near_exchanges"), parameters)


async def amounts(connection: Connection, workspace_id: UUID) -> Amounts:
    async with connection.cursor(row_factory=class_row(Amounts)) as cursor:
        await cursor.execute(_query("readiness"), {"workspace_id": workspace_id})
        rows = await cursor.fetchall()
    return rows[0]


async def _stream(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> AsyncIterator[Rows]:
    async with connection.cursor(name="facts", binary=True) as cursor:
        await cursor.execute(query, parameters)
        while block := await cursor.fetchmany(BLOCK_ROWS):
            yield block
