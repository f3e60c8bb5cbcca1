"""Make the vectors of some contacts by one model, and keep them: what has not changed costs no call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kit.db import Connection
from services.embeddings import features, store
from services.embeddings.domain import NewVector, Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.store import cells, clusters, models
from services.embeddings.usecases.budget import Budget


@dataclass(slots=True)
class Tally:
    """What a run has done so far, in contacts, each counted once for every model."""

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
    """New vectors of some contacts, those whose text has become empty, and the others; what it has cost.

    `postponed` are those for whom the day's budget was too small: older vectors of theirs stay as they were, too.
    """

    vectors: list[NewVector]
    emptied: list[UUID]
    as_before: list[UUID]
    tokens: int
    postponed: int


async def refresh(
    model: EmbeddingModel, page: Sequence[Profile], hashes: Mapping[UUID, bytes | None], budget: Budget, tally: Tally
) -> Refreshed:
    """Make the vectors that are missing or out of date, all in as few requests as the provider allows."""
    texts = [features.profile_text(profile, model.fields) for profile in page]
    wanted = [features.content_hash(model.name, text) for text in texts]
    stale = [place for place, one in enumerate(page) if texts[place] and hashes.get(one.id) != wanted[place]]
    emptied = [profile.id for profile, text in zip(page, texts, strict=True) if not text]
    admitted = stale[: budget.admit([texts[place] for place in stale])]
    changed = {*emptied, *(page[place].id for place in admitted)}
    as_before = [profile.id for profile in page if profile.id not in changed]
    made = await model.make([texts[place] for place in admitted])
    tally.embedded += len(admitted)
    tally.without_text += len(emptied)
    tally.unchanged += len(page) - len(stale) - len(emptied)
    vectors = [
        NewVector(page[place].id, wanted[place], embedding)
        for place, embedding in zip(admitted, made.matrix, strict=True)
    ]
    return Refreshed(vectors, emptied, as_before, made.tokens, len(stale) - len(admitted))


async def keep(connection: Connection, workspace_id: UUID, model: EmbeddingModel, fresh: Refreshed) -> int:
    """Keep new vectors, each in its cluster and cell, drop those of emptied texts; return how many were dropped."""
    await store.put_vectors(connection, workspace_id, model.name, fresh.vectors)
    numbered = await store.number_vectors(connection, workspace_id, model.name, fresh.as_before)
    if fresh.tokens:
        await models.spend(connection, workspace_id, fresh.tokens)
    removed = await drop(connection, workspace_id, fresh.emptied, model=model.name)
    new = [one.contact_id for one in fresh.vectors]
    await clusters.place(connection, workspace_id, model.name, new)
    if new or numbered:
        await cells.place(connection, workspace_id, model.name, new + numbered)
    return removed


async def drop(connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, model: str | None = None) -> int:
    """Drop vectors and with them who is in which cluster; a run that is about to switch waits for it."""
    await clusters.hold(connection, workspace_id)
    await clusters.drop(connection, workspace_id, ids, model=model)
    return await store.drop_vectors(connection, workspace_id, ids, model=model)
