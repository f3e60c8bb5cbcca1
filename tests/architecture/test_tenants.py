"""What the migrated database itself promises: every row belongs to a workspace, and no other workspace reaches it."""

from kit.db import TABLES_WITHOUT_WORKSPACE
from tests.architecture.conftest import Superuser

SETTING = "(NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid"
KEY = {"crm_store.workspaces": "id"}  # a workspace is its own tenant; every other table has workspace_id
EVERYBODY, ALL_COMMANDS, AS_READ = "{-}", "*", None
LISTING = ("crm_store.workspaces", "listing", "{workspace_lister}", True, "r", "true", None)


def key(table: str) -> str:
    return KEY.get(table, "workspace_id")


def tenant_tables(superuser: Superuser) -> list[str]:
    return [name for (name,) in superuser.execute("SELECT name FROM tenant_tables").fetchall()]


def test_every_table_has_a_workspace_or_is_listed_in_the_kit(superuser: Superuser) -> None:
    rows = superuser.execute(
        """
        SELECT o.name, o.relname, array_agg(a.attname::text) FILTER (WHERE a.attnotnull)
        FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE o.relkind IN ('r', 'p') GROUP BY 1, 2
        """
    ).fetchall()
    assert {short for name, short, columns in rows if key(name) not in columns} == TABLES_WITHOUT_WORKSPACE


def test_row_level_security_is_enabled_and_forced_on_every_table(superuser: Superuser) -> None:
    secured = superuser.execute("SELECT name FROM tenant_tables WHERE relrowsecurity AND relforcerowsecurity")
    assert [name for (name,) in secured.fetchall()] == tenant_tables(superuser)


def test_every_policy_lets_a_workspace_reach_its_own_rows_and_nothing_else(superuser: Superuser) -> None:
    """A policy without a check of its own asks of what is written what it asks of what is read."""
    policies = superuser.execute(
        """
        SELECT polrelid::regclass::text, polname, polroles::regrole[]::text, polpermissive, polcmd::text,
               pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        FROM pg_policy
        """
    ).fetchall()
    own = {
        (table, "own_workspace", EVERYBODY, True, ALL_COMMANDS, f"({key(table)} = {SETTING})", AS_READ)
        for table in tenant_tables(superuser)
    }
    assert set(policies) == {LISTING, *own}


def test_the_workspace_comes_first_in_every_index_that_is_not_of_one_workspace_alone(superuser: Superuser) -> None:
    rows = superuser.execute(
        r"""
        SELECT t.name, i.indexrelid::regclass::text, a.attname::text
        FROM tenant_tables t
        JOIN pg_index i ON i.indrelid = t.oid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE pg_get_expr(i.indpred, i.indrelid) IS NULL
           OR pg_get_expr(i.indpred, i.indrelid) !~ '^\(+workspace_id = ''[-0-9a-f]{36}''::uuid\) AND '
        """
    ).fetchall()
    assert [index for table, index, column in rows if column != key(table)] == []


def test_every_table_has_a_primary_key(superuser: Superuser) -> None:
    rows = superuser.execute("SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p'")
    assert set(tenant_tables(superuser)) - {name for (name,) in rows.fetchall()} == set()


def test_a_row_refers_only_to_rows_of_its_own_workspace(superuser: Superuser) -> None:
    """PostgreSQL checks references past row-level security: only the key itself keeps them inside."""
    rows = superuser.execute(
        """
        SELECT t.name, c.conname, near.attname::text, c.confrelid::regclass::text, far.attname::text
        FROM pg_constraint c
        JOIN tenant_tables t ON t.oid = c.conrelid
        JOIN pg_attribute near ON near.attrelid = c.conrelid AND near.attnum = c.conkey[1]
        JOIN pg_attribute far ON far.attrelid = c.confrelid AND far.attnum = c.confkey[1]
        WHERE c.contype = 'f'
        """
    ).fetchall()
    assert rows
    across = [name for table, name, near, other, far in rows if (near, far) != (key(table), key(other))]
    assert across == []


def test_the_views_are_owned_by_who_is_bound_by_row_level_security(superuser: Superuser) -> None:
    """A view reads as its owner: owned by a superuser it would show every workspace."""
    rows = superuser.execute("SELECT nspname, relowner::regrole::text FROM ours WHERE relkind IN ('v', 'm')").fetchall()
    assert set(rows) == {("crm", "crm_owner")}
