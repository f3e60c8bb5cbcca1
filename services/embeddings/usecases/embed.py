"""Keep a workspace's vectors fresh: what has not changed costs no model call, what is gone leaves no vector."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kit import feed
from kit.db import Connection, Pool, workspace
from kit.errors import Unavailable, UpstreamFailed
from services.embeddings import features, store
from services.embeddings.domain import NewVector, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.store import clusters
from services.embeddings.usecases import indexes, lexical

PAGE = 512  # a page that fails is made again: small enough that a slow machine gets on

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """What a run has done so far, in contacts."""

    embedded: int = 0
    unchanged: int = 0
    without_text: int = 0
    removed: int = 0

    def report(self) -> dict[str, Any]:
        return {
            "embedded": self.embedded,
            "unchanged": self.unchanged,
            "without_text": self.without_text,
            "removed": self.removed,
        }


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A page of contacts: new vectors, those whose text has become empty, and those whose vector is as it was."""

    vectors: list[NewVector]
    emptied: list[UUID]
    unchanged: list[UUID]


async def embed_workspace(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    progress: Progress,
    *,
    index_threshold: int = indexes.THRESHOLD,
) -> dict[str, Any]:
    """Go through every contact; return how many were embedded, unchanged, without text, and removed."""
    tally, done, after = Tally(), 0, None
    async with workspace(pool, workspace_id) as connection:
        total = (await store.coverage(connection, workspace_id, model.name)).contacts
    await progress(0, total)
    while True:
        async with workspace(pool, workspace_id) as connection:
            page = await store.profiles_page(connection, workspace_id, model.name, after=after, limit=PAGE)
        if not page:
            break
        async with workspace(pool, workspace_id) as connection:  # before the provider is asked: it may be away
            await lexical.refresh(connection, workspace_id, page)
        try:
            fresh = await _refresh(model, page, tally)
        except (Unavailable, UpstreamFailed):
            await lexical.refresh_after(pool, workspace_id, page[-1].id, page=PAGE)
            raise
        async with workspace(pool, workspace_id) as connection:
            tally.removed += await _keep(connection, workspace_id, model, fresh)
        await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
        done, after = done + len(page), page[-1].id
        await progress(done, max(done, total))
    async with workspace(pool, workspace_id) as connection:
        await clusters.hold(connection, workspace_id)
        tally.removed += await store.drop_orphans(connection, workspace_id)
        await clusters.drop_lost(connection, workspace_id)
        await lexical.drop_orphans(connection, workspace_id)
    await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
    return tally.report()


async def nobody() -> None:
    """Whoever has to know that a batch is done, where nobody has."""


async def follow_workspace(
    pool: Pool,
    workspace_id: UUID,
    model: EmbeddingModel,
    *,
    freshened: Callable[[], Awaitable[None]] = nobody,
    index_threshold: int = indexes.THRESHOLD,
) -> None:
    """Deal with everything that is new in the change feed; a batch and its cursor move are one transaction."""
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
            ids = list({change.entity_id for change in changes if change.kind == "contacts"})
            present = await store.profiles(connection, workspace_id, model.name, ids) if ids else []
        if not changes:
            return
        gone = list(set(ids) - {profile.id for profile in present})
        if ids:
            async with workspace(pool, workspace_id) as connection:  # erasing and words do not wait for the provider
                await _drop(connection, workspace_id, gone)
                await lexical.refresh(connection, workspace_id, present, gone=gone)
            await freshened()
        try:
            fresh = await _refresh(model, present, Tally())
        except (Unavailable, UpstreamFailed):
            await lexical.follow(pool, workspace_id, page=PAGE)
            raise
        async with workspace(pool, workspace_id) as connection:
            if ids:
                await _keep(connection, workspace_id, model, fresh)
            await feed.advance(connection, workspace_id, changes[-1])
        await freshened()
        if ids:
            await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)


async def _keep(connection: Connection, workspace_id: UUID, model: EmbeddingModel, fresh: Refreshed) -> int:
    """Keep new vectors, each in its nearest cluster, and drop those of emptied texts; return how many were dropped."""
    await store.put_vectors(connection, workspace_id, model.name, fresh.vectors)
    await store.number_vectors(connection, workspace_id, model.name, fresh.unchanged)
    removed = await _drop(connection, workspace_id, fresh.emptied)
    await clusters.place(connection, workspace_id, model.name, [one.contact_id for one in fresh.vectors])
    return removed


async def _drop(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> int:
    """Drop vectors and with them who is in which cluster; a run that is about to switch waits for it."""
    await clusters.hold(connection, workspace_id)
    await clusters.drop(connection, workspace_id, ids)
    return await store.drop_vectors(connection, workspace_id, ids)


async def _refresh(model: EmbeddingModel, page: Sequence[Profile], tally: Tally) -> Refreshed:
    """Make the vectors that are missing or out of date, all in as few requests as the provider allows."""
    texts = [features.profile_text(profile) for profile in page]
    hashes = [features.content_hash(model.name, text) for text in texts]
    stale = [
        position
        for position, profile in enumerate(page)
        if texts[position] and profile.content_hash != hashes[position]
    ]
    emptied = [profile.id for profile, text in zip(page, texts, strict=True) if not text]
    tally.embedded += len(stale)
    tally.without_text += len(emptied)
    changed = {*emptied, *(page[position].id for position in stale)}
    unchanged = [profile.id for profile in page if profile.id not in changed]
    tally.unchanged += len(unchanged)
    matrix = await model.embed([texts[position] for position in stale])
    vectors = [
        NewVector(page[position].id, hashes[position], embedding)
        for position, embedding in zip(stale, matrix, strict=True)
    ]
    return Refreshed(vectors, emptied, unchanged)
