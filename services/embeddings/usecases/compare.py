"""Compare people: who is like this one, and how like each other are these."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kit.db import Connection, Pool, workspace
from kit.errors import NotFound, Unavailable, UpstreamFailed
from services.embeddings import features, store
from services.embeddings.domain import Anchor, Comparison, KeptVector, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.usecases import cached
from services.embeddings.usecases.cached import Near, Shelves
from services.embeddings.usecases.nearest import nearest

# Whoever asks waits no longer than this for the provider: then an older vector serves.
PATIENCE_S = 3.0
TEXT_FIELDS = ("name", "title", "organization", "tags", "notes")


async def similar(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    shelves: Shelves,
    contact_id: UUID,
    *,
    limit: int,
    min_similarity: float,
    now: datetime,
) -> Comparison:
    """Return the contacts most like one, nearest first; who has just been erased is left out."""
    look = await shelves.near.look(workspace_id, [cached.near_name(contact_id, limit)])
    anchor = await find_anchor(pool, workspace_id, model, contact_id, now=now, shelves=shelves)
    if anchor.embedding is None:
        return Comparison(anchor, [], exhaustive=False)
    kept = cached.near_of(look, anchor)
    async with workspace(pool, workspace_id) as connection:
        near = kept or await _nearest(connection, workspace_id, model, anchor, limit)
        neighbours = await cached.people_of(connection, workspace_id, near)
    if kept is None:
        await cached.keep_near(shelves.near, look, anchor, near, limit=limit)
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
    exhaustive = found.exhaustive and await store.is_complete(connection, workspace_id, model.name)
    return cached.near(workspace_id, anchor, found.hits, exhaustive=exhaustive)


async def similarities(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    shelves: Shelves,
    contact_id: UUID,
    candidate_ids: Sequence[UUID],
    *,
    now: datetime,
) -> tuple[Anchor, dict[UUID, float]]:
    """Return how like one contact each candidate is; candidates without a vector are left out."""
    anchor = await find_anchor(pool, workspace_id, model, contact_id, now=now, shelves=shelves)
    if anchor.embedding is None:
        return anchor, {}
    async with workspace(pool, workspace_id) as connection:
        return anchor, await store.similarities(connection, workspace_id, model.name, anchor.embedding, candidate_ids)


async def find_anchor(
    pool: Pool, workspace_id: UUID, model: EmbeddingModel, contact_id: UUID, *, now: datetime, shelves: Shelves
) -> Anchor:
    """Return a contact with a vector of its text as it is now: the stored one, or one made for this request.

    While the provider is away an older vector serves (`stale`, degraded); without any, `insufficient_data`.
    """
    async with workspace(pool, workspace_id) as connection:
        found = await store.profiles(connection, workspace_id, model.name, [contact_id])
        kept = await store.vector(connection, workspace_id, model.name, contact_id)
    if not found:
        raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
    profile = found[0]
    text = features.profile_text(profile)
    if not text:
        return Anchor(profile, None, "insufficient_data", TEXT_FIELDS, degraded=False, facts_as_of=None)
    if kept and kept.content_hash == features.content_hash(model.name, text):
        return Anchor(profile, kept.embedding, "scored", (), degraded=False, facts_as_of=kept.embedded_at)
    try:
        async with asyncio.timeout(PATIENCE_S):
            made = await cached.embed_text(shelves.contacts, model, workspace_id, text)
    except (Unavailable, UpstreamFailed, TimeoutError):
        return _without_provider(profile, kept)
    return Anchor(profile, made, "scored", (), degraded=False, facts_as_of=now)


def _without_provider(profile: Profile, kept: KeptVector | None) -> Anchor:
    if kept is None:
        return Anchor(profile, None, "insufficient_data", ("vector",), degraded=True, facts_as_of=None)
    return Anchor(profile, kept.embedding, "stale", (), degraded=True, facts_as_of=kept.embedded_at)
