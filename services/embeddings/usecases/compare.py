"""Compare people: who is like this one, and how like each other are these."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kit.db import Pool, workspace
from kit.errors import NotFound, Unavailable, UpstreamFailed
from services.embeddings import features, store
from services.embeddings.domain import Anchor, Comparison, KeptVector, Neighbour, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.usecases.nearest import nearest

# Whoever asks waits no longer than this for the provider: then an older vector serves.
PATIENCE_S = 3.0
TEXT_FIELDS = ("name", "title", "organization", "tags", "notes")


async def similar(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    contact_id: UUID,
    *,
    limit: int,
    min_similarity: float,
    now: datetime,
) -> Comparison:
    """Return the contacts most like one, nearest first; who has just been erased is left out."""
    anchor = await find_anchor(pool, workspace_id, model, contact_id, now=now)
    if anchor.embedding is None:
        return Comparison(anchor, [], exhaustive=False)
    async with workspace(pool, workspace_id) as connection:
        found = await nearest(
            connection,
            workspace_id,
            model.name,
            anchor.embedding,
            limit=limit,
            exclude=contact_id,
            min_similarity=min_similarity,
        )
        people = await store.people(connection, workspace_id, [hit.contact_id for hit in found.hits])
        exhaustive = found.exhaustive and await store.is_complete(connection, workspace_id, model.name)
    by_id = {person.id: person for person in people}
    neighbours = [Neighbour(by_id[hit.contact_id], hit.similarity) for hit in found.hits if hit.contact_id in by_id]
    return Comparison(anchor, neighbours, exhaustive)


async def similarities(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    contact_id: UUID,
    candidate_ids: Sequence[UUID],
    *,
    now: datetime,
) -> tuple[Anchor, dict[UUID, float]]:
    """Return how like one contact each candidate is; candidates without a vector are left out."""
    anchor = await find_anchor(pool, workspace_id, model, contact_id, now=now)
    if anchor.embedding is None:
        return anchor, {}
    async with workspace(pool, workspace_id) as connection:
        return anchor, await store.similarities(connection, workspace_id, model.name, anchor.embedding, candidate_ids)


async def find_anchor(
    pool: Pool, workspace_id: UUID, model: EmbeddingModel, contact_id: UUID, *, now: datetime
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
            made = (await model.embed([text]))[0]
    except (Unavailable, UpstreamFailed, TimeoutError):
        return _without_provider(profile, kept)
    return Anchor(profile, made, "scored", (), degraded=False, facts_as_of=now)


def _without_provider(profile: Profile, kept: KeptVector | None) -> Anchor:
    if kept is None:
        return Anchor(profile, None, "insufficient_data", ("vector",), degraded=True, facts_as_of=None)
    return Anchor(profile, kept.embedding, "stale", (), degraded=True, facts_as_of=kept.embedded_at)
