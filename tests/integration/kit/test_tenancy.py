"""The database keeps workspaces and services apart, whatever the code forgets."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from tests.conftest import House

OWN_TABLES = ("contacts", "contact_versions", "users", "changes", "workspaces", "jobs", "import_chunks", "feed_cursors")


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    """Return a pool of one connection, so that everybody gets the same one."""
    async with open_pool(database.conninfo("crm"), name="test", max_size=1) as pool:
        yield pool


@pytest.fixture
async def contact(crm: House, workspace_id: UUID) -> str:
    return await push(crm, workspace_id)


async def push(crm: House, workspace_id: UUID) -> str:
    row = {"source": "test", "external_id": "1", "first_name": "Ada"}
    answer = await crm.client.put("/api/ml/crm/contacts", json={"items": [row]}, headers=crm.token(workspace_id))
    return str(answer.json()["results"][0]["id"])


async def ids(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> set[str]:
    return {str(row[0]) for row in await (await connection.execute("SELECT id FROM contacts")).fetchall()}


async def test_a_transaction_sees_its_own_workspace_only(crm: House, pool: Pool) -> None:
    mine, yours = uuid4(), uuid4()
    my_contact, your_contact = await push(crm, mine), await push(crm, yours)
    async with workspace(pool, mine) as connection:
        assert await ids(connection) == {my_contact}
    async with workspace(pool, yours) as connection:
        assert await ids(connection) == {your_contact}


@pytest.mark.usefixtures("contact")
async def test_without_a_workspace_nothing_is_seen_even_on_a_connection_that_had_one(
    pool: Pool, workspace_id: UUID
) -> None:
    async with workspace(pool, workspace_id) as connection:
        assert len(await ids(connection)) == 1
    async with pool.connection() as connection:
        for table in OWN_TABLES:
            found = await connection.execute(psycopg.sql.SQL("SELECT 1 FROM {}").format(psycopg.sql.Identifier(table)))
            assert await found.fetchall() == [], table


async def test_a_failed_transaction_leaves_no_workspace_behind_either(pool: Pool, workspace_id: UUID) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        async with workspace(pool, workspace_id) as connection:
            await connection.execute("SELECT 1 / 0")
    async with pool.connection() as connection:
        setting = await connection.execute("SELECT current_setting('app.workspace_id', true)")
        assert await setting.fetchone() in {("",), (None,)}


async def test_a_row_cannot_be_written_into_another_workspace_nor_moved_there(
    pool: Pool, workspace_id: UUID, contact: str
) -> None:
    async with workspace(pool, uuid4()) as connection:
        changed = await connection.execute("UPDATE contacts SET title = 'x' WHERE id = %s", (contact,))
        deleted = await connection.execute("DELETE FROM contacts WHERE id = %s", (contact,))
        assert (changed.rowcount, deleted.rowcount) == (0, 0)
    for statement in (
        "UPDATE contacts SET workspace_id = gen_random_uuid()",
        "INSERT INTO workspaces (id) VALUES (gen_random_uuid())",
        "INSERT INTO jobs (workspace_id, id, kind) VALUES (gen_random_uuid(), gen_random_uuid(), 'x')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            async with workspace(pool, workspace_id) as connection:
                await connection.execute(statement)


FORBIDDEN = {
    "crm": (
        "SELECT FROM embeddings.vectors",
        "SELECT FROM embeddings.jobs",
        "SET ROLE embeddings",
        "SET ROLE workspace_lister",
    ),
    "embeddings": (
        "SELECT FROM crm_store.contacts",
        "SELECT FROM crm_store.jobs",
        "INSERT INTO crm.users (workspace_id, id) VALUES (gen_random_uuid(), gen_random_uuid())",
        "DELETE FROM crm.users",
        "SET ROLE crm",
    ),
}


@pytest.mark.parametrize("service", FORBIDDEN)
def test_a_running_role_can_neither_leave_its_house_nor_change_its_walls(
    database: postgres.Server, service: str
) -> None:
    own = "crm_store.contacts" if service == "crm" else "embeddings.vectors"
    schema = own.split(".", maxsplit=1)[0]
    attempts = (
        *FORBIDDEN[service],
        f"ALTER TABLE {own} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {own} NO FORCE ROW LEVEL SECURITY",
        f"DROP POLICY own_workspace ON {own}",
        f"CREATE POLICY everything ON {own} USING (true)",
        f"TRUNCATE {own}",
        f"CREATE TABLE {schema}.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        f"CREATE FUNCTION {schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        f"SET ROLE {service}_owner",
        "SET ROLE postgres",
        f"ALTER ROLE {service} BYPASSRLS",
        "UPDATE migrations SET sha256 = ''",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    )
    with psycopg.connect(database.conninfo(service), autocommit=True) as connection:
        for attempt in attempts:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)


@pytest.mark.usefixtures("contact")
def test_setting_row_security_off_is_an_error_and_no_way_around(database: postgres.Server) -> None:
    with psycopg.connect(database.conninfo("crm"), autocommit=True) as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT FROM contacts")


async def test_the_list_of_workspaces_tells_who_has_news_and_nothing_of_what(
    crm: House, database: postgres.Server, workspace_id: UUID
) -> None:
    await push(crm, workspace_id)
    with psycopg.connect(database.conninfo("embeddings")) as connection:
        listed = connection.execute("SELECT * FROM crm.list_workspaces() WHERE id = %s", (workspace_id,)).fetchall()
    assert listed == [(workspace_id, "en", "UTC", False)]
