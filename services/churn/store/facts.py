"""The facts that ties are made of, as rows: times and directions packed, in PostgreSQL's own binary form."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from kit.db import Connection, holds, load_query

# A model looks at the newest thousand interactions of a tie; twice that many are read, for doubles are dropped.
NEWEST = 2_000
BLOCK_ROWS = 50_000

Rows = list[tuple[Any, ...]]

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def own_ties(connection: Connection, workspace_id: UUID, as_of: datetime, *, after_id: UUID, limit: int) -> Rows:
    """Return the next contacts by their ids: (contact, times, directions)."""
    more = {"as_of": as_of, "after_id": after_id, "limit": limit, "newest": NEWEST}
    return await _rows(connection, _query("own_ties"), workspace_id, **more)


async def own_ties_of(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Rows:
    """As `own_ties`, of some contacts."""
    return await _rows(connection, _query("own_ties_of"), workspace_id, as_of=as_of, ids=list(ids), newest=NEWEST)


async def pair_ties(
    connection: Connection, workspace_id: UUID, as_of: datetime, ego_ids: Sequence[UUID], ids: Sequence[UUID] | None
) -> Rows:
    """Return (ego, contact, times, directions) of all contacts of some egos, or of those named."""
    named = None if ids is None else list(ids)
    more = {"as_of": as_of, "ego_ids": list(ego_ids), "ids": named, "newest": NEWEST}
    return await _rows(connection, _query("pair_ties"), workspace_id, **more)


async def partners(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Rows:
    """Return (who, partner or None, count within 30, 90, 365 days, time of the last, whether in the year before)."""
    return await _rows(connection, _query("partners"), workspace_id, as_of=as_of, ids=list(ids))


async def attributes(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Rows:
    """Return (contact, influence, community's size, tags gained, lost, organization changed), None where unknown."""
    return await _rows(connection, _query("attributes"), workspace_id, as_of=as_of, ids=list(ids))


async def has_pairs(connection: Connection, workspace_id: UUID, as_of: datetime) -> bool:
    return await holds(connection, _query("has_pairs"), {"workspace_id": workspace_id, "as_of": as_of})


async def own_sample(connection: Connection, workspace_id: UUID, as_of: datetime, *, limit: int) -> list[UUID]:
    rows = await _rows(connection, _query("own_sample"), workspace_id, as_of=as_of, limit=limit)
    return [row[0] for row in rows]


async def pair_sample(connection: Connection, workspace_id: UUID, as_of: datetime, *, limit: int) -> list[UUID]:
    rows = await _rows(connection, _query("pair_sample"), workspace_id, as_of=as_of, limit=limit)
    return [row[0] for row in rows]


async def cards(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return the users' own cards, in the order of their ids."""
    return [row[0] for row in await _rows(connection, _query("cards"), workspace_id)]


async def count_contacts(connection: Connection, workspace_id: UUID) -> int:
    return int((await _rows(connection, _query("count_contacts"), workspace_id))[0][0])


async def log(connection: Connection, workspace_id: UUID, since: datetime, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (counterpart or None, contact, time, direction) of everything within a time."""
    async with connection.cursor(name="log", binary=True) as cursor:
        await cursor.execute(_query("log"), {"workspace_id": workspace_id, "since": since, "as_of": as_of})
        while block := await cursor.fetchmany(BLOCK_ROWS):
            yield block


async def present(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    return {row[0] for row in await _rows(connection, _query("present"), workspace_id, ids=list(ids))}


async def names(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    return dict(await _rows(connection, _query("names"), workspace_id, ids=list(ids)))


async def introductions(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, ego_id: UUID | None
) -> dict[UUID, UUID]:
    """Return, by contact, whom he could be introduced to; nobody for some."""
    rows = await _rows(connection, _query("introductions"), workspace_id, ids=list(ids), ego_id=ego_id)
    return {row[0]: row[1] for row in rows}


async def touched_ties(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> Rows:
    """Return (counterpart or None, contact) of some interactions."""
    return await _rows(connection, _query("touched_ties"), workspace_id, ids=list(ids))


async def _rows(connection: Connection, query: LiteralString, workspace_id: UUID, **more: Any) -> Rows:
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(query, {"workspace_id": workspace_id, **more})
        return await cursor.fetchall()
