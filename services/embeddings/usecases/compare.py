"""Compare people: who is like this one, and how like each other are these."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kit.db import Connection, Pool, workspace
from kit.errors import NotFound, Unavailable, UpstreamFailed
from services.embeddings import features, store
from services.embeddings.domain import Anchor, Comparison, KeptVector, Neighbour, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.usecases import cached
from services.embeddings.usecases.cached import Shelves

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
    """Return the contacts most like one, nearest first; every vector of the workspace is compared."""
    look = await shelves.near.look(workspace_id, [cached.near_name(contact_id, limit)])
    anchor = await find_anchor(pool, workspace_id, model, contact_id, now=now, shelves=shelves)
    if anchor.embedding is None:
        return Comparison(anchor, [], exhaustive=False)
    kept = cached.near_of(look, anchor)
    async with workspace(pool, workspace_id) as connection:
        if kept is not None:
            neighbours, exhaustive = await cached.people_of(connection, workspace_id, model.name, kept), kept.exhaustive
        else:
            neighbours, exhaustive = await _nearest(connection, workspace_id, model, anchor, limit)
    if kept is None:
        await cached.keep_near(shelves.near, look, anchor, neighbours, limit=limit, exhaustive=exhaustive)
    near_enough = [one for one in neighbours if one.similarity >= min_similarity]
    return Comparison(anchor, near_enough, exhaustive)


async def _nearest(
    connection: Connection, workspace_id: UUID, model: EmbeddingModel, anchor: Anchor, limit: int
) -> tuple[list[Neighbour], bool]:
    """Return the nearest of all, nearest first, and whether everybody was compared."""
    assert anchor.embedding is not None  # noqa: S101 the caller has looked
    exhaustive = await store.is_complete(connection, workspace_id, model.name)
    neighbours = await store.similar(
        connection,
        workspace_id,
        model.name,
        anchor.embedding,
        contact_id=anchor.profile.id,
        limit=limit,
        min_similarity=0.0,
    )
    return neighbours, exhaustive


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
