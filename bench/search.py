"""How fast a search by words is among 100,000 contacts, and what its SQL takes beside the bare reading of postings.

Made-up people go through the real import and the real indexing into an embedded PostgreSQL as durable as in production;
no provider answers, so that words alone do. The bare query is that of the postings (and the stems to ask it with), in a
workspace transaction too, in turns with the whole search. CPU is that of client and server together, of SQL that of
sending, planning, running and receiving: on a busy machine the clock, printed beside it, says little.
Exit code 1 beyond the gates.

    python -m bench.search [--contacts 100000] [--queries 200]
"""

import argparse
import asyncio
import csv
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID, uuid4

import httpx2
from pgvector.psycopg import register_vector_async
from psycopg import AsyncCursor

from deploy.embedded import postgres
from kit.cache import Server
from kit.db import Connection, Pool, open_pool, workspace
from kit.migrate import migrate
from services.crm.schemas.files.formats import open_file
from services.crm.usecases import facts, imports
from services.embeddings.domain import NO_FILTERS, Filters
from services.embeddings.features import documents
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.store import lexicon
from services.embeddings.usecases import lexical
from services.embeddings.usecases.search import read_question, search
from services.embeddings.usecases.serving import Serving

LEXICAL_LIMIT_MS = 20.0
SQL_RATIO_LIMIT = 2.0
PAGE = 512
LEVELS = ["Head of", "Director of", "Senior", "Junior", "Vice President of", "Chief", "Assistant", "Manager of"]
AREAS = ["Engineering", "Marketing", "Gas Trading", "Regulatory Affairs", "Sales", "Research", "Legal", "Growth"]
TAGS = ["friend", "mentor", "investor", "customer", "advisor", "competitor", "speaker", "recruiter"]
SYLLABLES = [first + vowel for first in "bcdfghjklmnprstvwz" for vowel in "aeiou"]


class Timed(AsyncCursor[Any]):
    """A cursor that adds up what its queries take of client and server, rows received."""

    spent_s = 0.0

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        before_s = cpu_s(self.connection)
        try:
            return await super().execute(*arguments, **options)
        finally:
            Timed.spent_s += cpu_s(self.connection) - before_s


@dataclass(slots=True)
class Measured:
    """One way of asking, all queries, in milliseconds: the whole by clock and CPU, its SQL, and the bare query."""

    name: str
    clock_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    sql_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        return median(self.cpu_ms)

    @property
    def ratio(self) -> float:
        return median(self.sql_ms) / median(self.bare_ms)

    def __str__(self) -> str:
        cpu = f"CPU p50 {self.p50_ms:4.1f} ms  p95 {quantiles(self.cpu_ms, n=20)[-1]:4.1f} ms"
        sql = f"SQL {median(self.sql_ms):4.1f} ms, x{self.ratio:.2f} of the bare query"
        return f"{self.name:<29} {cpu}  {sql}  clock p50 {median(self.clock_ms):5.1f} ms"


def people(count: int, chance: random.Random) -> Iterator[dict[str, str]]:
    """Yield contacts whose words are drawn as in a language: a few often, most seldom."""
    vocabulary = [word(chance) for _ in range(20_000)]
    weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    firms = [f"{word(chance)} {chance.choice(['Energy', 'Labs', 'Capital', 'Systems'])}" for _ in range(5_000)]
    for number in range(count):
        yield {
            "source": "bench",
            "external_id": str(number),
            "first_name": chance.choice(vocabulary[:3_000]).title(),
            "last_name": chance.choice(vocabulary).title(),
            "organization": chance.choice(firms).title(),
            "title": f"{chance.choice(LEVELS)} {chance.choice(AREAS)}",
            "tags": ";".join(chance.sample(TAGS, 2)),
            "notes": " ".join(chance.choices(vocabulary, cum_weights=weights, k=20)),
        }


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))


def questions(rows: Sequence[dict[str, str]], count: int, chance: random.Random) -> dict[str, list[str]]:
    """Return queries of each kind, about people who are there."""
    drawn = chance.choices(rows, k=count)
    return {
        "a name": [f"{row['first_name']} {row['last_name']}" for row in drawn],
        "a mistyped name": [f"{row['first_name']} {row['last_name'][:-2]}x" for row in drawn],
        "title and organization": [f"{row['title']} at {row['organization']}" for row in drawn],
        "a sentence of notes": [f"who knows about {' '.join(row['notes'].split()[:8])}" for row in drawn],
    }


