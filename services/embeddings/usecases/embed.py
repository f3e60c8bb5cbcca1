"""Keep a workspace's vectors fresh, of every model it wants: one provider that is away holds up no other's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from kit import feed
from kit.db import Pool, workspace
from kit.errors import RapportError, Unavailable, UpstreamFailed
from kit.feed import Change
from services.embeddings import store
from services.embeddings.domain import Profile
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.store import clusters
from services.embeddings.store import lexicon as index
from services.embeddings.store import models as rows
from services.embeddings.usecases import budget, indexes, lexical, making
from services.embeddings.usecases import models as choosing
from services.embeddings.usecases.making import Refreshed, Tally

PAGE = 512  # a page that fails is made again: small enough that a slow machine gets on
CHANGES_AHEAD = 50_000  # of the feed, while its cursor waits for a provider

Progress = Callable[[int, int], Awaitable[None]]
Failure = Unavailable | UpstreamFailed
FAILURES = (Unavailable, UpstreamFailed)


async def embed_workspace(
    pool: Pool,
    workspace_id: UUID,
    models: Models,
    progress: Progress,
    *,
    index_threshold: int = indexes.THRESHOLD,
) -> dict[str, Any]:
    """Go through every contact for every model that is wanted, and take away what is not.

    Return how many contacts were embedded, unchanged, without text, and removed. What fails is raised when everything
    else is done: `daily_budget_used` too, which is no failure but a wait.
    """
    tally, done = Tally(), 0
    failures: list[RapportError] = []
    async with workspace(pool, workspace_id) as connection:
        wanted = await choosing.wanted(connection, workspace_id, models, adopt=True)
        contacts = (await store.coverage(connection, workspace_id, models.default.name)).contacts
    total = contacts * len(wanted)

    async def step(more: int) -> None:
        nonlocal done
        done += more
        await progress(done, max(done, total))

    await step(0)
    for place, model in enumerate(wanted):
        fill = partial(_fill, pool, workspace_id, models, model, tally, step, index_threshold=index_threshold)
        try:
            await fill(with_words=place == 0)
            await choosing.filled(pool, workspace_id, models, model)
        except FAILURES as error:
            failures.append(error)
    if not wanted:
        await lexical.refresh_after(pool, workspace_id, UUID(int=0), page=PAGE)
    tally.removed += await _forget_the_gone(pool, workspace_id)
    for model in wanted:
        await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
    failures += await choosing.clear_away(pool, workspace_id, partial(step, 0))
    if failures:
        raise failures[0]
    return tally.report()


async def _fill(
    pool: Pool,
    workspace_id: UUID,
    models: Models,
    model: EmbeddingModel,
    tally: Tally,
    step: Callable[[int], Awaitable[None]],
    *,
    with_words: bool,
    index_threshold: int,
) -> None:
    """Make every vector of one model; `with_words`, the lexical index, too, for which no provider is needed."""
    after: UUID | None = None
    while True:
        async with workspace(pool, workspace_id) as connection:
            page = await store.profiles_page(connection, workspace_id, model.name, after=after, limit=PAGE)
            left = await budget.read(connection, workspace_id, models.daily_tokens)
        if not page:
            return
        if with_words:
            async with workspace(pool, workspace_id) as connection:  # before the provider is asked: it may be away
                await lexical.refresh(connection, workspace_id, page)
        try:
            fresh = await making.refresh(model, page, {one.id: one.content_hash for one in page}, left, tally)
            async with workspace(pool, workspace_id) as connection:
                tally.removed += await making.keep(connection, workspace_id, model, fresh)
            if fresh.postponed:
                raise left.used_up()
        except FAILURES:
            if with_words:
                await lexical.refresh_after(pool, workspace_id, page[-1].id, page=PAGE)
            raise
        await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
        after = page[-1].id
        await step(len(page))


async def _forget_the_gone(pool: Pool, workspace_id: UUID) -> int:
    """Drop everything of contacts that are gone from the facts; return how many vectors that were."""
    async with workspace(pool, workspace_id) as connection:
        await clusters.hold(connection, workspace_id)
        removed = await store.drop_orphans(connection, workspace_id)
        await clusters.drop_lost(connection, workspace_id)
        await lexical.drop_orphans(connection, workspace_id)
        await rows.forget_spent(connection, workspace_id)
    return removed


async def nobody() -> None:
    """Whoever has to know that a batch is done, where nobody has."""


async def follow_workspace(
    pool: Pool,
    workspace_id: UUID,
    models: Models,
    *,
    freshened: Callable[[], Awaitable[None]] = nobody,
    index_threshold: int = indexes.THRESHOLD,
) -> None:
    """Deal with everything that is new in the change feed; a batch and its cursor move are one transaction.

    Should a provider fail, the cursor stays, and everything else is done for what is still to come. Whom the day's
    budget does not reach is left to the job: erasing does not wait for the next day.
    """
    renew = partial(_renew, pool, workspace_id, models, freshened=freshened, index_threshold=index_threshold)
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
        if not changes:
            return
        contacts = _contacts(changes)
        if not contacts:
            async with workspace(pool, workspace_id) as connection:
                await feed.advance(connection, workspace_id, changes[-1])
            await freshened()
        elif failures := await renew(contacts, last=changes[-1]):
            async with workspace(pool, workspace_id) as connection:
                ahead = _contacts(await feed.read_changes(connection, workspace_id, limit=CHANGES_AHEAD))
            for start in range(0, len(ahead), PAGE):
                failures = await renew(ahead[start : start + PAGE], without=failures)
            raise next(iter(failures.values()))


def _contacts(changes: Sequence[Change]) -> list[UUID]:
    return list(dict.fromkeys(change.entity_id for change in changes if change.kind == "contacts"))


async def _renew(
    pool: Pool,
    workspace_id: UUID,
    models: Models,
    ids: Sequence[UUID],
    *,
    freshened: Callable[[], Awaitable[None]],
    index_threshold: int,
    last: Change | None = None,
    without: dict[str, Failure] | None = None,
) -> dict[str, Failure]:
    """Bring some contacts up to date for every model that is wanted, but those `without`; return who failed, and how.

    If nobody did, the cursor moves behind `last` in the same transaction.
    """
    failures = dict(without or {})
    async with workspace(pool, workspace_id) as connection:
        present = await index.found(connection, workspace_id, ids)
        wanted = await choosing.wanted(connection, workspace_id, models)
        wanted = [model for model in wanted if model.name not in failures]
        hashes = await store.hashes(connection, workspace_id, [model.name for model in wanted], ids)
        left = await budget.read(connection, workspace_id, models.daily_tokens)
    await _forget_and_index(pool, workspace_id, present, gone=list(set(ids) - {one.id for one in present}))
    await freshened()
    made: dict[EmbeddingModel, Refreshed] = {}

    async def make(model: EmbeddingModel) -> None:
        try:
            made[model] = await making.refresh(model, present, hashes[model.name], left, Tally())
        except FAILURES as error:
            failures[model.name] = error

    await asyncio.gather(*map(make, wanted))
    async with workspace(pool, workspace_id) as connection:
        for model, fresh in made.items():
            await making.keep(connection, workspace_id, model, fresh)
        if last and not failures:
            await feed.advance(connection, workspace_id, last)
    await freshened()
    for model in made:
        await indexes.tend(pool, workspace_id, model.name, threshold=index_threshold)
    return failures


async def _forget_and_index(
    pool: Pool, workspace_id: UUID, present: Sequence[Profile], *, gone: Sequence[UUID]
) -> None:
    """What does not wait for a provider: erasing, and words."""
    async with workspace(pool, workspace_id) as connection:
        await making.drop(connection, workspace_id, gone)
        await lexical.refresh(connection, workspace_id, present, gone=gone)
