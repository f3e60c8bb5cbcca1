"""Migrations: numbered SQL files, forward only, each once, under one advisory lock for each service.

`python -m kit.migrate crm` reads the connection from libpq's own variables (PGHOST, PGUSER, …), as the owner role.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import procrastinate.schema
import psycopg
from psycopg import sql
from psycopg.errors import Diagnostic

from kit.db import Pool
from kit.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent
LOCK_WAIT_S = 120
CONNECT_RETRY_S = 60

_PREPARE: LiteralString = """
SET lock_timeout = '10s';
SET statement_timeout = '15min';
CREATE TABLE IF NOT EXISTS migrations (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name, unique in a service, and its text; no text: only note that what it does is there."""

    name: str
    sql: LiteralString

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class ChangedMigration(Exception):
    """An applied migration's file has changed since: write a new one instead."""


class WarnedMigration(Exception):
    """PostgreSQL only warns of a GRANT or REVOKE that did nothing: a migration that did not do what it says."""


def migrate(conninfo: str, service: str) -> list[str]:
    """Bring one service's schema up to date as its owner; return the names applied, none the second time."""
    with _connect(conninfo) as connection:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{LOCK_WAIT_S}s",))
        connection.execute("SELECT pg_advisory_lock(hashtext('rapport.migrate'), hashtext(%s))", (service,))
        connection.execute(_PREPARE)
        running_role = sql.Identifier(service)
        connection.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON migrations FROM {}").format(running_role))
        applied = dict(connection.execute("SELECT name, sha256 FROM migrations").fetchall())
        return [migration.name for migration in _pending(service, applied) if _apply(connection, migration)]


def _connect(conninfo: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect, waiting for a database that is still starting."""
    deadline = time.monotonic() + CONNECT_RETRY_S
    while True:
        try:
            return psycopg.connect(conninfo, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _pending(service: str, applied: dict[str, str]) -> Iterator[Migration]:
    if _has_jobs(service):
        yield from _procrastinate(applied)
    for name, path in known_migrations(service).items():
        migration = Migration(name, path.read_text(encoding="utf-8"))
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise ChangedMigration(f"{service}: {migration.name} was applied with another text; add a new file")
        if migration.name not in applied:
            yield migration


def known_migrations(service: str) -> dict[str, Path]:
    """Return the files this code was written for, in order: the kit's where there are jobs, then the house's own."""
    kit, own = ROOT / "kit" / "migrations", _house(service) / "migrations"
    shared = sorted(kit.glob("[0-9]*.sql")) if _has_jobs(service) else []
    return {f"kit/{path.stem}": path for path in shared} | {path.stem: path for path in sorted(own.glob("[0-9]*.sql"))}


def _house(service: str) -> Path:
    """Return the folder of a service, or of the gateway, which is none and stands beside them."""
    inside = ROOT / "services" / service
    return inside if inside.is_dir() else ROOT / service


def _has_jobs(service: str) -> bool:
    return (_house(service) / "jobs.py").exists()


async def check_migrated(pool: Pool, service: str) -> None:
    """Raise Unavailable while the schema lacks a migration this code needs: a readiness check.

    Migrations this code does not know are no fault: a newer release is being rolled out.
    """
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT to_regclass('migrations') IS NOT NULL")
        made = await cursor.fetchone()
        if made != (True,):
            raise Unavailable("The schema was never migrated.", code="schema_outdated")
        rows = await (await connection.execute("SELECT name FROM migrations")).fetchall()
    if missing := known_migrations(service).keys() - {row[0] for row in rows}:
        raise Unavailable(f"Not migrated yet: {', '.join(sorted(missing))}.", code="schema_outdated")


def _procrastinate(applied: dict[str, str]) -> Iterator[Migration]:
    """Its whole schema the first time; afterwards the deltas of the versions installed since."""
    manager = procrastinate.schema.SchemaManager
    deltas = [Migration(f"procrastinate/{path.stem}", path.read_text()) for path in sorted(_deltas())]
    if "procrastinate/schema" not in applied:
        yield Migration("procrastinate/schema", manager.get_schema())
        deltas = [Migration(delta.name, "") for delta in deltas]
    yield from (delta for delta in deltas if delta.name not in applied)


def _deltas() -> Iterator[Path]:
    return procrastinate.schema.migrations_path.glob("*.sql")


def _apply(connection: psycopg.Connection[tuple[Any, ...]], migration: Migration) -> bool:
    with connection.transaction(), _without_warnings(connection, migration.name):
        if migration.sql:
            connection.execute(migration.sql)
        connection.execute("INSERT INTO migrations (name, sha256) VALUES (%s, %s)", (migration.name, migration.sha256))
    return bool(migration.sql)


@contextmanager
def _without_warnings(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> Iterator[None]:
    warnings: list[str] = []

    def note(notice: Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            warnings.append(str(notice.message_primary))

    connection.add_notice_handler(note)
    try:
        yield
    finally:
        connection.remove_notice_handler(note)
    if warnings:
        raise WarnedMigration(f"{name}: {'; '.join(warnings)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service", help="crm, embeddings, …, gateway")
    service = parser.parse_args().service
    names = migrate("", service)
    print(f"{service}: {', '.join(names) if names else 'nothing to do'}")  # noqa: T201 a command prints


if __name__ == "__main__":
    main()
