"""Find people by what is asked in free text: by meaning and by words, fused; by words alone without the provider."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection, Pool, workspace
from kit.errors import Unavailable, UpstreamFailed
from services.embeddings import features
from services.embeddings.domain import Filters, Nearest
from services.embeddings.domain.search import Answer, Asked, Candidate, Found, Lexicon
from services.embeddings.features import documents, fusion, matching
from services.embeddings.model import EmbeddingModel
from services.embeddings.store import lexicon as index
from services.embeddings.usecases import cached
from services.embeddings.usecases.nearest import nearest
from services.embeddings.usecases.serving import Served, Serving

PATIENCE_S = 1.0  # for the provider: who types waits no longer, words answer meanwhile
DEPTH = 100  # candidates of each side beyond those asked for: an answer may be middling on both
SPARE = 20  # beyond those asked for when words alone decide: some may have gone since they were indexed

NOBODY = Nearest([], exhaustive=False)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is asked for."""

    query: str
    limit: int
    filters: Filters
    min_similarity: float


async def search(
    pool: Pool,
    workspace_id: UUID,
    serving: Serving,
    query: str,
    *,
    limit: int,
    filters: Filters,
    min_similarity: float,
) -> Answer:
    """Return the people who answer a query best, best first: as many as asked for, if there are so many.

    The query's vector is made before anything is read, by the model that probably serves. Should another one do so by
    then, it is made again, once: whoever is answered is answered by one model from the first row to the last.
    """
    guess = serving.guess(workspace_id)
    question = Wanted(query, limit, filters, min_similarity)
    embedding = await _embed(guess, workspace_id, query)
    async with workspace(pool, workspace_id) as connection:
        served = await serving.read(connection, workspace_id)
        if served is guess:
            return await _answer(connection, workspace_id, served, embedding, question)
    embedding = await _embed(served, workspace_id, query)
    async with workspace(pool, workspace_id) as connection:
        return await _answer(connection, workspace_id, served, embedding, question)


async def _answer(
    connection: Connection, workspace_id: UUID, served: Served, embedding: Vector | None, wanted: Wanted
) -> Answer:
    model, depth = served.model, wanted.limit + (SPARE if embedding is None else DEPTH)
    asked = await read_question(connection, wanted.query)
    found = await index.look_up(connection, workspace_id, model.name, documents.every_term(asked, wanted.filters))
    among = fusion.among(found, wanted.filters)
    said = fusion.lexical_scores(asked, found, among)
    near = NOBODY
    if embedding is not None:
        near = await nearest(
            connection, workspace_id, model.name, embedding,
            limit=depth, among=among, indexed=found.indexed, min_similarity=wanted.min_similarity,
        )  # fmt: skip
    candidates = await index.candidates(
        connection, workspace_id, model.name, embedding,
        ids=[hit.contact_id for hit in near.hits],
        numbers=fusion.best(said, depth).tolist(),
    )  # fmt: skip
    meant = [one for one in candidates if documents.meets(one.profile, wanted.filters)]
    ranked = fusion.rank(meant, said, min_similarity=wanted.min_similarity, limit=wanted.limit)
    items = await _found(connection, asked, ranked)
    whole = near.exhaustive and await cached.is_complete(served.shelves.complete, connection, workspace_id, model)
    return _summed_up(model, items, found.totals, exhaustive=whole, degraded=embedding is None)


async def read_question(connection: Connection, query: str) -> Asked:
    """Return a query as it is looked up."""
    asked = documents.question_words(query)
    return documents.question(query, await _stems_by_word(connection, asked))


async def _embed(served: Served, workspace_id: UUID, query: str) -> Vector | None:
    text = query.encode()[: features.TEXT_LIMIT_BYTES].decode(errors="ignore")
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await cached.embed_text(served.shelves.queries, served.model, workspace_id, text)
    except (Unavailable, UpstreamFailed, TimeoutError):
        return None


async def _found(connection: Connection, asked: Asked, ranked: Sequence[Candidate]) -> list[Found]:
    profiles = [one.profile for one in ranked]
    stems = await _stems_by_word(connection, matching.words_to_explain(asked, profiles))
    return [
        Found(profile, one.similarity, matching.explain(asked, profile, stems))
        for one, profile in zip(ranked, profiles, strict=True)
    ]


async def _stems_by_word(connection: Connection, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    stems: dict[str, tuple[str, ...]] = {}
    for stem in await index.stems(connection, words) if words else ():
        word = words[stem.position - 1]
        stems[word] = (*stems.get(word, ()), stem.lexeme)
    return stems


def _summed_up(
    model: EmbeddingModel, items: list[Found], totals: Lexicon, *, exhaustive: bool, degraded: bool
) -> Answer:
    nobody = not items and not totals.documents
    return Answer(
        model.key,
        items,
        exhaustive,
        degraded,
        status="insufficient_data" if nobody else "baseline" if degraded else "scored",
        missing=("contacts",) if nobody else (),
        facts_as_of=totals.indexed_at,
    )
