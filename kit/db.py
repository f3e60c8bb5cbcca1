"""PostgreSQL: pools, the workspace transaction under row-level security, query files, COPY.

The caller owns the transaction; stores take a connection and never commit.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

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

_SET_WORKSPACE: LiteralString = "SELECT set_config('app.workspace_id', %s, true)"


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
        await connection.execute(_SET_WORKSPACE, (str(workspace_id),))
        yield connection


@cache
def load_query(folder: Path, name: str) -> LiteralString:
    """Return the text of `folder/name.sql`: the only place a query comes from."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


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
