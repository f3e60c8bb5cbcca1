"""A CRM that lives in PostgreSQL already: its tables behind our views, its own writes in our feed, nothing pushed."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pgvector.psycopg import register_vector_async
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.testing import Keys, serving, until
from services.crm.app import create_app
from services.crm.settings import CrmSettings
from services.crm.usecases import graph
from services.embeddings.model.known import Models
from services.embeddings.usecases import embed
from tests.conftest import House
from tests.integration.crm.conftest import Workspace
from tests.integration.crm.somebodys_crm import ADA, DATABASE, GRACE, OLD_USER, Crm, install, move_in


@pytest.fixture(scope="module")
def server(database: postgres.Server) -> postgres.Server:
    """Return the server with one more database, into which Rapport has moved."""
    move_in(database)
    return database


@pytest.fixture(scope="module")
async def foreign(server: postgres.Server, crm_settings: CrmSettings, keys: Keys) -> AsyncIterator[House]:
    url = SecretStr(server.conninfo("crm", DATABASE))
    settings = crm_settings.model_copy(update={"database_url": url, "direct_database_url": url})
    async with serving(create_app(settings)) as client:
        yield House("crm", client, keys.signer("gateway"))


@pytest.fixture(scope="module")
async def pool(server: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(server.conninfo("crm", DATABASE), name="test", max_size=2) as pool:
        yield pool


@pytest.fixture(scope="module")
async def embeddings_pool(server: postgres.Server) -> AsyncIterator[Pool]:
    conninfo = server.conninfo("embeddings", DATABASE)
    async with open_pool(conninfo, name="test", max_size=2, configure=register_vector_async) as pool:
        yield pool


@pytest.fixture
def their(server: postgres.Server) -> Crm:
    return Crm(server, uuid4())


@pytest.fixture
def facts(foreign: House, their: Crm) -> Workspace:
    return Workspace(foreign, their.user)


@pytest.fixture
def old(foreign: House) -> Workspace:
    """Return the workspace of whoever used the CRM before Rapport came."""
    return Workspace(foreign, OLD_USER)


async def test_a_person_of_the_crm_is_read_as_the_contract_says(their: Crm, facts: Workspace) -> None:
    person = their.add(
        "Ada",
        company="Engines",
        title="Analyst",
        emails=Jsonb([{"label": "work", "value": " ada@engines.example "}, "ada@home.example", {"label": "no"}, None]),
        phones=["+44 20 7946 0018", ""],
        tags="mentor, friend",
    )
    read = await facts.read(f"/contacts/{person}")
    expected = {
        "first_name": "Ada",
        "last_name": "",
        "organization": "Engines",
        "title": "Analyst",
        "emails": ["ada@engines.example", "ada@home.example"],
        "phones": ["+44 20 7946 0018"],
        "tags": ["mentor", "friend"],
        "source": "apple_contacts",
        "external_id": person,
    }
    assert expected.items() <= read.items()
    found = await facts.items("/contacts", source="apple_contacts", external_id=person)
    assert [row["id"] for row in found] == [person]
    assert (await facts.read(f"/contacts/{person}/export"))["contact"]["id"] == person


async def test_no_value_of_the_crm_can_stop_its_own_write(their: Crm, facts: Workspace) -> None:
    emails = Jsonb({"value": "x" * 9_000, "other": [[]]})
    person = their.add("é" * 5_000, company="y" * 9_000, emails=emails, phones=["1" * 9_000], tags=",".join("abc" * 99))
    their.run("UPDATE apple_contacts SET last_name = repeat('z', 900), emails = '7' WHERE id = %(id)s", id=person)
    read = await facts.read(f"/contacts/{person}")
    assert (len(read["first_name"]), len(read["last_name"]), len(read["organization"])) == (200, 200, 300)
    assert (read["emails"], read["phones"], len(read["tags"])) == (["7"], [], 50)


async def test_another_workspace_sees_nothing(
    their: Crm, facts: Workspace, foreign: House, embeddings_pool: Pool
) -> None:
    person = their.add("Ada")
    their.sync(person, "pull", datetime(2025, 1, 1, tzinfo=UTC))
    other = Workspace(foreign, uuid4())
    assert (await other.call("GET", f"/contacts/{person}")).status_code == 404
    assert [await other.items(f"/{kind}") for kind in ("contacts", "interactions", "links", "users")] == [[]] * 4
    async with workspace(embeddings_pool, other.id) as connection:
        for view in ("contacts", "contact_versions", "interactions", "changes"):
            rows = await (await connection.execute(f"SELECT FROM crm.{view}")).fetchall()
            assert rows == [], view
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with workspace(embeddings_pool, facts.id) as connection:
            await connection.execute("SELECT FROM public.apple_contacts")


async def test_what_the_crm_writes_is_followed_to_vectors_and_what_it_deletes_is_gone(
    their: Crm, facts: Workspace, embeddings_pool: Pool, models: Models
) -> None:
    async def vectors(wanted: set[str]) -> dict[str, list[float]]:
        async def there() -> dict[str, list[float]] | None:
            await embed.follow_workspace(embeddings_pool, their.user, models)
            async with workspace(embeddings_pool, their.user) as connection:
                cursor = await connection.execute("SELECT contact_id, embedding FROM vectors")
                found = {str(row[0]): list(row[1].to_numpy()) for row in await cursor.fetchall()}
            return {"": []} | found if found.keys() == wanted else None

        return await until(there)

    ada, bob, cem = their.add("Ada"), their.add("Bob"), their.add("Cem")
    before = await vectors({ada, bob, cem})
    their.run("UPDATE apple_contacts SET job_title = 'Countess' WHERE id = %(id)s", id=ada)
    their.run("DELETE FROM apple_contacts WHERE id = %(id)s", id=bob)
    their.run("UPDATE apple_contacts SET deleted_at = now() WHERE id = %(id)s", id=cem)
    after = await vectors({ada})
    assert after[ada] != before[ada]
    assert [row["id"] for row in await facts.items("/contacts")] == [ada]
    their.run("UPDATE apple_contacts SET deleted_at = NULL WHERE id = %(id)s", id=cem)
    await vectors({ada, cem})


def changes(server: postgres.Server, their: Crm) -> list[tuple[str, str, str]]:
    with psycopg.connect(server.conninfo(database=DATABASE)) as connection:
        rows = connection.execute(
            "SELECT kind, entity_id, op FROM crm_store.changes WHERE workspace_id = %s ORDER BY seq", (their.user,)
        )
        return [(kind, str(entity), op) for kind, entity, op in rows.fetchall()]


def test_a_statement_that_changes_nothing_we_read_is_no_change(server: postgres.Server, their: Crm) -> None:
    person = their.add("Ada")
    their.run("UPDATE apple_contacts SET updated_at = now() + interval '1 hour'")
    assert changes(server, their) == [("contacts", person, "insert")]


def test_a_person_who_moves_to_another_address_book_leaves_the_first(server: postgres.Server, their: Crm) -> None:
    person, other = their.add("Ada"), Crm(server, uuid4())
    their.run("UPDATE apple_contacts SET user_id = %(other)s WHERE id = %(id)s", id=person, other=other.user)
    assert changes(server, their) == [("contacts", person, "insert"), ("contacts", person, "delete")]
    assert changes(server, other) == [("contacts", person, "insert")]


def test_a_write_that_is_rolled_back_was_never_in_the_feed(server: postgres.Server, their: Crm) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        their.run(
            """
            WITH one AS (INSERT INTO apple_contacts (user_id) VALUES (%(user)s) RETURNING 1)
            SELECT 1 / (count(*) - 1) FROM one
            """
        )
    assert changes(server, their) == []


def test_writers_of_one_address_book_do_not_wait_for_each_other(server: postgres.Server, their: Crm) -> None:
    ada, bob = their.add("Ada"), their.add("Bob")
    with psycopg.connect(server.conninfo(database=DATABASE)) as slow:
        slow.execute("UPDATE apple_contacts SET notes = 'slow' WHERE id = %s", (ada,))
        with psycopg.connect(server.conninfo(database=DATABASE)) as quick:
            quick.execute("SET lock_timeout = '3s'")
            quick.execute("UPDATE apple_contacts SET notes = 'quick' WHERE id = %s", (bob,))
    assert sorted(changes(server, their)[2:]) == sorted(("contacts", one, "update") for one in (ada, bob))


def test_who_has_news_is_told_by_what_the_crm_writes(server: postgres.Server, their: Crm) -> None:
    with psycopg.connect(server.conninfo("embeddings", DATABASE), autocommit=True) as connection:

        def news(since: str) -> set[UUID]:
            return {row[0] for row in connection.execute("SELECT id FROM crm.list_workspaces(%s::xid8)", (since,))}

        def now() -> str:
            row = connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
            assert row is not None
            return str(row[0])

        their.add("Ada")
        since = now()
        their.add("Bob")
        assert their.user in news(since)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/contacts", {"json": {"items": [{"first_name": "Eve"}]}}),
        ("PUT", "/links", {"json": {"items": [{"contact_a": ADA, "contact_b": GRACE}]}}),
        ("PUT", "/interactions", {"json": {"items": [{"contact_id": ADA}]}}),
        ("DELETE", f"/contacts/{ADA}", {}),
        ("POST", "/contacts/merge", {"json": {"keep": ADA, "merge": [GRACE]}}),
        ("POST", f"/merges/{uuid4()}/undo", {}),
        ("POST", "/imports", {"data": {"kind": "contacts"}, "files": {"file": ("a.csv", b"first_name\nEve\n")}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_the_crm_owns_is_written_there_and_nowhere_else(
    old: Workspace, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await old.call(method, path, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "facts_owned_elsewhere")
    assert {row["first_name"] for row in await old.items("/contacts")} == {"Ada", "Grace"}


async def test_what_the_crm_has_no_table_for_is_pushed_as_ever(their: Crm, facts: Workspace) -> None:
    ada = their.add("Ada", emails=Jsonb(["ada@engines.example"]))
    engines = {"id": str(uuid4()), "name": "Engines", "domain": "engines.example"}
    [account] = await facts.push(engines, kind="accounts")
    [user] = await facts.push({"id": str(uuid4()), "name": "Ada", "email": "Ada@engines.example"}, kind="users")
    bob = their.add("Bob", emails=Jsonb(["bob@engines.example"]))
    accounts = {row["id"]: row["account_id"] for row in await facts.items("/contacts")}
    assert accounts == {ada: account["id"], bob: account["id"]}
    assert (await facts.read(f"/users/{user['id']}"))["contact_id"] == ada


async def test_people_of_the_crm_with_one_email_are_proposed_as_duplicates(their: Crm, facts: Workspace) -> None:
    ids = {their.add(name, emails=Jsonb([{"email": "ada@engines.example"}])) for name in ("Ada", "A.")}
    [proposed] = await facts.items("/duplicates")
    assert (set(proposed["ids"]), proposed["reasons"]) == (ids, ["email"])


async def test_syncs_are_interactions_and_the_graph_is_derived_from_them(
    their: Crm, facts: Workspace, pool: Pool
) -> None:
    ada = their.add("Ada", emails=Jsonb(["ada@engines.example"]))
    bob, cem = their.add("Bob"), their.add("Cem")
    await facts.push({"id": str(their.user), "name": "Ada", "email": "ada@engines.example"}, kind="users")
    when = datetime(2026, 1, 5, tzinfo=UTC)
    their.sync(bob, "pull", when)
    their.sync(cem, "push", when)
    their.sync(cem, "whatever", when)
    rows = await facts.items("/interactions")
    seen = sorted((row["contact_id"], row["kind"], row["direction"], row["occurred_at"]) for row in rows)
    at = "2026-01-05T00:00:00Z"
    assert seen == sorted([(bob, "sync", "in", at), (cem, "sync", "out", at), (cem, "sync", "both", at)])

    async def progress(_done: int, _total: int) -> None:
        return

    found = await graph.derive(pool, their.user, datetime(2026, 2, 1, tzinfo=UTC), progress)
    assert (found["derived_links"], found["people"]) == (2, 3)
    links = await facts.items("/links")
    assert {tuple(sorted((row["contact_a"], row["contact_b"]))) for row in links} == {
        tuple(sorted((ada, bob))),
        tuple(sorted((ada, cem))),
    }
    assert (await facts.items("/influence"))[0]["id"] == ada
    their.run("DELETE FROM apple_contacts WHERE id = %(id)s", id=bob)
    assert len(await facts.items("/links")) == len(await facts.items("/influence")) - 1 == 1
    assert {row["contact_id"] for row in await facts.items("/interactions")} == {cem}


async def title_as_of(workspace: Workspace, contact_id: str, as_of: str) -> tuple[str, str] | None:
    items = (await workspace.read(f"/contacts/{contact_id}/versions", as_of=as_of, limit=1))["items"]
    return (items[0]["title"], items[0]["organization"]) if items else None


async def test_the_past_before_rapport_came_is_what_the_syncs_overwrote(old: Workspace) -> None:
    stood = [await title_as_of(old, ADA, day) for day in ("2023-12-31T00:00:00Z", "2024-04-30T00:00:00Z")]
    stood += [await title_as_of(old, ADA, day) for day in ("2024-05-02T00:00:00Z", "2025-06-02T00:00:00Z")]
    assert stood == [None, ("Clerk", "Looms"), ("Analyst", "Engines"), ("Chief", "Engines")]


async def test_nothing_is_claimed_of_the_past_of_a_person_edited_behind_the_history(old: Workspace) -> None:
    assert await title_as_of(old, GRACE, "2025-08-31T00:00:00Z") is None
    assert await title_as_of(old, GRACE, "2025-09-01T00:00:00Z") == ("Admiral", "Navy")


async def test_a_change_is_a_version_and_no_later_one_is_seen_before(their: Crm, facts: Workspace) -> None:
    person = their.add("Ada", title="Analyst", company="Engines")
    between = datetime.now(UTC).isoformat()
    their.run("UPDATE apple_contacts SET job_title = 'Countess' WHERE id = %(id)s", id=person)
    assert await title_as_of(facts, person, between) == ("Analyst", "Engines")
    assert await title_as_of(facts, person, datetime.now(UTC).isoformat()) == ("Countess", "Engines")


def test_running_the_mapping_again_changes_nothing_and_catches_up(server: postgres.Server, their: Crm) -> None:
    ada = their.add("Ada")
    install(server)
    assert changes(server, their) == [("contacts", ada, "insert")]
    with psycopg.connect(server.conninfo(database=DATABASE)) as connection:
        connection.execute("SET session_replication_role = replica")  # as a restore does: no trigger looks
        connection.execute("UPDATE apple_contacts SET notes = 'new' WHERE id = %s", (ada,))
    install(server)
    assert changes(server, their) == [("contacts", ada, "insert"), ("contacts", ada, "update")]


def test_nothing_of_a_deleted_person_stays_in_any_table(their: Crm, tables_with: Callable[[str], list[str]]) -> None:
    person = their.add("Zebulon", emails=Jsonb(["zebulon@nowhere.example"]), phones=["+1 555 010 9999"])
    assert set(tables_with("ebulon")) >= {"apple_contacts", "crm_store.contact_versions", "crm_store.contact_keys"}
    their.run("DELETE FROM apple_contacts WHERE id = %(id)s", id=person)
    assert tables_with("ebulon") + tables_with("15550109999") == []


@pytest.fixture
def tables_with(server: postgres.Server) -> Callable[[str], list[str]]:
    """Return what looks for a text in every row of every table, and names the tables that have it."""

    def look(text: str) -> list[str]:
        with psycopg.connect(server.conninfo(database=DATABASE)) as connection:
            tables = connection.execute(
                """
                SELECT oid::regclass::text FROM pg_class
                WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('crm_store', 'embeddings', 'public')
                """
            ).fetchall()
            return [
                table
                for (table,) in tables
                if connection.execute(f"SELECT FROM {table} t WHERE t::text LIKE %s LIMIT 1", (f"%{text}%",)).fetchall()
            ]

    return look


async def test_emptying_the_table_is_followed_as_well(server: postgres.Server, their: Crm, facts: Workspace) -> None:
    person = their.add("Ada")
    with psycopg.connect(server.conninfo(database=DATABASE)) as connection:
        connection.execute("TRUNCATE apple_contacts, contact_sync_history")
        assert connection.execute("SELECT count(*) FROM crm_store.contact_versions").fetchone() == (0,)
        connection.rollback()
    assert [row["id"] for row in await facts.items("/contacts")] == [person]
