"""Migrations lead from nothing to the committed schema, once, whole or not at all, one migrator at a time."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from deploy.embedded import postgres
from kit.migrate import ChangedMigration, Migration, WarnedMigration, _apply, migrate
from tests.migrations.release import ROOT, files
from tests.migrations.schema import FOLDER, dump, services

Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def crm_owner(database: postgres.Server) -> Iterator[Owner]:
    with psycopg.connect(database.conninfo("crm_owner"), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("service", services())
def test_from_nothing_to_the_committed_schema(database: postgres.Server, service: str) -> None:
    committed = (FOLDER / f"{service}.sql").read_text(encoding="utf-8")
    assert dump(database, service) == committed, "run `make api` and look at what changed"


def test_no_schema_is_left_of_a_service_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(services())


@pytest.mark.parametrize("service", services())
def test_every_file_was_applied(database: postgres.Server, service: str) -> None:
    with psycopg.connect(database.conninfo(f"{service}_owner")) as connection:
        applied = {name for (name,) in connection.execute("SELECT name FROM migrations").fetchall()}
    door = service == "gateway"  # it has no jobs, so nothing of what they need
    own = {path.stem for path in files((ROOT if door else ROOT / "services") / service / "migrations")}
    shared = {f"kit/{path.stem}" for path in files(ROOT / "kit" / "migrations") if not door}
    assert {name for name in applied if not name.startswith("procrastinate/")} == own | shared


@pytest.mark.parametrize("service", services())
def test_a_second_time_changes_nothing(database: postgres.Server, service: str) -> None:
    before = dump(database, service)
    assert migrate(database.conninfo(f"{service}_owner"), service) == []
    assert dump(database, service) == before


def test_an_applied_migration_that_has_changed_since_is_refused(database: postgres.Server, crm_owner: Owner) -> None:
    change = "UPDATE migrations SET sha256 = %s WHERE name = '001_workspaces'"
    row = crm_owner.execute("SELECT sha256 FROM migrations WHERE name = '001_workspaces'").fetchone()
    assert row is not None
    crm_owner.execute(change, ("0" * 64,))
    try:
        with pytest.raises(ChangedMigration, match="001_workspaces"):
            migrate(database.conninfo("crm_owner"), "crm")
    finally:
        crm_owner.execute(change, row)


def test_a_migration_that_fails_leaves_nothing_behind(crm_owner: Owner) -> None:
    with pytest.raises(errors.DivisionByZero):
        _apply(crm_owner, Migration("900_half", "CREATE TABLE half (id int); SELECT 1 / 0"))
    assert crm_owner.execute("SELECT to_regclass('half')").fetchone() == (None,)
    assert crm_owner.execute("SELECT name FROM migrations WHERE name = '900_half'").fetchall() == []


def test_a_migration_that_only_seems_to_work_is_refused(crm_owner: Owner) -> None:
    """PostgreSQL merely warns when what it was told to grant or revoke is another's."""
    silent = Migration("900_silent", "GRANT EXECUTE ON FUNCTION crm.list_workspaces(xid8) TO crm_owner")
    with pytest.raises(WarnedMigration, match="no privileges were granted"):
        _apply(crm_owner, silent)
    assert crm_owner.execute("SELECT name FROM migrations WHERE name = '900_silent'").fetchall() == []


def test_one_migrates_while_the_others_wait(database: postgres.Server, crm_owner: Owner) -> None:
    key = "hashtext('rapport.migrate'), hashtext('crm')"
    crm_owner.execute(f"SELECT pg_advisory_lock({key})")
    applied: list[list[str]] = []
    other = threading.Thread(target=lambda: applied.append(migrate(database.conninfo("crm_owner"), "crm")))
    other.start()
    other.join(0.3)
    waited = other.is_alive()
    crm_owner.execute(f"SELECT pg_advisory_unlock({key})")
    other.join(10)
    assert waited
    assert applied == [[]]
