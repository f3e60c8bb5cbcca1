"""Does search find what is asked? Job titles by another title of the same job, and Cranfield's judged questions.

Occupations and papers become contacts (title and notes) of an embedded PostgreSQL; what is measured is the service's
own indexing, SQL and fusion. Job titles: hit@10; the index holds preferred label and description, the query is one
other label of an occupation, drawn with a fixed seed. Cranfield: nDCG@10, grades 1 (best) to 4 turned round.

python -m bench.quality.search
"""

import asyncio
import csv
import json
import math
import os
import random
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import numpy as np
from numpy.typing import NDArray
from pgvector.psycopg import register_vector_async

from bench.quality.figures import Figure, Rows, bootstrap, folder
from bench.quality.run import main
from deploy.embedded import postgres
from kit.cache import Server
from kit.db import Pool, open_pool, workspace
from kit.migrate import migrate
from services.crm.domain import Item, Reference
from services.crm.usecases import facts
from services.embeddings.domain import NO_FILTERS
from services.embeddings.features import documents, fusion
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.store import lexicon
from services.embeddings.usecases.embed import embed_workspace
from services.embeddings.usecases.nearest import nearest
from services.embeddings.usecases.search import read_question, search
from services.embeddings.usecases.serving import Serving
from services.encoder.domain import DIMENSIONS
from services.encoder.model import load_encoder

SEED = 1
DEPTH = 10
SIDES = ("BM25", "n-grams", "dense", "fused")
PROMISED_HITS, PROMISED_NDCG = 0.87, 0.56
WORST_GRADE = 4

