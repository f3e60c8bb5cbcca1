"""PostgreSQL: pools, the workspace transaction under row-level security, query files, COPY.

The caller owns the transaction; stores take a connection and never commit.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import structlog
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from kit.errors import Unavailable
from kit.logs import describe, get_logger

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]
Row = TypeVar("Row")

# Tables that belong to no workspace, in every service's schema; every other table has row-level security forced.
TABLES_WITHOUT_WORKSPACE = frozenset(
    {
        "api_keys",
        "migrations",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
)

POOL_TIMEOUT_S = 5.0
LOST = (OperationalError, PoolTimeout)  # PostgreSQL is away, or all its connections are taken

log = get_logger(__name__)

# The name is on every line PostgreSQL logs (%a) and in pg_stat_activity; a comment that differs with each request would
# be there once, and spoil the prepared statement.
_SET_WORKSPACE: LiteralString = (
    "SELECT set_config('app.workspace_id', %s, true), set_config('application_name', %s, true)"
)
_NAME_BYTES = 63  # PostgreSQL cuts what is longer


def open_pool(
    conninfo: str,
    *,
    name: str,
    max_size: int,
    min_size: int = 1,
    configure: Callable[[Connection], Awaitable[None]] | None = None,
) -> Pool:
    """Return a pool that is not open yet: `async with` it, or open it with wait=False and tolerate a late database."""
    return AsyncConnectionPool(
        conninfo,
        connection_class=AsyncConnection[tuple[Any, ...]],
        kwargs={"autocommit": True, "application_name": name},
        min_size=min_size,
        max_size=max_size,
        timeout=POOL_TIMEOUT_S,
        reconnect_timeout=0,
        check=AsyncConnectionPool.check_connection,
        configure=configure,
        open=False,
        name=name,
    )


@asynccontextmanager
async def workspace(pool: Pool, workspace_id: UUID) -> AsyncIterator[Connection]:
    """Open a transaction that sees one workspace only; it commits at the end, or rolls back on an error."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_SET_WORKSPACE, (str(workspace_id), _name(pool)))
        yield connection


def lost(error: Exception) -> Unavailable:
    """Log that the database was lost; return what the caller is told."""
    log.warning("database_unavailable", **describe(error))
    return Unavailable("The database does not answer; try again.", code="database_unavailable")


def _name(pool: Pool) -> str:
    """Return the name of a transaction: of its process, and of the request or job it is part of."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return f"{pool.name} {request_id}"[:_NAME_BYTES] if request_id else pool.name


@cache
def load_query(folder: Path, name: str) -> LiteralString:
    """Return the text of `folder/name.sql`: the only place a query comes from."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


async def read_rows(
    connection: Connection, kind: type[Row], query: LiteralString, parameters: Mapping[str, Any]
) -> list[Row]:
    """Return every row of a query as a dataclass of this kind."""
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()


async def read_row(
    connection: Connection, kind: type[Row], query: LiteralString, parameters: Mapping[str, Any]
) -> Row | None:
    """Return the first row of a query as a dataclass of this kind; None where there is none."""
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchone()


async def holds(connection: Connection, query: LiteralString, parameters: Mapping[str, Any]) -> bool:
    """Return whether a question is answered with yes: no row is a no."""
    row = await (await connection.execute(query, parameters)).fetchone()
    return row is not None and bool(row[0])


async def copy_rows(
    connection: Connection, statement: LiteralString, types: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """COPY rows in binary form into the table that `statement` names; return how many."""
    count = 0
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            await copy.write_row(row)
            count += 1
    return count
