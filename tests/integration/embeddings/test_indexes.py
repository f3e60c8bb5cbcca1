"""An index comes when a workspace has grown large, once, and goes when it has shrunk."""

import asyncio
from uuid import UUID

import pytest

from kit.db import Pool, workspace
from services.embeddings import store
from services.embeddings.model.known import Models
from services.embeddings.usecases import embed
from tests.integration.embeddings.conftest import People
from tests.integration.embeddings.test_nearest import MODEL, THRESHOLD, Crowd


@pytest.fixture
async def growing(embeddings_pool: Pool) -> Crowd:
    """Return a crowd just large enough for an index, without one."""
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter()
    return crowd


async def test_the_index_comes_at_the_threshold_and_goes_at_half_of_it(growing: Crowd) -> None:
    seen = []
    for kept in (THRESHOLD, THRESHOLD // 2, THRESHOLD // 2 - 1):
        await growing.forget(from_=kept)
        await growing.tend()
        seen.append(await growing.has_index())
    await growing.enter(from_=THRESHOLD // 2 - 1)
    await growing.forget(from_=THRESHOLD - 1)
    await growing.tend()
    assert [*seen, await growing.has_index()] == [True, True, False, False]


async def test_several_workers_make_one_index(growing: Crowd) -> None:
    async def make() -> bool:
        async with workspace(growing.pool, growing.id) as connection:
            return await store.make_index(connection, growing.id, MODEL)

    assert sorted(await asyncio.gather(make(), make(), make())) == [False, False, True]


async def test_a_worker_killed_while_it_makes_the_index_leaves_none_and_the_next_makes_it(growing: Crowd) -> None:
    async def killed() -> None:
        async with workspace(growing.pool, growing.id) as connection:
            assert await store.make_index(connection, growing.id, MODEL)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await killed()
    assert not await growing.has_index()
    assert (await growing.nearest(growing.vectors[0])).exhaustive
    await growing.tend()
    assert await growing.has_index()


async def test_making_it_waits_for_no_writer_for_long(growing: Crowd) -> None:
    async with workspace(growing.pool, growing.id) as writer:
        await store.drop_vectors(writer, growing.id, growing.ids[:1])
        await growing.tend()
        assert not await growing.has_index()
    await growing.enter(to=1)
    await growing.tend()
    assert await growing.has_index()


async def test_nobody_makes_or_drops_an_index_of_another_workspace(growing: Crowd, workspace_id: UUID) -> None:
    async with workspace(growing.pool, workspace_id) as stranger:
        assert not await store.make_index(stranger, growing.id, MODEL)
    await growing.tend()
    async with workspace(growing.pool, workspace_id) as stranger:
        assert not await store.drop_index(stranger, growing.id, MODEL)
    assert await growing.has_index()


async def test_an_index_of_a_model_nobody_has_vectors_of_is_not_made(growing: Crowd) -> None:
    async with workspace(growing.pool, growing.id) as connection:
        assert not await store.make_index(connection, growing.id, "another model")


async def test_a_workspace_that_is_embedded_past_the_threshold_has_an_index_and_is_answered_by_it(
    people: People, embeddings_pool: Pool, models: Models
) -> None:
    async def progress(done: int, total: int) -> None: ...

    ids = await people.push(**{f"n{number}": {} for number in range(40)})
    assert (await people.read(f"/similar/{ids['n0']}", limit=5))["exhaustive"] is False
    await embed.embed_workspace(embeddings_pool, people.id, models, progress, index_threshold=40)
    found = await people.read(f"/similar/{ids['n0']}", limit=5)
    assert len(found["items"]) == 5
    assert found["exhaustive"] is False
    assert (await people.read(f"/similar/{ids['n0']}", limit=50))["exhaustive"] is True