async def fill(crm: Pool, pool: Pool, workspace_id: UUID, rows: Sequence[dict[str, str]], path: Path) -> float:
    """Import contacts and index them; return the contacts indexed a second."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    async def ignore(_done: int) -> None: ...

    with path.open("rb") as source:
        contacts = open_file(source, "contacts")
        kind = facts.KINDS["contacts"]
        await imports.import_rows(
            crm, workspace_id, kind, contacts, strict=False, progress=ignore, erasure_key=b"bench" * 8
        )
    started_at = time.perf_counter()
    await lexical.refresh_after(pool, workspace_id, UUID(int=0), page=PAGE)
    return len(rows) / (time.perf_counter() - started_at)


async def bare(pool: Pool, workspace_id: UUID, query: str, filters: Filters) -> float:
    """Return the milliseconds that reading the postings takes by itself: stems, then who says them."""
    Timed.spent_s = 0.0
    async with workspace(pool, workspace_id) as connection:
        asked = await read_question(connection, query)
        await lexicon.look_up(connection, workspace_id, "none", documents.every_term(asked, filters))
    return Timed.spent_s * 1e3


async def ask(
    pool: Pool, workspace_id: UUID, models: Models, queries: Sequence[str], named: Measured, filters: Filters
) -> Measured:
    serving = Serving(models, Server(None, "bench"))
    for query in queries:
        named.bare_ms.append(await bare(pool, workspace_id, query, filters))
        async with pool.connection() as connection:
            Timed.spent_s, before_s, started_at = 0.0, cpu_s(connection), time.perf_counter()
        await search(pool, workspace_id, serving, query, limit=10, filters=filters, min_similarity=0.0)
        named.clock_ms.append((time.perf_counter() - started_at) * 1e3)
        async with pool.connection() as connection:
            named.cpu_ms.append((cpu_s(connection) - before_s) * 1e3)
        named.sql_ms.append(Timed.spent_s * 1e3)
    return named


def cpu_s(connection: Connection) -> float:
    """Return the seconds of CPU that this process and one backend of PostgreSQL have used."""
    server_ns = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(server_ns) / 1e9


def no_provider(conninfo: str) -> Models:
    """Return models whose provider refuses at once."""

    def refuse(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(400, json={"error": {"message": "away"}})

    settings = EmbeddingsSettings(
        database_url=conninfo,
        direct_database_url=conninfo,
        jwks_file=Path("unused"),
        signing_key_file=Path("unused"),
        model="none",
        dimensions=1,
        OPENAI_BASE_URL="http://provider/v1",
        OPENAI_API_KEY="unused",
    )
    return Models.connect(settings, http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(refuse)))


async def measure(server: postgres.Server, folder: Path, given: argparse.Namespace) -> list[Measured]:
    chance, workspace_id = random.Random(1), uuid4()  # noqa: S311 rows to measure with
    rows = list(people(given.contacts, chance))

    async def timed(connection: Connection) -> None:
        await register_vector_async(connection)
        connection.cursor_factory = Timed

    conninfo = server.conninfo("embeddings")
    models = no_provider(conninfo)
    async with (
        open_pool(server.conninfo("crm"), name="bench", max_size=2) as crm,
        open_pool(conninfo, name="bench", max_size=1, configure=timed) as pool,
    ):
        per_s = await fill(crm, pool, workspace_id, rows, folder / "people.csv")
        print(f"{given.contacts:,} contacts indexed at {per_s:,.0f} a second")
        found = []
        for name, queries in questions(rows, given.queries, chance).items():
            await ask(pool, workspace_id, models, queries[:20], Measured("warm"), NO_FILTERS)
            found.append(await ask(pool, workspace_id, models, queries, Measured(name), NO_FILTERS))
        tagged = Filters(("mentor",))
        found.append(await ask(pool, workspace_id, models, queries, Measured(f"{name}, one tag"), tagged))
    await models.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres.running(Path(folder) / "home") as server:
        for service in ("crm", "embeddings"):
            migrate(server.conninfo(f"{service}_owner"), service)
        found = asyncio.run(measure(server, Path(folder), given))
    for one in found:
        print(one)
    slow = [one.name for one in found if one.p50_ms > LEXICAL_LIMIT_MS or one.ratio > SQL_RATIO_LIMIT]
    print(f"gates: p50 of CPU at most {LEXICAL_LIMIT_MS:.0f} ms, SQL at most x{SQL_RATIO_LIMIT:.0f} of the bare query")
    if slow:
        raise SystemExit(f"beyond a gate: {', '.join(slow)}")


if __name__ == "__main__":
    main()
