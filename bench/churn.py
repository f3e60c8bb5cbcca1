"""How fast ties are scored: one request as a ratio to the service most people would write, and a whole night.

One: services/churn as it runs (identity, problem documents, PostgreSQL under row-level security, Valkey) beside FastAPI
with a pickled RandomForest of scikit-learn that asks one query a feature and calls predict_proba; both have a core, the
load and the databases another, and they take turns. The service answers from its nightly scores; what it does without
its cache is shown beside it.
Two: the nightly job in a process of its own on one core, from reading 2,000,000 interactions to 100,000 scores shown.
Exit code 1 under the gates; the first is of servers with enough to do: 16 and 64 connections.

    python -m bench.churn [--contacts 100000] [--interactions 2000000] [--seconds 3] [--rounds 3]
"""

import argparse
import asyncio
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import numpy as np
import psycopg
from fastapi import FastAPI
from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import RandomForestClassifier

from bench import cores
from bench.loads import TARGET, Load, load
from bench.proxy import Loaded, free_port, serving
from deploy.embedded import postgres, valkey
from kit.db import open_pool
from kit.migrate import migrate
from kit.registry import Served
from kit.testing import Keys, caller
from services.churn import model
from services.churn.usecases.run import predict_workspace
from services.churn.usecases.score import Serving

RATIO_GATE, NIGHT_GATE, PEAK_LIMIT_MB = 10.0, 5_000.0, 400.0
CONNECTIONS = (1, 16, 64)
CONTACT = TARGET.rpartition("/")[2]
DATABASE, FOREST, WORKSPACE = "BENCH_DATABASE", "BENCH_FOREST", "BENCH_WORKSPACE"
FILL: tuple[LiteralString, ...] = (
    "SET session_replication_role = replica",  # no triggers: this is the bench's own filling
    "INSERT INTO crm_store.workspaces (id) VALUES (%(workspace_id)s)",
    """
    INSERT INTO crm_store.contacts (workspace_id, id, first_name)
    SELECT %(workspace_id)s, CASE WHEN n = 1 THEN %(contact_id)s::uuid ELSE gen_random_uuid() END, 'x'
    FROM generate_series(1, %(contacts)s) n
    """,
    """
    INSERT INTO crm_store.interactions (workspace_id, id, contact_id, kind, direction, occurred_at)
    SELECT %(workspace_id)s, gen_random_uuid(), c.id, 'email', (ARRAY['in', 'out', 'both'])[1 + (n + c.rank) %% 3],
           now() - make_interval(secs => 86400 * (c.silence + n * c.gap * (0.5 + random())))
    FROM (
        SELECT id, row_number() OVER () AS rank, 200 * random() ^ 2 AS silence, 1 + 40 * random() AS gap
        FROM crm_store.contacts WHERE workspace_id = %(workspace_id)s
    ) AS c, generate_series(0, %(each)s - 1) n
    """,
    "VACUUM ANALYZE",
)
# What the peer asks of each feature.
PEER: tuple[LiteralString, ...] = (
    "SELECT extract(epoch FROM now() - max(occurred_at))::float8 / 86400",
    "SELECT count(*)::float8",
    "SELECT count(*) FILTER (WHERE occurred_at > now() - interval '30 days')::float8",
    "SELECT count(*) FILTER (WHERE occurred_at > now() - interval '90 days')::float8",
    "SELECT extract(epoch FROM (max(occurred_at) - min(occurred_at)) / count(*))::float8 / 86400",
)
OF_ONE: LiteralString = (
    " FROM crm_store.interactions WHERE workspace_id = %s AND contact_id = %s AND occurred_at <= now()"
)


def peer() -> FastAPI:
    """The service most people would write."""
    forest = pickle.loads(Path(os.environ[FOREST]).read_bytes())  # noqa: S301 written by this bench a moment ago
    pool = ConnectionPool(os.environ[DATABASE], min_size=4, max_size=8, open=True)
    app, workspace_id = FastAPI(), os.environ[WORKSPACE]

    @app.get("/api/ml/churn/{contact_id}")
    def churn(contact_id: UUID) -> dict[str, Any]:
        with pool.connection() as connection:
            rows = [connection.execute(query + OF_ONE, (workspace_id, contact_id)).fetchone() for query in PEER]
        features = [[row[0] if row and row[0] is not None else 0.0 for row in rows]]
        return {"contact_id": contact_id, "churn_probability": float(forest.predict_proba(features)[0, 1])}

    return app


def forest() -> bytes:
    """Return a pickled forest of 100 trees on five features."""
    random = np.random.default_rng(1)
    matrix = random.exponential(30, (5_000, len(PEER)))
    silent = matrix[:, 0] + random.normal(0, 20, len(matrix)) > 40
    return pickle.dumps(RandomForestClassifier(100, max_depth=10, n_jobs=1, random_state=1).fit(matrix, silent))


