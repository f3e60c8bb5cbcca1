"""Migrations: each once, never changed afterwards, and two deploys at a time do no harm."""

import subprocess
import sys

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import open_pool
from kit.errors import Unavailable
from kit.migrate import ChangedMigration, check_migrated, known_migrations, migrate

COUNT = "SELECT count(*), max(applied_at) FROM migrations"


@pytest.fixture
def owner(database: postgres.Server) -> str:
    return database.conninfo("embeddings_owner")


def applied(conninfo: str) -> tuple[object, ...] | None:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(COUNT).fetchone()


def test_a_second_run_changes_nothing(owner: str) -> None:
    before = applied(owner)
    assert before is not None
    assert before[0] != 0
    assert migrate(owner, "embeddings") == []
    assert applied(owner) == before


def test_a_migration_whose_file_has_changed_since_is_refused_by_name(owner: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        name, sha256 = "001_vectors", "SELECT sha256 FROM migrations WHERE name = %s"
        [kept] = connection.execute(sha256, (name,)).fetchone() or ()
        change = "UPDATE migrations SET sha256 = %s WHERE name = %s"
        connection.execute(change, ("another text", name))
        try:
            with pytest.raises(ChangedMigration, match=name):
                migrate(owner, "embeddings")
        finally:
            connection.execute(change, (kept, name))
    assert migrate(owner, "embeddings") == []


def test_processes_that_migrate_at_once_apply_each_migration_once(database: postgres.Server) -> None:
    """From nothing, in a schema of their own."""
    with psycopg.connect(database.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE twins")
    with psycopg.connect(database.conninfo("postgres", "twins"), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION vector")
        admin.execute("CREATE SCHEMA embeddings AUTHORIZATION embeddings_owner")
    conninfo = database.conninfo("embeddings_owner", "twins")
    script = f"from kit.migrate import migrate; print(*migrate({conninfo!r}, 'embeddings'))"
    twins = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)  # noqa: S603 our own command
        for _ in range(3)
    ]
    told = [twin.communicate(timeout=60)[0].split() for twin in twins]
    assert [twin.returncode for twin in twins] == [0, 0, 0]
    first, *others = sorted(told, key=len, reverse=True)
    assert "001_vectors" in first
    assert others == [[], []]


def test_a_migration_that_fails_leaves_nothing_half_made(database: postgres.Server) -> None:
    """The embeddings' first needs the extension: without it the run fails, with it the next one goes on from there."""
    with psycopg.connect(database.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE bare")
    with psycopg.connect(database.conninfo("postgres", "bare"), autocommit=True) as admin:
        admin.execute("CREATE SCHEMA embeddings AUTHORIZATION embeddings_owner")
        conninfo = database.conninfo("embeddings_owner", "bare")
        with pytest.raises(psycopg.errors.UndefinedObject):
            migrate(conninfo, "embeddings")
        assert admin.execute("SELECT to_regclass('embeddings.vectors')").fetchone() == (None,)
        admin.execute("CREATE EXTENSION vector WITH SCHEMA public")
    own = [name for name in known_migrations("embeddings") if not name.startswith("kit/")]
    assert migrate(conninfo, "embeddings") == own


async def test_readiness_names_the_migrations_a_schema_lacks(database: postgres.Server) -> None:
    async with open_pool(database.conninfo("embeddings"), name="readiness", max_size=1) as pool:
        await check_migrated(pool, "embeddings")
        with pytest.raises(Unavailable, match="003_people") as caught:
            await check_migrated(pool, "crm")
    assert caught.value.code == "schema_outdated"
