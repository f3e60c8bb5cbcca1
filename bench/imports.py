"""How fast a file is imported, as a ratio to inserting its rows one by one; and how much memory that takes.

100,000 contacts and 1,000,000 interactions as CSV go through the real use case (services/crm, as its worker calls it),
each in a process of its own, into an embedded PostgreSQL as durable as in production. Then some of the same rows are
inserted one by one into another workspace, each in a transaction that followers see, people looked up by their external
ids. That both end alike is proved by importing those rows there: nothing may change. Exit code 1 under the gates.

    python -m bench.imports [--contacts 100000] [--interactions 1000000] [--inserted 1000]
"""

import argparse
import asyncio
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from deploy.embedded import postgres
from kit.db import open_pool
from kit.migrate import migrate
from services.crm.schemas.files.formats import open_file
from services.crm.usecases import facts, imports

GATE = 20.0
PEAK_LIMIT_MB = 256.0
DATABASE = "BENCH_DATABASE"
BEGIN: LiteralString = "SELECT set_config('app.workspace_id', %s, true)"
ANNOUNCE: LiteralString = """
    INSERT INTO workspaces (id) VALUES (%s) ON CONFLICT (id) DO UPDATE SET last_write = pg_current_xact_id()"""
INSERT_CONTACT: LiteralString = """
    INSERT INTO contacts (workspace_id, id, source, external_id, first_name, last_name, organization, title, emails,
                          tags, notes)
    VALUES (%(workspace_id)s, %(id)s, %(source)s, %(external_id)s, %(first_name)s, %(last_name)s, %(organization)s,
            %(title)s, string_to_array(%(emails)s, ';'), string_to_array(%(tags)s, ';'), %(notes)s)"""
INSERT_INTERACTION: LiteralString = """
    INSERT INTO interactions (workspace_id, id, source, external_id, contact_id, counterpart_id, kind, direction,
                              occurred_at, summary)
    SELECT %(workspace_id)s, %(id)s, %(source)s, %(external_id)s, a.id, b.id, %(kind)s, %(direction)s,
           %(occurred_at)s, %(summary)s
    FROM contacts a, contacts b
    WHERE a.workspace_id = %(workspace_id)s AND a.source = %(contact_id.source)s
      AND a.external_id = %(contact_id.external_id)s
      AND b.workspace_id = %(workspace_id)s AND b.source = %(counterpart_id.source)s
      AND b.external_id = %(counterpart_id.external_id)s"""
