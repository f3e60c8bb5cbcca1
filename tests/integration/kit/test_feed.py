"""The change feed: nothing is skipped, whoever commits first; nothing is told twice once it has been dealt with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr

from deploy.embedded import postgres
from kit import feed
from kit.db import Connection, Pool, open_pool, workspace
from kit.testing import until
from tests.conftest import House


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("embeddings"), name="test", max_size=4) as pool:
        yield pool


@pytest.fixture
async def slow(database: postgres.Server, workspace_id: UUID) -> AsyncIterator[Connection]:
    """Return a transaction of the CRM that has written and not committed."""
    async with await psycopg.AsyncConnection.connect(database.conninfo("crm")) as connection:
        await connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace_id),))
        await connection.execute("INSERT INTO workspaces (id) VALUES (%s)", (workspace_id,))
        await write(connection, workspace_id, UUID(int=1))
        yield connection


async def write(connection: Connection, workspace_id: UUID, contact_id: UUID) -> None:
    await connection.execute("INSERT INTO contacts (workspace_id, id) VALUES (%s, %s)", (workspace_id, contact_id))


async def push(crm: House, workspace_id: UUID, name: str) -> UUID:
    row = {"source": "test", "external_id": name, "first_name": name}
    answer = await crm.client.put("/api/ml/crm/contacts", json={"items": [row]}, headers=crm.token(workspace_id))
    return UUID(answer.json()["results"][0]["id"])


async def read(pool: Pool, workspace_id: UUID, *, limit: int = 100) -> list[feed.Change]:
    async with workspace(pool, workspace_id) as connection:
        return await feed.read_changes(connection, workspace_id, limit=limit)


async def read_some(pool: Pool, workspace_id: UUID) -> list[feed.Change]:
    """Wait until what is committed can be read: any transaction in the same database holds it back."""
    return await until(lambda: read(pool, workspace_id))


async def deal_with(pool: Pool, workspace_id: UUID, last: feed.Change) -> None:
    async with workspace(pool, workspace_id) as connection:
        await feed.advance(connection, workspace_id, last)


async def test_a_change_of_a_transaction_that_still_runs_is_not_skipped_by_a_later_one(
    pool: Pool, database: postgres.Server, slow: Connection, workspace_id: UUID
) -> None:
    later = UUID(int=2)
    async with await psycopg.AsyncConnection.connect(database.conninfo("postgres")) as quick:
        await quick.execute("SET search_path = crm_store")
        await quick.execute(
            "INSERT INTO changes (workspace_id, kind, entity_id, op) VALUES (%s, 'contacts', %s, 'update')",
            (workspace_id, later),
        )
    assert await read(pool, workspace_id) == []
    await slow.commit()

    async def both() -> list[feed.Change] | None:
        changes = await read(pool, workspace_id)
        return changes if len(changes) > 1 else None

    assert [change.entity_id for change in await until(both)] == [UUID(int=1), later]


async def test_changes_come_in_the_order_of_their_transactions_a_page_at_a_time(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    pushed = [await push(crm, workspace_id, name) for name in "abcde"]

    async def all_there() -> bool:
        return len(await read(pool, workspace_id)) == 5

    await until(all_there)
    told: list[UUID] = []
    while changes := await read(pool, workspace_id, limit=2):
        assert changes == sorted(changes, key=lambda change: (change.transaction, change.seq))
        told += [change.entity_id for change in changes]
        await deal_with(pool, workspace_id, changes[-1])
    assert told == pushed


async def test_what_a_failed_follower_read_is_told_again(crm: House, pool: Pool, workspace_id: UUID) -> None:
    await push(crm, workspace_id, "a")
    [change] = await read_some(pool, workspace_id)
    with suppress(ZeroDivisionError):
        async with workspace(pool, workspace_id) as connection:
            await feed.advance(connection, workspace_id, change)
            raise ZeroDivisionError
    assert await read(pool, workspace_id) == [change]


async def test_a_cursor_never_moves_back(crm: House, pool: Pool, workspace_id: UUID) -> None:
    await push(crm, workspace_id, "a")
    [change] = await read_some(pool, workspace_id)
    await deal_with(pool, workspace_id, change)
    await deal_with(pool, workspace_id, replace(change, transaction=change.transaction - 1, seq=change.seq + 9))
    await deal_with(pool, workspace_id, replace(change, seq=change.seq - 1))
    assert await read(pool, workspace_id) == []


async def test_the_changes_of_one_workspace_are_not_told_in_another(crm: House, pool: Pool, workspace_id: UUID) -> None:
    await push(crm, workspace_id, "a")
    await read_some(pool, workspace_id)
    assert await read(pool, uuid4()) == []


async def test_watching_tells_of_every_workspace_at_the_start_and_then_of_those_written_to(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    old, told = uuid4(), list[UUID]()
    await push(crm, old, "a")

    async def on_change(changed: UUID) -> None:
        told.append(changed)

    async def was_told_of(asked: UUID) -> bool:
        return asked in told

    watching = asyncio.create_task(feed.watch(pool, SecretStr(database.conninfo("embeddings")), on_change))
    await until(lambda: was_told_of(old))
    assert workspace_id not in told
    await push(crm, workspace_id, "a")
    await until(lambda: was_told_of(workspace_id), timeout_s=feed.POLL_S + 3)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def test_watching_survives_the_loss_of_its_connections(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    told: list[UUID] = []

    async def on_change(changed: UUID) -> None:
        told.append(changed)

    async def was_told() -> bool:
        return workspace_id in told

    async def listens() -> bool:
        return bool(cut("SELECT pid"))

    def cut(what: str) -> list[tuple[object, ...]]:
        with psycopg.connect(database.conninfo("postgres"), autocommit=True) as admin:
            listeners = " FROM pg_stat_activity WHERE query LIKE 'LISTEN crm_changes%' AND pid <> pg_backend_pid()"
            return admin.execute(what + listeners).fetchall()

    watching = asyncio.create_task(feed.watch(pool, SecretStr(database.conninfo("embeddings")), on_change))
    await until(listens)
    cut("SELECT pg_terminate_backend(pid)")
    await push(crm, workspace_id, "a")
    await until(was_told)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
