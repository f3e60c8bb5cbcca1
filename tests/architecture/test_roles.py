"""Who may do what in the database: a service reads the crm views, works in its own schema, and can do nothing else."""

from collections.abc import Iterable

import pytest

from tests.architecture import tree
from tests.architecture.conftest import Superuser

RUNNING = [house for house in tree.houses() if (tree.ROOT / "services" / house / "migrations").is_dir()]
OWNERS = [f"{house}_owner" for house in RUNNING]
DOOR = ["gateway", "gateway_owner"]
ROLES = [*RUNNING, *OWNERS, *DOOR, "crm_reader", "workspace_lister"]
ON_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
ON_ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
ON_SEQUENCES = ("USAGE", "SELECT", "UPDATE")
LISTING_FUNCTION = "crm.list_workspaces(xid8)"
# Every function that runs as another than who calls it: as whom, with which settings, and who may call it.
DEFINERS = {
    LISTING_FUNCTION: ("workspace_lister", ["search_path=crm_store, pg_temp"], {"workspace_lister", "crm_reader"}),
    **{
        f"embeddings.{name}(uuid,text)": (
            "embeddings_owner",
            ["search_path=embeddings, public, pg_temp", "lock_timeout=2s"],
            {"embeddings_owner", "embeddings"},
        )
        for name in ("make_index", "drop_index")
    },
    "churn.analyze_scores()": (
        "churn_owner",
        ["search_path=churn, public, pg_temp", "lock_timeout=30s"],
        {"churn_owner", "churn"},
    ),
}


def tables_schema(service: str) -> str:
    return "crm_store" if service == "crm" else service


def held(superuser: Superuser, role: str, kinds: str, privileges: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    """Return what a role may do with each relation of ours, by schema and name, however it came by it."""
    rows = superuser.execute(
        """
        SELECT nspname, relname, privilege FROM ours, unnest(%(privileges)s::text[]) AS privilege
        WHERE relkind = ANY(%(kinds)s) AND CASE relkind
            WHEN 'S' THEN has_sequence_privilege(%(role)s, oid, privilege)
            ELSE has_table_privilege(%(role)s, oid, privilege)
        END
        """,
        {"role": role, "kinds": list(kinds), "privileges": list(privileges)},
    ).fetchall()
    found: dict[tuple[str, str], set[str]] = {}
    for schema, name, privilege in rows:
        found.setdefault((schema, name), set()).add(privilege)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_above_the_rules(superuser: Superuser, role: str) -> None:
    powers = superuser.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        (role,),
    ).fetchone()
    assert powers == (False, False, False, False, False)


@pytest.mark.parametrize("role", [*RUNNING, "gateway", "crm_reader"])
def test_a_running_role_owns_nothing(superuser: Superuser, role: str) -> None:
    owned = superuser.execute(
        "SELECT classid::regclass::text, objid FROM pg_shdepend WHERE deptype = 'o' AND refobjid = %s::regrole", (role,)
    ).fetchall()
    assert owned == []


@pytest.mark.parametrize("service", [*RUNNING, "gateway"])
def test_an_owner_owns_only_what_is_in_its_own_schemas(superuser: Superuser, service: str) -> None:
    schemas = superuser.execute("SELECT nspname FROM ours WHERE relowner = %s::regrole", (f"{service}_owner",))
    assert {schema for (schema,) in schemas.fetchall()} <= {service, tables_schema(service)}


def test_nobody_is_a_member_of_anything_but_the_readers(superuser: Superuser) -> None:
    rows = superuser.execute(
        """
        SELECT member::regrole::text, roleid::regrole::text, inherit_option, admin_option FROM pg_auth_members
        WHERE member::regrole::text <> 'postgres' AND roleid::regrole::text NOT LIKE 'pg\\_%'
        """
    ).fetchall()
    readers = {(role, "crm_reader", True, False) for role in (*RUNNING, *OWNERS)}
    assert set(rows) == {*readers, ("crm_owner", "workspace_lister", False, False)}