INSERTS = {"contacts": INSERT_CONTACT, "interactions": INSERT_INTERACTION}


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import process says of itself."""

    seconds: float
    cpu_s: float
    peak_mb: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """One kind of row, both ways."""

    kind: str
    rows: int
    imported: Imported
    inserted_per_s: float

    @property
    def inserting_s(self) -> float:
        """Seconds that all rows would take one by one."""
        return self.rows / self.inserted_per_s


def contacts(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "source": "bench",
            "external_id": str(number),
            "first_name": f"First{number}",
            "last_name": f"Last{number % 5_000}",
            "organization": f"Firm {number % 1_000}",
            "title": "Head of Engineering",
            "emails": f"person{number}@firm{number % 1_000}.example",
            "tags": "engineering;senior",
            "notes": "Writes about gas, pipelines, prices.",
        }


def interactions(count: int, people: int) -> Iterator[dict[str, str]]:
    chance = random.Random(1)  # noqa: S311 rows to measure with
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(count):
        sender = chance.randrange(people)
        yield {
            "source": "bench",
            "external_id": str(number),
            "contact_id.source": "bench",
            "contact_id.external_id": str(sender),
            "counterpart_id.source": "bench",
            "counterpart_id.external_id": str((sender + chance.randrange(1, people)) % people),
            "kind": "email",
            "direction": "in",
            "occurred_at": (begin + timedelta(seconds=number * 97)).isoformat(),
            "summary": f"Re: gas prices {number % 977}",
        }


def write(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        first = next(rows)
        writer = csv.DictWriter(file, first)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return path


async def import_here(kind: str, path: Path, workspace_id: UUID) -> Imported:
    async def ignore(_done: int) -> None: ...

    imports.take_short_turns()  # as the worker does at its start
    async with open_pool(os.environ[DATABASE], name="bench", max_size=2) as pool:
        started_at, cpu_before_s = time.perf_counter(), time.process_time()
        with path.open("rb") as file:
            rows = open_file(file, kind)
            tally = await imports.import_rows(
                pool, workspace_id, facts.KINDS[kind], rows, strict=False, progress=ignore, erasure_key=b"bench" * 8
            )
        cpu_s = time.process_time() - cpu_before_s
        return Imported(time.perf_counter() - started_at, cpu_s, _peak_mb(), dict(tally.counts))


def _peak_mb() -> float:
    """Return the most memory this program has held: what the kernel counts from its start, not its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def import_apart(conninfo: str, kind: str, path: Path, workspace_id: UUID) -> Imported:
    command = [sys.executable, "-m", "bench.imports", "--import", kind, str(path), str(workspace_id)]
    done = subprocess.run(command, env=os.environ | {DATABASE: conninfo}, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return Imported(**json.loads(done.stdout))


def insert_rows(conninfo: str, kind: str, rows: Sequence[dict[str, str]], workspace_id: UUID) -> float:
    """Insert one row after the other, each in a transaction of its own; return rows a second."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        started_at = time.perf_counter()
        for row in rows:
            with connection.transaction():
                connection.execute(BEGIN, (str(workspace_id),))
                connection.execute(ANNOUNCE, (workspace_id,))
                connection.execute(INSERTS[kind], {**row, "workspace_id": workspace_id, "id": uuid4()})
        return len(rows) / (time.perf_counter() - started_at)


def measure(conninfo: str, folder: Path, given: argparse.Namespace) -> list[Result]:
    """Import everything into one workspace; insert the first rows into another, and prove that they are the same."""
    rows: dict[str, Callable[[int], Iterator[dict[str, str]]]] = {
        "contacts": contacts,
        "interactions": lambda count: interactions(count, given.contacts),
    }
    counts = {"contacts": given.contacts, "interactions": given.interactions}
    bulk, single = uuid4(), uuid4()
    found = []
    for kind, make in rows.items():
        path = write(folder / f"{kind}.csv", make(counts[kind]))
        imported = import_apart(conninfo, kind, path, bulk)
        inserted_per_s = insert_rows(conninfo, kind, list(make(given.inserted)), single)
        same = write(folder / "same.csv", make(given.inserted))
        again = import_apart(conninfo, kind, same, single).counts
        if imported.counts != {"created": counts[kind]} or again != {"unchanged": given.inserted}:
            raise SystemExit(f"not the same rows: {imported.counts}, {again}")
        if kind == "contacts":
            import_apart(conninfo, kind, path, single)  # those whom the interactions name
        found.append(Result(kind, counts[kind], imported, inserted_per_s))
    return found


def table(found: Sequence[Result]) -> Table:
    shown = Table("rows", "", "imported in", "own CPU", "rows/s", "one by one, rows/s", "ratio", "peak memory")
    for one in found:
        cells = (
            f"{one.imported.seconds:.1f} s",
            f"{one.imported.cpu_s:.1f} s",
            f"{one.rows / one.imported.seconds:,.0f}",
        )
        ratio = f"x{one.inserting_s / one.imported.seconds:.1f}"
        shown.add_row(
            f"{one.rows:,}", one.kind, *cells, f"{one.inserted_per_s:,.0f}", ratio, f"{one.imported.peak_mb:.0f} MB"
        )
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--inserted", type=int, default=1_000, help="rows of each kind inserted one by one")
    parser.add_argument("--import", dest="importing", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.importing:
        kind, path, workspace_id = given.importing
        print(json.dumps(asdict(asyncio.run(import_here(kind, Path(path), UUID(workspace_id))))))
        return
    with tempfile.TemporaryDirectory() as folder, postgres.running(Path(folder) / "home") as server:
        migrate(server.conninfo("crm_owner"), "crm")
        found = measure(server.conninfo("crm"), Path(folder), given)
    ratio = sum(one.inserting_s for one in found) / sum(one.imported.seconds for one in found)
    peak_mb = max(one.imported.peak_mb for one in found)
    console = Console(width=120)
    console.print(table(found))
    console.print(f"all together x{ratio:.1f} (gate x{GATE:.0f}), peak {peak_mb:.0f} MB (gate {PEAK_LIMIT_MB:.0f} MB)")
    console.print(
        f"load of the machine at the end {os.getloadavg()[0]:.1f}: on a busy one the peer waits more for its turns"
    )
    if ratio < GATE or peak_mb > PEAK_LIMIT_MB:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
