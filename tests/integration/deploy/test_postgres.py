"""The embedded PostgreSQL, for real: it keeps its data through a crash, its roles reach no further than they may."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from deploy.embedded import postgres
from deploy.embedded.child import RunAs
from deploy.errors import StackError


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    with postgres.running(tmp_path_factory.mktemp("postgres") / "home", durable=False) as running:
        yield running


def catalog(server: postgres.Server) -> list[tuple[object, ...]]:
    """Everything provisioning makes, but for the password hashes, whose salt is new each time."""
    with psycopg.connect(server.conninfo()) as connection:
        return connection.execute(
            """
            SELECT 'role', rolname::text, rolcanlogin::text || rolsuper || rolbypassrls, rolconfig::text FROM pg_roles
            UNION ALL SELECT 'schema', nspname::text, nspowner::regrole::text, nspacl::text FROM pg_namespace
            UNION ALL SELECT 'database', datname::text, datdba::regrole::text, datacl::text FROM pg_database
            UNION ALL SELECT 'extension', extname::text, extversion, NULL FROM pg_extension
            UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text,
                             admin_option::text || inherit_option || set_option FROM pg_auth_members
            ORDER BY 1, 2, 3
            """
        ).fetchall()


def test_data_survives_a_killed_server_and_a_clean_stop(tmp_path: Path) -> None:
    with postgres.running(tmp_path) as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server.kill()
    with postgres.running(tmp_path) as server, psycopg.connect(server.conninfo()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    with postgres.running(tmp_path) as server, psycopg.connect(server.conninfo()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]


def test_backends_of_a_killed_server_do_not_stop_the_next_one(tmp_path: Path) -> None:
    with postgres.running(tmp_path) as server:
        connection = psycopg.connect(server.conninfo())
        connection.cursor().execute("SELECT 1")
        server.kill()
        with postgres.running(tmp_path) as next_server, psycopg.connect(next_server.conninfo()) as fresh:
            assert fresh.execute("SELECT 1").fetchone() == (1,)
        connection.close()


def test_an_interrupted_initdb_leaves_nothing_half_made(tmp_path: Path) -> None:
    (tmp_path / "postgres.init").mkdir()
    (tmp_path / "postgres.init" / "PG_VERSION").write_text("18")
    with postgres.running(tmp_path, durable=False) as server:
        assert postgres.is_ready(server.home, server.port)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_root_without_namespaces_runs_it_as_nobody(tmp_path: Path) -> None:
    nobody = RunAs(user="nobody")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # pytest's own are closed
    with postgres.running(tmp_path, run_as=nobody) as server:
        assert postgres.is_ready(server.home, server.port)
    with postgres.running(tmp_path) as server:  # namespaces are back
        assert postgres.is_ready(server.home, server.port)
    tmp_path.chmod(0o700)
    with pytest.raises(StackError, match="cannot reach"):
        postgres.start(tmp_path, run_as=nobody)


def test_provisioning_again_changes_nothing(server: postgres.Server) -> None:
    before = catalog(server)
    postgres.provision(server.home, server.port)
    assert catalog(server) == before


@pytest.mark.parametrize("role", postgres.ROLES)
def test_each_role_logs_in_with_its_own_password(server: postgres.Server, role: str) -> None:
    with psycopg.connect(server.conninfo(role)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_a_wrong_password_is_refused(server: postgres.Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.conninfo("crm"), password="wrong")


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("crm", "CREATE TABLE crm_store.mine (n int)"),
        ("crm", "CREATE TABLE public.mine (n int)"),
        ("crm", "CREATE TABLE embeddings.mine (n int)"),
        ("crm", "CREATE SCHEMA mine"),
        ("crm", "SET ROLE crm_owner"),
        ("crm", "SET ROLE workspace_lister"),
        ("crm", "CREATE ROLE mine"),
        ("embeddings", "CREATE TABLE crm.mine (n int)"),
        ("embeddings", "SELECT * FROM crm_store.secret_facts"),
        ("embeddings", "SELECT pg_read_file('/etc/passwd')"),
        ("embeddings", "SELECT rolpassword FROM pg_authid"),
        ("embeddings_owner", "CREATE TABLE crm_store.mine (n int)"),
        ("embeddings_owner", "SET ROLE workspace_lister"),
        ("embeddings_owner", "SELECT * FROM crm_store.secret_facts"),
        ("crm_owner", "CREATE TABLE embeddings.mine (n int)"),
        ("crm_owner", "CREATE ROLE mine"),
    ],
)
def test_a_role_may_not(server: postgres.Server, role: str, statement: str) -> None:
    with psycopg.connect(server.conninfo("crm_owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS crm_store.secret_facts (n int)")
    with psycopg.connect(server.conninfo(role)) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_owner_makes_tables_and_hands_views_to_every_service(server: postgres.Server) -> None:
    with psycopg.connect(server.conninfo("crm_owner")) as owner:
        owner.execute("CREATE TABLE people AS SELECT 'Anna' AS name")  # lands in crm_store by the search path
        owner.execute("CREATE VIEW crm.people AS SELECT name FROM crm_store.people")
        owner.execute("GRANT SELECT ON crm.people TO crm_reader")
    for role in ("crm", "embeddings", "embeddings_owner"):
        with psycopg.connect(server.conninfo(role)) as reader:
            assert reader.execute("SELECT name FROM crm.people").fetchone() == ("Anna",)
    with psycopg.connect(server.conninfo()) as connection:
        row = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'people'").fetchone()
    assert row == ("crm_store",)


def test_a_running_role_may_use_temporary_tables(server: postgres.Server) -> None:
    with psycopg.connect(server.conninfo("embeddings")) as connection:
        connection.execute("CREATE TEMPORARY TABLE staged (n int)")


def test_crm_owner_may_make_the_one_function_that_lists_workspaces(server: postgres.Server) -> None:
    with psycopg.connect(server.conninfo("crm_owner")) as owner:
        owner.execute("CREATE FUNCTION crm.listed() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        owner.execute("ALTER FUNCTION crm.listed() OWNER TO workspace_lister")
        owner.execute("DROP FUNCTION IF EXISTS crm.unlisted()")


def test_vectors_work_for_a_service(server: postgres.Server) -> None:
    with psycopg.connect(server.conninfo("embeddings")) as connection:
        assert connection.execute("SELECT '[1,0]'::vector <=> '[0,1]'::vector").fetchone() == (1.0,)


def test_no_secret_is_on_a_command_line_or_in_the_log(server: postgres.Server) -> None:
    home = server.home
    secrets = [home.secret(name) for name in ("postgres", *postgres.ROLES)]
    seen = " ".join(postgres.command(home, server.port)) + (home.logs / "postgres.log").read_text()
    assert not [secret for secret in secrets if secret in seen]


def test_a_refused_row_is_not_repeated_in_the_log(server: postgres.Server) -> None:
    log = server.home.logs / "postgres.log"
    with psycopg.connect(server.conninfo("embeddings_owner")) as connection:
        connection.execute("CREATE TABLE embeddings.people (name text CHECK (length(name) < 3))")
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            connection.execute("INSERT INTO embeddings.people VALUES (%s)", ("Zebulon",))
    assert "Zebulon" in str(refused.value)
    assert "people_name_check" in log.read_text()
    assert "Zebulon" not in log.read_text()
