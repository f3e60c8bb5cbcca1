"""The change feed, as every service follows it: its own cursor for each workspace, polling, NOTIFY as a hint.

A change is read only when every transaction that might still write an earlier one has ended, so that none is missed;
see docs/decisions/0004-change-feed.md.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import psycopg
from pydantic import SecretStr

from kit.db import LOST, Connection, Pool, load_query, read_rows
from kit.errors import Unavailable
from kit.logs import describe, get_logger

log = get_logger(__name__)

POLL_S = 2.0
RECONNECT_S = 1.0
_SQL = Path(__file__).parent / "sql"
_LISTEN: LiteralString = "LISTEN crm_changes"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one fact; `transaction` and `seq` order it within its workspace."""

    transaction: int
    seq: int
    kind: str
    entity_id: UUID
    op: str


async def read_changes(connection: Connection, workspace_id: UUID, *, limit: int) -> list[Change]:
    """Return the next changes after this service's cursor, oldest first."""
    return await read_rows(
        connection, Change, load_query(_SQL, "changes"), {"workspace_id": workspace_id, "limit": limit}
    )


async def advance(connection: Connection, workspace_id: UUID, last: Change) -> None:
    """Move the cursor behind `last`, in the transaction that dealt with it."""
    parameters = {"workspace_id": workspace_id, "transaction": str(last.transaction), "seq": last.seq}
    await connection.execute(load_query(_SQL, "advance"), parameters)


async def watch(pool: Pool, direct_database_url: SecretStr, on_change: Callable[[UUID], Awaitable[None]]) -> None:
    """Call `on_change` for each workspace with something new: every one at the start, then those written to.

    Runs until it is cancelled. Several replicas may watch at once; `on_change` must be cheap to repeat.
    """
    since = "0"
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                direct_database_url.get_secret_value(), autocommit=True
            ) as hints:
                await hints.execute(_LISTEN)
                while True:
                    since, changed = await _changed_workspaces(pool, since)
                    for workspace_id in changed:
                        await on_change(workspace_id)
                    async for _hint in hints.notifies(timeout=POLL_S, stop_after=1):
                        pass
        except (*LOST, Unavailable) as error:
            log.warning("feed_interrupted", **describe(error))
            await asyncio.sleep(RECONNECT_S)


async def _changed_workspaces(pool: Pool, since: str) -> tuple[str, list[UUID]]:
    async with pool.connection() as connection:
        cursor = await connection.execute(load_query(_SQL, "changed_workspaces"), {"since": since})
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 a SELECT without FROM gives one row
        return row[0], row[1]