def fill(server: postgres.Server, workspace_id: UUID, contacts: int, interactions: int) -> None:
    given = {
        "workspace_id": workspace_id,
        "contact_id": CONTACT,
        "contacts": contacts,
        "each": interactions // contacts,
    }
    with psycopg.connect(server.conninfo(), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for statement in FILL:
            connection.execute(statement, given if "%(" in statement else None)


async def night(conninfo: str, workspace_id: UUID) -> dict[str, float]:
    """Run the nightly job; return its seconds, those of them that this process worked, and its largest size."""

    async def ignore(_done: int, _total: int) -> None: ...

    serves = Serving(Served(model.NAME, model.load), model.shipped()[1])
    now = datetime.now(UTC)
    async with open_pool(conninfo, name="bench", max_size=2) as pool:
        started_at = time.perf_counter()
        told = await predict_workspace(pool, workspace_id, uuid4(), now, serves, ignore, now=now)
        seconds = time.perf_counter() - started_at
    return {"ties": told["ties"], "seconds": seconds, "cpu_s": time.process_time(), "peak_mb": peak_mb()}


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def timed_night(conninfo: str, workspace_id: UUID) -> dict[str, float]:
    """Run the night in a process of its own on the core that is measured."""
    command = [sys.executable, "-m", "bench.churn", "--night", conninfo, str(workspace_id)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(command, env=os.environ | threads, capture_output=True, text=True, check=True)  # noqa: S603
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def service(server: postgres.Server, folder: Path, keys: Keys, redis_url: str | None) -> Iterator[Loaded]:
    """Run services/churn as it runs everywhere."""
    for name, content in (("churn.pem", keys.pem("churn")), ("jwks.json", json.dumps(keys.jwks).encode())):
        (folder / name).write_bytes(content)
    environment = {
        "CHURN_DATABASE_URL": server.conninfo("churn"),
        "CHURN_DIRECT_DATABASE_URL": server.conninfo("churn"),
        "CHURN_JWKS_FILE": str(folder / "jwks.json"),
        "CHURN_SIGNING_KEY_FILE": str(folder / "churn.pem"),
        **({"CHURN_REDIS_URL": redis_url} if redis_url else {}),
    }
    with serving("services.churn.app:create_app", free_port(), factory=True, env=environment) as loaded:
        yield loaded


def measure(
    served: Mapping[str, Loaded], keys: Keys, workspace_id: UUID, *, rounds: int, seconds: int
) -> dict[tuple[str, int], list[Load]]:
    """Load everything in turns; a token lives a minute, so that each load has one of its own."""
    found: dict[tuple[str, int], list[Load]] = {}
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for name, loaded in served.items():
                token = keys.signer("gateway").token(caller(workspace_id), "churn")
                found.setdefault((name, connections), []).append(load(loaded.url, connections, seconds, token))
    return found


def report(found: Mapping[tuple[str, int], Sequence[Load]], nightly: Mapping[str, float], contacts: int) -> bool:
    """Print everything; return whether the gates hold."""
    names = list(dict.fromkeys(name for name, _ in found))
    table = Table("one prediction", *(f"{connections} connections" for connections in CONNECTIONS), "p99 at 16")
    for name in names:
        rates = [statistics.median(one.requests_per_s for one in found[name, many]) for many in CONNECTIONS]
        slow = statistics.median(one.p99_ms for one in found[name, 16])
        table.add_row(name, *(f"{rate:,.0f}/s" for rate in rates), f"{slow:.0f} ms")
    Console(width=120).print(table)
    failed = sum(one.failed for loads in found.values() for one in loads)
    ratios = [
        statistics.median(
            ours.requests_per_s / theirs.requests_per_s
            for ours, theirs in zip(found[names[0], many], found[names[-1], many], strict=True)
        )
        for many in CONNECTIONS
    ]
    said = ", ".join(f"x{ratio:.1f} at {many}" for ratio, many in zip(ratios, CONNECTIONS, strict=True))
    loaded = [ratio for ratio, many in zip(ratios, CONNECTIONS, strict=True) if many > 1]  # one alone waits most
    print(f"{said} (gate x{RATIO_GATE:.0f} at {' and '.join(map(str, CONNECTIONS[1:]))}), {failed} failed")
    rate = nightly["ties"] / nightly["seconds"]
    print(
        f"night: {nightly['ties']:,.0f} of {contacts:,} contacts in {nightly['seconds']:.1f} s, {rate:,.0f}/s"
        f" (gate {NIGHT_GATE:,.0f}/s); the process worked {nightly['cpu_s']:.1f} s,"
        f" peak {nightly['peak_mb']:.0f} MB (gate {PEAK_LIMIT_MB:.0f} MB)"
    )
    return not failed and min(loaded) >= RATIO_GATE and rate >= NIGHT_GATE and nightly["peak_mb"] <= PEAK_LIMIT_MB


def run(given: argparse.Namespace) -> bool:
    measured, around = cores.split()
    keys, workspace_id = Keys("gateway", "churn"), uuid4()
    with ExitStack() as stack, cores.before_others(), cores.started_on(around):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres.running(folder / "home"))
        for house in ("crm", "churn"):
            migrate(server.conninfo(f"{house}_owner"), house)
        redis = stack.enter_context(valkey.running(folder / "valkey"))
        fill(server, workspace_id, given.contacts, given.interactions)
        (folder / "forest").write_bytes(forest())
        told = {DATABASE: server.conninfo(), FOREST: str(folder / "forest"), WORKSPACE: str(workspace_id)}
        with cores.started_on(measured):
            nightly = timed_night(server.conninfo("churn"), workspace_id)
            address = valkey.url(redis.home, redis.port)
            served = {
                "the service": stack.enter_context(service(server, folder, keys, address)),
                "the service without its cache": stack.enter_context(service(server, folder, keys, None)),
                "FastAPI, pickle, a query a feature": stack.enter_context(
                    serving("bench.churn:peer", free_port(), factory=True, env=told)
                ),
            }
        found = measure(served, keys, workspace_id, rounds=given.rounds, seconds=given.seconds)
    return report(found, nightly, given.contacts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--interactions", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--night", nargs=2, metavar=("CONNINFO", "WORKSPACE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.night:
        print(json.dumps(asyncio.run(night(given.night[0], UUID(given.night[1])))))
        return
    if not run(given):
        sys.exit(1)


if __name__ == "__main__":
    main()