Ranking = list[UUID]
Gains = Mapping[int, float]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents as title and text, and for each query what each relevant document is worth."""

    documents: list[tuple[str, str]]
    queries: list[str]
    gains: list[Gains]


def measure() -> list[Figure]:
    """Return every side of both collections, and the fused order with its gates."""
    jobs, papers = read_jobs(folder("esco-occupations")), read_papers(folder("cranfield"))
    with tempfile.TemporaryDirectory() as home, postgres.running(Path(home) / "home", durable=False) as server:
        for service in ("crm", "embeddings"):
            migrate(server.conninfo(f"{service}_owner"), service)
        found_jobs, found_papers = asyncio.run(_rank_all(server, [jobs, papers]))
    return [
        *figures("Job titles, hit@10", hits(jobs, found_jobs), PROMISED_HITS),
        *figures("Cranfield, nDCG@10", ndcg(papers, found_papers), PROMISED_NDCG),
    ]


def figures(name: str, found: Mapping[str, Values], promised: float) -> list[Figure]:
    def of(side: str, gate: tuple[float, float] | None) -> Figure:
        values = found[side]
        interval = bootstrap(lambda rows: float(values[rows].mean()), len(values))
        return Figure(f"{name}, {side}", float(values.mean()), interval, gate)

    def gained(rows: Rows) -> float:
        return float(found["fused"][rows].mean() - max(found[side][rows].mean() for side in SIDES[:-1]))

    every = np.arange(len(found["fused"]))
    gain = Figure(f"{name}, fused minus the best side", gained(every), bootstrap(gained, len(every)), (0.0, 1.0))
    return [of(side, (promised, 1.0) if side == "fused" else None) for side in SIDES] + [gain]


def hits(jobs: Collection, found: Mapping[str, list[list[int]]]) -> dict[str, Values]:
    return {
        side: np.array(
            [float(bool(gains.keys() & ranking)) for gains, ranking in zip(jobs.gains, rankings, strict=True)]
        )
        for side, rankings in found.items()
    }


def ndcg(papers: Collection, found: Mapping[str, list[list[int]]]) -> dict[str, Values]:
    """Return normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002)."""

    def dcg(gains: Sequence[float]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:DEPTH]))

    ideal = [dcg(sorted(gains.values(), reverse=True)) for gains in papers.gains]
    return {
        side: np.array(
            [
                dcg([gains.get(document, 0.0) for document in ranking]) / best
                for gains, ranking, best in zip(papers.gains, rankings, ideal, strict=True)
            ]
        )
        for side, rankings in found.items()
    }


def read_jobs(path: Path) -> Collection:
    with (path / "occupations_en_even.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chance = random.Random(SEED)  # noqa: S311 which label is asked
    labels = [[label for label in row["altLabels"].splitlines() if label.strip()] for row in rows]
    asked = [(chance.choice(names), {place: 1.0}) for place, names in enumerate(labels) if names]
    occupations = [(row["preferredLabel"], row["description"]) for row in rows]
    return Collection(occupations, [query for query, _ in asked], [gains for _, gains in asked])


def read_papers(path: Path) -> Collection:
    parts = re.split(r"^\.I \d+\n", (path / "cran.all.1400").read_text(), flags=re.MULTILINE)[1:]
    papers = [(_section(part, "T", "A"), _section(part, "W", None)) for part in parts]
    queries = re.split(r"^\.I \d+\n", (path / "cran.qry").read_text(), flags=re.MULTILINE)[1:]
    gains: list[dict[int, float]] = [{} for _ in queries]
    for line in (path / "cranqrel").read_text().splitlines():
        query, paper, grade = (int(part) for part in line.split()[:3])
        if 1 <= grade <= WORST_GRADE:
            gains[query - 1][paper - 1] = 1.0 + WORST_GRADE - grade
    judged = [place for place, relevant in enumerate(gains) if relevant]
    return Collection(papers, [_section(queries[place], "W", None) for place in judged], [gains[p] for p in judged])


def _section(record: str, name: str, until: str | None) -> str:
    text = record.partition(f".{name}\n")[2]
    return " ".join((text.partition(f".{until}\n")[0] if until else text).split())


async def _rank_all(server: postgres.Server, collections: Sequence[Collection]) -> list[dict[str, list[list[int]]]]:
    models = local_model(server.conninfo("embeddings"))
    async with (
        open_pool(server.conninfo("crm"), name="quality", max_size=1) as crm,
        open_pool(server.conninfo("embeddings"), name="quality", max_size=2, configure=register_vector_async) as pool,
    ):
        ranked = [await _rank(crm, pool, models, collection) for collection in collections]
    await models.close()
    return ranked


async def _rank(crm: Pool, pool: Pool, models: Models, collection: Collection) -> dict[str, list[list[int]]]:
    """Return for each side and query the places of the documents found, best first."""
    workspace_id = uuid4()
    items = [
        Item(place, Reference(None, "quality", str(place)), {"title": title[:300], "notes": text})
        for place, (title, text) in enumerate(collection.documents)
    ]
    kind = facts.KINDS["contacts"]
    async with workspace(crm, workspace_id) as connection:
        outcomes = await facts.push(connection, workspace_id, kind, facts.batch_of(kind, items), b"quality" * 8)
    places = {outcome.id: outcome.index for outcome in outcomes}

    async def ignore(_done: int, _total: int) -> None: ...

    await embed_workspace(pool, workspace_id, models, ignore)
    found: dict[str, list[list[int]]] = {side: [] for side in SIDES}
    for query in collection.queries:
        for side, ranking in (await _sides(pool, workspace_id, models, query)).items():
            found[side].append([places[contact_id] for contact_id in ranking])
    return found


async def _sides(pool: Pool, workspace_id: UUID, models: Models, query: str) -> dict[str, Ranking]:
    serving = Serving(models, Server(None, "quality"))
    model = models.default
    answer = await search(pool, workspace_id, serving, query, limit=DEPTH, filters=NO_FILTERS, min_similarity=0.0)
    vector = (await model.embed([query]))[0]
    async with workspace(pool, workspace_id) as connection:
        near = await nearest(connection, workspace_id, model.name, vector, limit=DEPTH)
        asked = await read_question(connection, query)
        looked_up = await lexicon.look_up(connection, workspace_id, model.name, documents.every_term(asked))
        sides = {}
        for side, score in (("BM25", fusion.words_scores), ("n-grams", fusion.grams_scores)):
            numbers = fusion.best(score(asked, looked_up), DEPTH).tolist()
            found = await lexicon.candidates(connection, workspace_id, model.name, None, ids=[], numbers=numbers)
            sides[side] = [one.contact_id for one in sorted(found, key=lambda one: numbers.index(one.number))]
    return {
        **sides,
        "dense": [hit.contact_id for hit in near.hits],
        "fused": [one.profile.id for one in answer.items],
    }


def local_model(conninfo: str) -> Models:
    """Return the service's client of the local model, which answers in this process."""
    encoder = load_encoder(Path(os.environ.get("RAPPORT_HOME", ".rapport")) / "models", "int8")

    def answer(request: httpx2.Request) -> httpx2.Response:
        vectors = encoder.embed(json.loads(request.content)["input"]).vectors
        data = [{"object": "embedding", "index": i, "embedding": one.tolist()} for i, one in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return httpx2.Response(200, json={"object": "list", "model": "local", "data": data, "usage": usage})

    settings = EmbeddingsSettings(
        database_url=conninfo,
        direct_database_url=conninfo,
        jwks_file=Path("unused"),
        signing_key_file=Path("unused"),
        model="local",
        dimensions=DIMENSIONS,
        OPENAI_BASE_URL="http://provider/v1",
        OPENAI_API_KEY="unused",
    )
    return Models.connect(settings, http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


if __name__ == "__main__":
    sys.exit(main({"search": measure}))
