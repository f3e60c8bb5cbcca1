"""Find people by what is asked in free text: by meaning and by words, fused; by words alone without the provider."""

import asyncio
from collections.abc import Sequence
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
from services.embeddings.usecases.cached import Shelves
from services.embeddings.usecases.nearest import nearest

PATIENCE_S = 1.0  # for the provider: who types waits no longer, words answer meanwhile
DEPTH = 100  # candidates of each side beyond those asked for: an answer may be middling on both
SPARE = 20  # beyond those asked for when words alone decide: some may have gone since they were indexed

NOBODY = Nearest([], exhaustive=False)

Vector = NDArray[np.float32]


async def search(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    shelves: Shelves,
    query: str,
    *,
    limit: int,
    filters: Filters,
    min_similarity: float,
) -> Answer:
    """Return the people who answer a query best, best first: as many as asked for, if there are so many."""
    embedding = await _embed(shelves, model, workspace_id, query)
    depth = limit + (SPARE if embedding is None else DEPTH)
    async with workspace(pool, workspace_id) as connection:
        asked = await read_question(connection, query)
        found = await index.look_up(connection, workspace_id, model.name, documents.every_term(asked, filters))
        among = fusion.among(found, filters)
        said = fusion.lexical_scores(asked, found, among)
        near = NOBODY
        if embedding is not None:
            near = await nearest(
                connection, workspace_id, model.name, embedding,
                limit=depth, among=among, indexed=found.indexed, min_similarity=min_similarity,
            )  # fmt: skip
        candidates = await index.candidates(
            connection, workspace_id, model.name, embedding,
            ids=[hit.contact_id for hit in near.hits],
            numbers=fusion.best(said, depth).tolist(),
        )  # fmt: skip
        meant = [one for one in candidates if documents.meets(one.profile, filters)]
        ranked = fusion.rank(meant, said, min_similarity=min_similarity, limit=limit)
        items = await _found(connection, asked, ranked)
        exhaustive = near.exhaustive and await cached.is_complete(
            shelves.complete, connection, workspace_id, model.name
        )
    return _answer(items, found.totals, exhaustive=exhaustive, degraded=embedding is None)


async def read_question(connection: Connection, query: str) -> Asked:
    """Return a query as it is looked up."""
    asked = documents.question_words(query)
    return documents.question(query, await _stems_by_word(connection, asked))


async def _embed(shelves: Shelves, model: EmbeddingModel, workspace_id: UUID, query: str) -> Vector | None:
    text = query.encode()[: features.TEXT_LIMIT_BYTES].decode(errors="ignore")
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await cached.embed_text(shelves.queries, model, workspace_id, text)
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


def _answer(items: list[Found], totals: Lexicon, *, exhaustive: bool, degraded: bool) -> Answer:
    nobody = not items and not totals.documents
    return Answer(
        items,
        exhaustive,
        degraded,
        status="insufficient_data" if nobody else "baseline" if degraded else "scored",
        missing=("contacts",) if nobody else (),
        facts_as_of=totals.indexed_at,
    )
