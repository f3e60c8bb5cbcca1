"""Rows of the graph: interactions and given links as they stream in, derived rows as they replace the last run's."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from kit.db import Connection, copy_rows, load_query, read_rows
from services.crm.domain import Community, Influential

BLOCK_ROWS = 20_000

Rows = list[tuple[Any, ...]]

_query = partial(load_query, Path(__file__).parents[1] / "sql")


def interactions(connection: Connection, workspace_id: UUID, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (contact, counterpart, direction, microseconds since 1970); ids as 16 bytes."""
    return _stream(connection, _query("graph_interactions"), {"workspace_id": workspace_id, "as_of": as_of})


def given_links(connection: Connection, workspace_id: UUID, as_of: datetime) -> AsyncIterator[Rows]:
    """Yield blocks of (contact_a, contact_b, strength or None); ids as 16 bytes."""
    return _stream(connection, _query("graph_links"), {"workspace_id": workspace_id, "as_of": as_of})


def last_communities(connection: Connection, workspace_id: UUID) -> AsyncIterator[Rows]:
    """Yield blocks of (contact, community id) of the last run; ids as 16 bytes."""
    return _stream(connection, _query("last_communities"), {"workspace_id": workspace_id})


async def given_communities(connection: Connection, workspace_id: UUID) -> set[int]:
    cursor = await connection.execute(_query("given_communities"), {"workspace_id": workspace_id})
    return {row[0] for row in await cursor.fetchall()}


async def stage_links(connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Copy links (id, contact_a, contact_b, strength, since) to where `replace_links` takes them from."""
    await connection.execute(_query("make_incoming_links"))
    await _copy(connection, _query("copy_incoming_links"), ("uuid", "uuid", "uuid", "float8", "timestamptz"), rows)


async def stage_places(connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Copy places (contact, influence, community) to where `replace_places` takes them from."""
    await connection.execute(_query("make_incoming_people"))
    await _copy(connection, _query("copy_incoming_people"), ("uuid", "float8", "int4"), rows)


async def replace_links(connection: Connection, workspace_id: UUID) -> None:
    """Make the derived links the staged ones, but for people who are gone."""
    await connection.execute(_query("drop_derived_links"), {"workspace_id": workspace_id})
    await connection.execute(_query("put_derived_links"), {"workspace_id": workspace_id})


async def replace_places(connection: Connection, workspace_id: UUID) -> None:
    """Make the places in the graph the staged ones, but for people who are gone."""
    await connection.execute(_query("drop_contact_graph"), {"workspace_id": workspace_id})
    await connection.execute(_query("put_contact_graph"), {"workspace_id": workspace_id})


async def note_run(connection: Connection, workspace_id: UUID, as_of: datetime) -> None:
    await connection.execute(_query("put_graph_run"), {"workspace_id": workspace_id, "as_of": as_of})


async def communities(
    connection: Connection, workspace_id: UUID, *, before: int | None = None, limit: int
) -> list[Community]:
    """Return communities, the largest first, after the position `before`."""
    parameters = {"workspace_id": workspace_id, "before": before, "limit": limit}
    return await read_rows(connection, Community, _query("communities"), parameters)


async def influential(
    connection: Connection, workspace_id: UUID, *, after: UUID | None = None, limit: int
) -> list[Influential]:
    """Return people who have an influence, the most influential first, after the one with the id `after`."""
    parameters = {"workspace_id": workspace_id, "after": after, "limit": limit}
    return await read_rows(connection, Influential, _query("influential"), parameters)


async def _stream(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> AsyncIterator[Rows]:
    async with connection.cursor(name="graph", binary=True) as cursor:
        await cursor.execute(query, parameters)
        while block := await cursor.fetchmany(BLOCK_ROWS):
            yield block


async def _copy(
    connection: Connection, statement: LiteralString, types: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY a block at a time: between two of them the worker's other jobs and its heartbeat have their turn."""
    for block in _blocks(iter(rows)):
        await copy_rows(connection, statement, types, block)


def _blocks(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    while block := list(islice(rows, BLOCK_ROWS)):
        yield block
