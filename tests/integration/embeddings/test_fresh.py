"""Vectors stay as fresh as the facts, and what has not changed costs nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from kit import feed
from kit.cache import Server
from kit.db import Pool, workspace
from kit.errors import Unavailable
from kit.jobs import Job, Queue, Run, store
from kit.testing import until
from services.embeddings.domain import NewVector
from services.embeddings.jobs import follow, run_embed
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.store import put_vectors
from tests.conftest import Provider
from tests.integration.embeddings.conftest import People


async def test_a_second_run_costs_no_call_of_the_model(people: People, provider: Provider) -> None:
    await people.push(Ada={"title": "Countess"}, Grace={}, nobody={"first_name": ""})
    before = provider.inputs
    assert await people.embed() == {"embedded": 2, "unchanged": 0, "without_text": 1, "removed": 0}
    assert provider.inputs - before == 2
    requests = provider.requests
    assert await people.embed() == {"embedded": 0, "unchanged": 2, "without_text": 1, "removed": 0}
    assert provider.requests == requests


async def test_only_a_change_of_what_the_model_reads_is_embedded_again(people: People, provider: Provider) -> None:
    await people.push(Ada={}, Grace={})
    await people.embed()
    await people.push(Ada={"phones": ["+44"], "custom": {"x": 1}, "influence_score": 0.5}, Grace={"notes": "new"})
    before = provider.inputs
    assert (await people.embed())["embedded"] == 1
    assert provider.inputs - before == 1


async def test_following_brings_the_pushed_renews_the_changed_and_drops_the_erased(
    people: People, provider: Provider
) -> None:
    ids = await people.push(Ada={}, Grace={}, Edsger={})
    await people.follow(until_vectors=set(ids.values()))
    before, calls = await people.vectors(), provider.inputs
    await people.push(Ada={"title": "Countess"}, Grace={"first_name": ""})
    await people.erase(ids["Edsger"])
    await people.follow(until_vectors={ids["Ada"]})
    assert provider.inputs - calls == 1
    assert list((await people.vectors())[UUID(ids["Ada"])]) != list(before[UUID(ids["Ada"])])


async def test_following_that_was_killed_before_its_end_begins_there_again(
    people: People, away: Provider, embeddings_pool: Pool
) -> None:
    ids = await people.push(Ada={}, Grace={})

    async def changes() -> int:
        async with workspace(embeddings_pool, people.id) as connection:
            return len(await feed.read_changes(connection, people.id, limit=10))

    await until(changes)
    with pytest.raises(Unavailable):
        await people.follow(until_vectors=set(ids.values()))
    assert await changes() == 2
    away.failure = None
    await people.follow(until_vectors=set(ids.values()))
    assert await changes() == 0


async def test_erasing_does_not_wait_for_a_provider_that_is_away(people: People, provider: Provider) -> None:
    ids = await people.push(Ada={}, Grace={})
    await people.follow(until_vectors=set(ids.values()))
    await people.push(Grace={"title": "Admiral"})
    await people.erase(ids["Ada"])
    provider.failure = 500

    async def dropped() -> bool:
        with suppress(Unavailable):
            await people.follow(until_vectors={ids["Grace"]})
        return UUID(ids["Ada"]) not in await people.vectors()

    try:
        await until(dropped)
    finally:
        provider.failure = None


async def test_a_vector_that_was_on_its_way_when_its_contact_was_erased_is_not_kept(
    people: People, embeddings_pool: Pool, model: EmbeddingModel
) -> None:
    ids = await people.push(Ada={})
    [made] = await model.embed(["Ada"])
    await people.erase(ids["Ada"])
    async with workspace(embeddings_pool, people.id) as connection:
        await put_vectors(connection, people.id, model.name, [NewVector(UUID(ids["Ada"]), b"x" * 32, made)])
    assert await people.vectors() == {}


async def test_vectors_of_contacts_that_are_gone_are_removed_by_the_job_too(people: People) -> None:
    ids = await people.push(Ada={}, Grace={})
    await people.embed()
    await people.erase(ids["Ada"])
    assert await people.embed() == {"embedded": 0, "unchanged": 1, "without_text": 0, "removed": 1}


async def test_a_workspace_larger_than_a_page_is_embedded_whole_and_once(people: People, provider: Provider) -> None:
    for start in range(0, 2_500, 500):
        await people.push(**{f"n{number}": {} for number in range(start, start + 500)})
    before = provider.inputs
    assert (await people.embed())["embedded"] == 2_500
    assert provider.inputs - before == 2_500
    assert len(await people.vectors()) == 2_500


class Watched:
    """Counts how many are at work in each workspace at a time."""

    def __init__(self) -> None:
        self.now: dict[UUID, int] = {}
        self.most = 0
        self.runs: list[str] = []

    @asynccontextmanager
    async def at_work(self, what: str, workspace_id: UUID) -> AsyncIterator[None]:
        self.now[workspace_id] = self.now.get(workspace_id, 0) + 1
        self.most = max(self.most, self.now[workspace_id])
        self.runs.append(what)
        yield
        self.now[workspace_id] -= 1


@pytest.fixture
async def queue(
    embeddings_settings: EmbeddingsSettings, embeddings_pool: Pool, models: Models
) -> AsyncIterator[tuple[Queue, Watched]]:
    """Run the worker of this service, with a watch on what runs beside what."""
    queue, watched = Queue("embeddings", embeddings_settings.direct_database_url), Watched()

    async def embedding(run: Run) -> dict[str, Any]:
        async with watched.at_work("embed", run.job.workspace_id):
            return await run_embed(run, models=models, cache=Server(None, "test"))

    async def following(workspace_id: UUID) -> None:
        async with watched.at_work("follow", workspace_id):
            await follow(workspace_id, pool=embeddings_pool, models=models, cache=Server(None, "test"))

    queue.handle("embed", embedding)
    queue.follow(following)
    url = embeddings_settings.direct_database_url
    watch = partial(feed.watch, embeddings_pool, url, partial(queue.enqueue_follow, kind="embed"))
    task = asyncio.create_task(queue.work(embeddings_pool, concurrency=4, beside=watch))
    yield queue, watched
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_running_worker_embeds_what_is_pushed_and_never_twice_at_once_in_one_workspace(
    people: People, queue: tuple[Queue, Watched], embeddings_pool: Pool
) -> None:
    ids = await people.push(Ada={}, Grace={})
    asked = (await people.ask("POST", "/embeddings/jobs", json={"kind": "embed"})).json()

    async def ended() -> Job | None:
        async with workspace(embeddings_pool, people.id) as connection:
            job = await store.one(connection, people.id, UUID(asked["id"]))
        return job if job and job.finished_at else None

    async def all_there() -> bool:
        return {str(contact_id) for contact_id in await people.vectors()} == set(ids.values())

    assert (await until(ended)).state == "succeeded"
    for name in "abcdefgh":
        ids |= await people.push(**{name: {}})
        await people.ask("POST", "/embeddings/jobs", json={"kind": "embed"})
    await until(all_there)

    async def idle() -> bool:
        jobs = await people.read("/embeddings/jobs")
        return all(job["state"] == "succeeded" for job in jobs["items"])

    await until(idle)
    _queue, watched = queue
    assert set(watched.runs) == {"embed", "follow"}
    assert watched.most == 1
