"""Keep a workspace's vectors fresh: what has not changed costs no model call, what is gone leaves no vector."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kit import feed
from kit.db import Pool, workspace
from services.embeddings import features, store
from services.embeddings.domain import NewVector, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.usecases import indexes

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
    """New vectors for a page of contacts, those whose text has become empty, and everybody's labels."""

    vectors: list[NewVector]
    emptied: list[UUID]
    labels: dict[UUID, tuple[str, ...]]


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
        fresh = await _refresh(model, page, tally)
        async with workspace(pool, workspace_id) as connection:
            await store.put_vectors(connection, workspace_id, model.name, fresh.vectors)
            await store.put_labels(connection, workspace_id, model.name, fresh.labels)
            tally.removed += await store.drop_vectors(connection, workspace_id, fresh.emptied)
        await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
        done, after = done + len(page), page[-1].id
        await progress(done, max(done, total))
    async with workspace(pool, workspace_id) as connection:
        tally.removed += await store.drop_orphans(connection, workspace_id)
        await store.drop_orphan_labels(connection, workspace_id)
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
        gone = set(ids) - {profile.id for profile in present}
        if gone:  # in a transaction of its own: erasing does not wait for the provider
            async with workspace(pool, workspace_id) as connection:
                await store.drop_vectors(connection, workspace_id, list(gone))
                await store.put_labels(connection, workspace_id, model.name, dict.fromkeys(gone, ()))
            await freshened()
        fresh = await _refresh(model, present, Tally())
        async with workspace(pool, workspace_id) as connection:
            if ids:
                await store.put_vectors(connection, workspace_id, model.name, fresh.vectors)
                await store.put_labels(connection, workspace_id, model.name, fresh.labels)
                await store.drop_vectors(connection, workspace_id, fresh.emptied)
            await feed.advance(connection, workspace_id, changes[-1])
        await freshened()
        if ids:
            await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)


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
    tally.unchanged += len(page) - len(stale) - len(emptied)
    labels = {profile.id: features.labels_of(profile.tags, profile.organization) for profile in page}
    matrix = await model.embed([texts[position] for position in stale])
    vectors = [
        NewVector(page[position].id, hashes[position], embedding, labels[page[position].id])
        for position, embedding in zip(stale, matrix, strict=True)
    ]
    return Refreshed(vectors, emptied, labels)
