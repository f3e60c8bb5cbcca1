"""The migrated database as its superuser sees it, for rules about what is in it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy.embedded import postgres
from kit.db import TABLES_WITHOUT_WORKSPACE

Superuser = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="session")
def superuser(database: postgres.Server) -> Iterator[Superuser]:
    """Give a connection with two views: `ours`, every relation that is not PostgreSQL's, and `tenant_tables`."""
    with psycopg.connect(database.conninfo(), autocommit=True) as connection:
        connection.execute(
            """
            CREATE TEMPORARY VIEW ours AS
            SELECT c.*, n.nspname, c.oid::regclass::text AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
            """
        )
        listed = sql.Literal(sorted(TABLES_WITHOUT_WORKSPACE))
        tenants = sql.SQL(
            "CREATE TEMPORARY VIEW tenant_tables AS"
            " SELECT * FROM ours WHERE relkind IN ('r', 'p', 'f', 'm') AND NOT relname = ANY({})"
        )
        connection.execute(tenants.format(listed))
        yield connection
