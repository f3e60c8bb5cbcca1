"""How near a search comes to the exact answer and to a bare index's speed, in workspaces of four sizes in one table.

Made-up people in professions and fields (a mixture in 32 dimensions, turned into as many as the model has), with tags
that a half … a two-thousandth of them have, and firms of twenty. Each search is `nearest`, as the service calls it;
beside it, in turns, the bare query of the same workspace: its index, or every vector where it is too small for one.
The p50 of a workspace's searches, with each filter as often as without, is held against its bare index search (of the
smallest workspace with an index where it has none); that of unfiltered ones against its own bare query. Times are
CPU time of client and server together. Exit code 1 under the gates.

    python -m bench.vectors [--dimensions 384] [--searches 60] [--sizes 100 1000 10000 100000]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid4

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.psycopg import register_vector, register_vector_async
from rich.console import Console
from rich.table import Table

from deploy.embedded import postgres
from kit.db import Connection, Pool, open_pool, workspace
from kit.migrate import migrate
from services.embeddings import store
from services.embeddings.domain import Filters
from services.embeddings.usecases import indexes
from services.embeddings.usecases.nearest import nearest

MODEL = "bench"
SIZES = (100, 1_000, 10_000, 100_000)
LIMIT = 10
WARM_UP = 8  # searches: by then every statement is prepared
RECALL_GATE = 0.98
SLOWER_GATE = 1.5
OVERHEAD_GATE = 2.0
TIE = 1e-4  # of two as near as that either may be the tenth
SHARES = {"tag 50 %": 0.5, "tag 5 %": 0.05, "tag 0.5 %": 0.005, "tag 0.05 %": 0.0005}
FIRM_PEOPLE = 20
HIDDEN, FIELDS, PROFESSIONS = 32, 30, 600

COPY_VECTORS: LiteralString = """
    COPY embeddings.vectors (workspace_id, model, contact_id, content_hash, embedding, labels)
    FROM STDIN (FORMAT BINARY)"""
COPY_LABELS: LiteralString = "COPY embeddings.labels (workspace_id, label, contact_id) FROM STDIN (FORMAT BINARY)"
BARE_SETTINGS: LiteralString = """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('hnsw.ef_search', %s::text, true)"""
BARE_INDEX: LiteralString = """
    SELECT contact_id, halfvec(embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec
    FROM vectors WHERE workspace_id = %(workspace_id)s AND model = %(model)s
    ORDER BY halfvec(embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec LIMIT %(limit)s"""
BARE_EXACT: LiteralString = """
    SELECT contact_id, embedding <=> %(embedding)s::halfvec
    FROM vectors WHERE workspace_id = %(workspace_id)s AND model = %(model)s
    ORDER BY embedding <=> %(embedding)s::halfvec LIMIT %(limit)s"""

Floats = NDArray[np.float32]


@dataclass
class Case:
    """Searches of one workspace with one filter."""

    filters: Filters
    has: NDArray[np.bool_]
    seconds: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    short: int = 0
    near: list[set[UUID]] = field(default_factory=list)

    @property
    def due(self) -> int:
        return min(LIMIT, int(self.has.sum()))

    @property
    def recall(self) -> float:
        return statistics.mean(self.recalls) if self.recalls else 1.0

    def faults(self) -> list[str]:
        return ["recall"] * (self.recall < RECALL_GATE) + ["short"] * (self.short > 0)


@dataclass
class Tenant:
    """A workspace: its people's vectors at unit length as they are stored, what is asked of it, and what that took."""

    vectors: Floats
    queries: Floats
    cases: dict[str, Case]
    ids: list[UUID]
    id: UUID = field(default_factory=uuid4)
    indexed: bool = False
    bare_seconds: list[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.vectors)

    @property
    def all_seconds(self) -> list[float]:
        return [one for case in self.cases.values() for one in case.seconds]


def make_up(size: int, dimensions: int, searches: int, random: np.random.Generator) -> Tenant:
    fields = random.normal(size=(FIELDS, HIDDEN)).repeat(PROFESSIONS // FIELDS, axis=0)
    professions = fields + 0.8 * random.normal(size=(PROFESSIONS, HIDDEN))
    turn = random.normal(size=(HIDDEN, dimensions)) / np.sqrt(HIDDEN)
    which = random.integers(0, PROFESSIONS, size + searches)
    everybody = (professions[which] + 0.6 * random.normal(size=(len(which), HIDDEN))) @ turn
    everybody += 0.3 * random.normal(size=everybody.shape)
    halves = unit(everybody).astype(np.float16).astype(np.float32)
    cases = {"none": Case(Filters(), np.ones(size, bool))}
    for name, share in SHARES.items():
        cases[name] = Case(Filters((name,)), random.random(size) < share)
    cases["organization"] = Case(Filters((), "firm 0"), random.permutation(size) < FIRM_PEOPLE)
    ids = [UUID(bytes=random.bytes(16), version=4) for _ in range(size)]
    return Tenant(unit(halves[:size]), halves[size:], cases, ids)


def unit(vectors: NDArray[np.floating]) -> Floats:
    length_one: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return length_one


def labels_of(tenant: Tenant) -> Iterator[list[str]]:
    for one in range(tenant.size):
        own = [f"tag:{name}" for name in SHARES if tenant.cases[name].has[one]]
        firm = 0 if tenant.cases["organization"].has[one] else 1 + one // FIRM_PEOPLE
        yield [*own, f"organization:firm {firm}"]


def load(conninfo: str, tenants: Sequence[Tenant]) -> None:
    """Write everybody past row-level security, which COPY does not work under."""
    with psycopg.connect(conninfo) as connection:
        register_vector(connection)
        cursor = connection.cursor()
        for tenant in tenants:
            labels = list(labels_of(tenant))
            with cursor.copy(COPY_VECTORS) as copy:
                copy.set_types(("uuid", "text", "uuid", "bytea", "halfvec", "text[]"))
                for contact_id, vector, own in zip(tenant.ids, tenant.vectors, labels, strict=True):
                    copy.write_row((tenant.id, MODEL, contact_id, b"x" * 32, HalfVector(vector), own))
            with cursor.copy(COPY_LABELS) as copy:
                copy.set_types(("uuid", "text", "uuid"))
                for contact_id, own in zip(tenant.ids, labels, strict=True):
                    for label in own:
                        copy.write_row((tenant.id, label, contact_id))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE embeddings.vectors, embeddings.labels")


def answer(tenant: Tenant) -> None:
    """Note whom an exact search would find, before anything is timed."""
    for query in unit(tenant.queries):
        cosines = tenant.vectors @ query
        for case in tenant.cases.values():
            own = np.where(case.has, cosines, -np.inf)
            least = float(np.partition(own, -case.due)[-case.due]) - TIE if case.due else np.inf
            case.near.append({tenant.ids[one] for one in np.flatnonzero(own >= least)})


async def tend(pool: Pool, tenant: Tenant) -> float:
    """Give the workspace its index if it is large enough; return how long that took."""
    started_at = time.perf_counter()
    await indexes.tend(pool, tenant.id, MODEL)
    seconds = time.perf_counter() - started_at
    async with workspace(pool, tenant.id) as connection:
        tenant.indexed = await store.has_index(connection, tenant.id, MODEL)
    return seconds


async def search(connection: Connection, tenant: Tenant, case: Case, number: int) -> None:
    """Search once as the service does; note how long it took and how much of the exact answer it found."""
    query = tenant.queries[number]
    before_s = cpu_seconds(connection)
    found = await nearest(connection, tenant.id, MODEL, query, limit=LIMIT, filters=case.filters)
    case.seconds.append(cpu_seconds(connection) - before_s)
    case.short += len({hit.contact_id for hit in found.hits}) < case.due
    if case.due:
        case.recalls.append(sum(hit.contact_id in case.near[number] for hit in found.hits) / case.due)


async def search_bare(connection: Connection, tenant: Tenant, number: int) -> None:
    parameters = {
        "workspace_id": tenant.id,
        "model": MODEL,
        "embedding": HalfVector(tenant.queries[number]),
        "dimensions": tenant.vectors.shape[1],
        "limit": LIMIT,
    }
    await connection.execute(BARE_SETTINGS, (store.BREADTH,))
    before_s = cpu_seconds(connection)
    await (await connection.execute(BARE_INDEX if tenant.indexed else BARE_EXACT, parameters)).fetchall()
    tenant.bare_seconds.append(cpu_seconds(connection) - before_s)


def cpu_seconds(connection: Connection) -> float:
    """Return what client and server have worked so far: on a busy machine the clock says little."""
    server_ns = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(server_ns) / 1e9


async def measure(pool: Pool, tenants: Sequence[Tenant], searches: int) -> None:
    """Ask everything in turns, so that a noisy machine hurts all alike; who comes second finds the caches warm."""
    for number in range(searches):
        for tenant in tenants:
            for turn, case in enumerate(tenant.cases.values(), number):
                for bare in (turn % 2 == 0, turn % 2 == 1):
                    async with workspace(pool, tenant.id) as connection:
                        await (
                            search_bare(connection, tenant, number)
                            if bare
                            else search(connection, tenant, case, number)
                        )


def forget(tenants: Sequence[Tenant]) -> None:
    for tenant in tenants:
        tenant.bare_seconds.clear()
        for case in tenant.cases.values():
            case.seconds.clear()
            case.recalls.clear()


async def run(conninfo: str, tenants: Sequence[Tenant], searches: int, console: Console) -> None:
    async with open_pool(conninfo, name="bench", max_size=1, configure=register_vector_async) as pool:
        for tenant in tenants:
            seconds = await tend(pool, tenant)
            console.print(f"{tenant.size:,}: {f'index made in {seconds:.1f} s' if tenant.indexed else 'no index'}")
        await measure(pool, tenants, WARM_UP)
        forget(tenants)
        await measure(pool, tenants, searches)


def table(tenants: Sequence[Tenant]) -> Table:
    shown = Table("contacts", "filter", "matching", "recall@10", "short", "p50 CPU", "of the bare search")
    for tenant in tenants:
        bare_s = statistics.median(tenant.bare_seconds)
        for name, case in tenant.cases.items():
            p50_s = statistics.median(case.seconds)
            cells = (f"{case.has.sum():,}", f"{case.recall:.3f}" if case.recalls else "", f"{case.short}")
            shown.add_row(f"{tenant.size:,}", name, *cells, f"{p50_s * 1e3:.2f} ms", f"x{p50_s / bare_s:.2f}")
        shown.add_section()
    return shown


def faults(tenants: Sequence[Tenant], console: Console) -> list[str]:
    """Print each workspace's ratios; return what is under its gate."""
    index_s = statistics.median(next((one for one in tenants if one.indexed), tenants[-1]).bare_seconds)
    found = []
    for tenant in tenants:
        bare_s = statistics.median(tenant.bare_seconds)
        index_s = bare_s if tenant.indexed else index_s
        every = statistics.median(tenant.all_seconds) / index_s
        plain = statistics.median(tenant.cases["none"].seconds) / bare_s
        console.print(
            f"{tenant.size:,}: bare {'index' if tenant.indexed else 'exact'} search {bare_s * 1e3:.2f} ms;"
            f" p50 of all searches x{every:.2f} of a bare index search (gate x{SLOWER_GATE}),"
            f" unfiltered x{plain:.2f} of the bare search (gate x{OVERHEAD_GATE})"
        )
        found += [f"{tenant.size:,} {name}: {fault}" for name, case in tenant.cases.items() for fault in case.faults()]
        found += [f"{tenant.size:,}: slower"] * (every > SLOWER_GATE)
        found += [f"{tenant.size:,}: overhead"] * (plain > OVERHEAD_GATE)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--searches", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    given = parser.parse_args()
    console = Console(width=120)
    random = np.random.default_rng(1)
    tenants = [make_up(size, given.dimensions, given.searches, random) for size in given.sizes]
    for tenant in tenants:
        answer(tenant)
    with tempfile.TemporaryDirectory() as folder, postgres.running(Path(folder) / "home") as server:
        for service in ("crm", "embeddings"):
            migrate(server.conninfo(f"{service}_owner"), service)
        load(server.conninfo(), tenants)
        asyncio.run(run(server.conninfo("embeddings"), tenants, given.searches, console))
    console.print(table(tenants))
    if found := faults(tenants, console):
        raise SystemExit(f"under the gate: {', '.join(found)}")


if __name__ == "__main__":
    main()