@pytest.mark.parametrize("service", RUNNING)
def test_a_service_reads_the_crm_views_and_nothing_else_of_others(superuser: Superuser, service: str) -> None:
    found = held(superuser, service, "rpvmf", ON_TABLES)
    own = {service, tables_schema(service)}
    views = superuser.execute("SELECT nspname, relname FROM ours WHERE nspname = 'crm'").fetchall()
    others = {place: what for place, what in found.items() if place[0] not in own - {"crm"}}
    assert others == {(schema, name): {"SELECT"} for schema, name in views}


@pytest.mark.parametrize("role", DOOR)
def test_the_door_reaches_no_fact_and_no_score(superuser: Superuser, role: str) -> None:
    assert {schema for schema, _ in held(superuser, role, "rpvmfS", ("SELECT",))} == {"gateway"}
    rows = superuser.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%%' AND has_schema_privilege(%s, oid, 'USAGE')",
        (role,),
    ).fetchall()
    assert {schema for (schema,) in rows} == {"public", "gateway", "information_schema"}


@pytest.mark.parametrize("service", [*RUNNING, "gateway"])
def test_a_service_works_with_the_rows_of_its_own_tables(superuser: Superuser, service: str) -> None:
    """Not with their definition: no TRUNCATE, no triggers; migrations it may only read, to an audit only add."""
    found = held(superuser, service, "rp", ON_TABLES)
    own = {name: what for (schema, name), what in found.items() if schema == tables_schema(service)}
    assert own.pop("migrations") == {"SELECT"}
    assert own.pop("ml_model_events", {"SELECT", "INSERT"}) == {"SELECT", "INSERT"}  # an audit is never changed
    assert own
    assert {name: what for name, what in own.items() if what != ON_ROWS} == {}


@pytest.mark.parametrize("service", RUNNING)
def test_a_service_draws_numbers_from_its_own_sequences_only(superuser: Superuser, service: str) -> None:
    schemas = {schema for schema, _ in held(superuser, service, "S", ON_SEQUENCES)}
    assert schemas <= {tables_schema(service)}


@pytest.mark.parametrize("role", RUNNING)
def test_a_service_makes_nothing_and_enters_few_schemas(superuser: Superuser, role: str) -> None:
    rows = superuser.execute(
        """
        SELECT nspname, has_schema_privilege(%(role)s, oid, 'USAGE'), has_schema_privilege(%(role)s, oid, 'CREATE')
        FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'
        """,
        {"role": role},
    ).fetchall()
    assert {schema for schema, enters, _ in rows if enters} == {"public", "crm", role, tables_schema(role)}
    assert {schema for schema, _, makes in rows if makes} == set()


def test_the_public_may_not_connect_nor_make_anything(superuser: Superuser) -> None:
    acl = superuser.execute(
        """
        SELECT grants.privilege_type FROM pg_database, aclexplode(datacl) AS grants
        WHERE datname = current_database() AND grants.grantee = 0
        UNION ALL
        SELECT grants.privilege_type FROM pg_namespace, aclexplode(nspacl) AS grants
        WHERE grants.grantee = 0 AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
        """
    ).fetchall()
    assert acl == [("USAGE",)]  # of schema public, where the vector type is


def test_functions_that_run_as_another_are_known_and_pinned(superuser: Superuser) -> None:
    """One sees past the workspace; two make and drop an index, which only the table's owner can."""
    rows = superuser.execute(
        """
        SELECT oid::regprocedure::text, proowner::regrole::text, proconfig FROM pg_proc
        WHERE prosecdef AND pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
        """
    ).fetchall()
    assert {name: rest for name, *rest in rows} == {name: [*rest] for name, (*rest, _) in DEFINERS.items()}


@pytest.mark.parametrize("function", DEFINERS)
def test_only_those_who_need_such_a_function_may_call_it(superuser: Superuser, function: str) -> None:
    rows = superuser.execute(
        """
        SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_proc, aclexplode(proacl) WHERE oid = %s::regprocedure AND privilege_type = 'EXECUTE'
        """,
        (function,),
    ).fetchall()
    assert {grantee for (grantee,) in rows} == DEFINERS[function][2]


def test_the_lister_sees_which_workspaces_there_are_and_nothing_in_them(superuser: Superuser) -> None:
    assert held(superuser, "workspace_lister", "rpvmf", ON_TABLES) == {("crm_store", "workspaces"): {"SELECT"}}
    row = superuser.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'workspace_lister'").fetchone()
    assert row == (False,)
