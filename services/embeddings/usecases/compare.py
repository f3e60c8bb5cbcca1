"""Compare people: who is like this one, and how like each other are these."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection, Pool, workspace
from kit.errors import NotFound, Unavailable, UpstreamFailed
from services.embeddings import features, store
from services.embeddings.domain import Anchor, Comparison
from services.embeddings.model import EmbeddingModel
from services.embeddings.store import lexicon as index
from services.embeddings.usecases import budget, cached
from services.embeddings.usecases.cached import Near
from services.embeddings.usecases.nearest import nearest
from services.embeddings.usecases.serving import Served, Serving

# Whoever asks waits no longer than this for the provider: then an older vector serves.
PATIENCE_S = 3.0


async def similar(
    pool: Pool,
    workspace_id: UUID,
    serving: Serving,
    contact_id: UUID,
    *,
    limit: int,
    min_similarity: float,
    now: datetime,
) -> Comparison:
    """Return the contacts most like one, nearest first; who has just been erased is left out."""
    guess = serving.guess(workspace_id)
    look = await guess.shelves.near.look(workspace_id, [cached.near_name(contact_id, limit)])
    anchor, served = await find_anchor(pool, workspace_id, serving, contact_id, now=now)
    if anchor.embedding is None:
        return Comparison(anchor, [], exhaustive=False)
    kept = cached.near_of(look, anchor) if served is guess else None
    async with workspace(pool, workspace_id) as connection:
        near = kept or await _nearest(connection, workspace_id, served.model, anchor, limit)
        neighbours = await cached.people_of(connection, workspace_id, near)
    if kept is None and served is guess:
        await cached.keep_near(guess.shelves.near, look, anchor, near, limit=limit)
    near_enough = [one for one in neighbours if one.similarity >= min_similarity]
    return Comparison(anchor, near_enough, near.exhaustive)


async def _nearest(
    connection: Connection, workspace_id: UUID, model: EmbeddingModel, anchor: Anchor, limit: int
) -> Near:
    """Return who is nearest to an anchor, and whether everybody who can be compared was."""
    assert anchor.embedding is not None  # noqa: S101 the caller has looked
    found = await nearest(
        connection, workspace_id, model.name, anchor.embedding, limit=limit, exclude=anchor.profile.id
    )
    exhaustive = found.exhaustive and await store.is_complete(connection, workspace_id, model.name, model.fields)
    return cached.near(workspace_id, anchor, found.hits, exhaustive=exhaustive)


async def similarities(
    pool: Pool, workspace_id: UUID, serving: Serving, contact_id: UUID, candidate_ids: Sequence[UUID], *, now: datetime
) -> tuple[Anchor, dict[UUID, float]]:
    """Return how like one contact each candidate is; candidates without a vector are left out."""
    anchor, served = await find_anchor(pool, workspace_id, serving, contact_id, now=now)
    if anchor.embedding is None:
        return anchor, {}
    async with workspace(pool, workspace_id) as connection:
        return anchor, await store.similarities(
            connection, workspace_id, served.model.name, anchor.embedding, candidate_ids
        )


async def find_anchor(
    pool: Pool, workspace_id: UUID, serving: Serving, contact_id: UUID, *, now: datetime
) -> tuple[Anchor, Served]:
    """Return a contact with a vector of its text as it is now, and what serves: everything further is asked of that.

    The vector is the stored one, or one made for this request. While the provider is away, or the day's budget used
    up, an older one serves (`stale`, degraded); without any, `insufficient_data`.
    """
    async with workspace(pool, workspace_id) as connection:
        served = await serving.read(connection, workspace_id)
        found = await index.found(connection, workspace_id, [contact_id])
        kept = await store.vector(connection, workspace_id, served.model.name, contact_id)
    if not found:
        raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
    text = features.profile_text(found[0], served.model.fields)
    anchor = partial(Anchor, served.model.key, found[0], text, missing=(), degraded=False, facts_as_of=None)
    if not text:
        return anchor(embedding=None, status="insufficient_data", missing=served.model.fields), served
    if kept and kept.content_hash == features.content_hash(served.model.name, text):
        return anchor(embedding=kept.embedding, status="scored", facts_as_of=kept.embedded_at), served
    made = await _made_now(pool, workspace_id, serving, served, text)
    if made is not None:
        return anchor(embedding=made, status="scored", facts_as_of=now), served
    if kept is None:
        return anchor(embedding=None, status="insufficient_data", missing=("vector",), degraded=True), served
    return anchor(embedding=kept.embedding, status="stale", degraded=True, facts_as_of=kept.embedded_at), served


async def _made_now(
    pool: Pool, workspace_id: UUID, serving: Serving, served: Served, text: str
) -> NDArray[np.float32] | None:
    """Return the vector of a contact's text, if the provider and the budget allow it."""
    if serving.models.daily_tokens:
        async with workspace(pool, workspace_id) as connection:
            if (await budget.read(connection, workspace_id, serving.models.daily_tokens)).is_used_up:
                return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await cached.embed_text(served.shelves.contacts, served.model, workspace_id, text)
    except (Unavailable, UpstreamFailed, TimeoutError):
        return None
