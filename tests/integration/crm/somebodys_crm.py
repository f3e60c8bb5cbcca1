"""A CRM that was there before Rapport: its database, its tables, its own program."""

from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg

from deploy.embedded import postgres
from kit.migrate import migrate
from tests.conftest import SERVICES

DATABASE = "somebodys_crm"
MAPPING = Path(postgres.PROVISION).parent / "foreign" / "apple_contacts.sql"
TABLES: LiteralString = """
CREATE TABLE apple_contacts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid, first_name text, last_name varchar(900), company text,
    job_title text, emails jsonb, phones text[], tags text, notes text, created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(), deleted_at timestamptz
);
CREATE TABLE contact_sync_history (
    id bigserial PRIMARY KEY, contact_id uuid REFERENCES apple_contacts ON DELETE CASCADE, user_id uuid, direction text,
    old_values jsonb, synced_at timestamptz DEFAULT now()
);
ALTER TABLE contact_sync_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY app ON contact_sync_history TO somebodys_app USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON apple_contacts, contact_sync_history TO somebodys_app;
GRANT USAGE ON SEQUENCE contact_sync_history_id_seq TO somebodys_app;
"""
# Before Rapport came: Ada was promoted by one sync, Grace was edited behind the history's back.
BEFORE: LiteralString = """
INSERT INTO apple_contacts (id, user_id, first_name, job_title, company, created_at, updated_at) VALUES
    (%(ada)s, %(user)s, 'Ada', 'Chief', 'Engines', '2024-01-01Z', '2025-06-01Z'),
    (%(grace)s, %(user)s, 'Grace', 'Admiral', 'Navy', '2024-01-01Z', '2025-09-01Z');
"""
SYNCED: LiteralString = """
INSERT INTO contact_sync_history (contact_id, user_id, direction, old_values, synced_at) VALUES
    (%(ada)s, %(user)s, 'pull', '{"job_title": "Clerk", "company": "Looms"}', '2024-05-01Z'),
    (%(ada)s, %(user)s, 'pull', '{"job_title": "Analyst"}', '2025-06-01Z'),
    (%(grace)s, %(user)s, 'push', '{"job_title": "Captain"}', '2025-06-01Z');
"""
ADA, GRACE = str(uuid4()), str(uuid4())
OLD_USER = uuid4()


def install(server: postgres.Server) -> None:
    """Do what docs/foreign-crm.md tells an operator to do."""
    done = postgres.run_file(server.home, server.port, MAPPING, "-d", DATABASE)
    assert (done.returncode, done.stderr) == (0, "")


def move_in(database: postgres.Server) -> None:
    """Make the CRM with its past, then move Rapport into its database."""
    with psycopg.connect(database.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
        connection.execute("CREATE ROLE somebodys_app LOGIN PASSWORD 'app'")
    with psycopg.connect(database.conninfo(database=DATABASE), autocommit=True) as connection:
        connection.execute(TABLES)
        people = {"user": OLD_USER, "ada": ADA, "grace": GRACE}
        connection.execute(BEFORE, people)
        connection.execute(SYNCED, people)
    postgres.provision(database.home, database.port, database=DATABASE)
    for service in SERVICES:
        migrate(database.conninfo(f"{service}_owner", DATABASE), service)
    install(database)


class Crm:
    """The CRM's own program: it writes its own tables and knows nothing of Rapport."""

    def __init__(self, server: postgres.Server, user: UUID) -> None:
        self.user = user
        self._conninfo = f"postgresql://somebodys_app:app@127.0.0.1:{server.port}/{DATABASE}"

    def run(self, statement: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._conninfo) as connection:
            cursor = connection.execute(statement, {"user": self.user} | values)
            return cursor.fetchall() if cursor.description else []

    def add(self, first_name: str, **columns: Any) -> str:
        values = {"id": uuid4(), "company": None, "title": None, "emails": None, "phones": None, "tags": None}
        rows = self.run(
            """
            INSERT INTO apple_contacts (id, user_id, first_name, company, job_title, emails, phones, tags)
            VALUES (%(id)s, %(user)s, %(first_name)s, %(company)s, %(title)s, %(emails)s, %(phones)s, %(tags)s)
            RETURNING id
            """,
            **(values | columns | {"first_name": first_name}),
        )
        return str(rows[0][0])

    def sync(self, contact_id: str, direction: str, at: datetime) -> None:
        self.run(
            """
            INSERT INTO contact_sync_history (contact_id, user_id, direction, synced_at)
            VALUES (%(id)s, %(user)s, %(direction)s, %(at)s)
            """,
            id=contact_id,
            direction=direction,
            at=at,
        )
