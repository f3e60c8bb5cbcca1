"""The night's jobs: each workspace's once a night by its own clock, however many replicas ask."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.jobs import Job, Queue, nightly, store
from services.crm.settings import CrmSettings
from tests.conftest import House

STAGES = (nightly.Stage("graph", time(0, 0)),)  # of the day that the database's own clock shows
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("crm"), name="test", max_size=6) as pool:
        yield pool


@pytest.fixture
def queue(crm_settings: CrmSettings) -> Queue:
    return Queue("crm", crm_settings.direct_database_url)


@pytest.fixture
async def workspace_id(crm: House) -> UUID:
    """Return a workspace whose clock is UTC's."""
    workspace_id = uuid4()
    answer = await crm.client.put("/api/ml/crm/workspace", json={"timezone": "UTC"}, headers=crm.token(workspace_id))
    assert answer.status_code == 200, answer.text
    return workspace_id


async def jobs(pool: Pool, workspace_id: UUID, kind: str = "graph") -> list[Job]:
    async with workspace(pool, workspace_id) as connection:
        return await store.page(connection, workspace_id, kind=kind, after=None, limit=10)


async def end(pool: Pool, job: Job, state: str = "succeeded") -> None:
    async with workspace(pool, job.workspace_id) as connection:
        await store.start(connection, job.workspace_id, job.id)
        await store.finish(connection, job, state=state)


async def test_before_its_time_nothing_is_asked_for(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    early = NOW.replace(hour=3, minute=44, second=59)
    await nightly.ask(pool, queue, (nightly.Stage("graph", time(3, 45)),), early, {})
    assert await jobs(pool, workspace_id) == []


async def test_several_replicas_ask_once(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    await asyncio.gather(*(nightly.ask(pool, queue, STAGES, NOW, {}) for _ in range(4)))
    [job] = await jobs(pool, workspace_id)
    assert (job.state, job.arguments) == ("queued", {})


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_what_has_run_this_night_does_not_run_again(
    pool: Pool, queue: Queue, workspace_id: UUID, state: str
) -> None:
    await nightly.ask(pool, queue, STAGES, NOW, {})
    await end(pool, (await jobs(pool, workspace_id))[0], state)
    await nightly.ask(pool, queue, STAGES, NOW, {})
    assert len(await jobs(pool, workspace_id)) == 1


async def test_the_next_night_it_runs_again(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    settled: nightly.Settled = {}
    await nightly.ask(pool, queue, STAGES, NOW, settled)
    await end(pool, (await jobs(pool, workspace_id))[0])
    await nightly.ask(pool, queue, STAGES, NOW, settled)
    assert len(await jobs(pool, workspace_id)) == 1
    await nightly.ask(pool, queue, STAGES, NOW + timedelta(days=1), settled)
    assert len(await jobs(pool, workspace_id)) == 2


async def test_what_somebody_asked_for_today_counts_but_not_what_is_about_the_past(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    async with workspace(pool, workspace_id) as connection:
        past = await queue.enqueue(connection, workspace_id, "graph", {"as_of": "2020-01-01T00:00:00Z"})
    await end(pool, past)
    await nightly.ask(pool, queue, STAGES, NOW, {})
    assert [job.arguments for job in await jobs(pool, workspace_id)] == [{}, past.arguments]


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_a_stage_waits_for_the_one_it_needs_to_end(
    pool: Pool, queue: Queue, workspace_id: UUID, state: str
) -> None:
    chain = (*STAGES, nightly.Stage("after", time(0, 0), needs=STAGES[0]))
    settled: nightly.Settled = {}
    await nightly.ask(pool, queue, chain, NOW, settled)
    await nightly.ask(pool, queue, chain, NOW, settled)
    assert await jobs(pool, workspace_id, "after") == []
    await end(pool, (await jobs(pool, workspace_id))[0], state)
    await nightly.ask(pool, queue, chain, NOW, settled)
    await nightly.ask(pool, queue, chain, NOW, settled)
    assert len(await jobs(pool, workspace_id, "after")) == 1


async def test_a_run_of_the_needed_stage_that_ended_the_night_before_is_not_the_one(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    chain = (*STAGES, nightly.Stage("after", time(0, 0), needs=STAGES[0]))
    await nightly.ask(pool, queue, STAGES, NOW, {})
    await end(pool, (await jobs(pool, workspace_id))[0])
    await nightly.ask(pool, queue, chain[1:], NOW + timedelta(days=1), {})
    assert await jobs(pool, workspace_id, "after") == []


async def test_a_stage_whose_own_time_is_the_later_one_waits_for_it(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    late = nightly.Stage("after", time(23, 59, 59), needs=STAGES[0])
    await nightly.ask(pool, queue, STAGES, NOW, {})
    await end(pool, (await jobs(pool, workspace_id))[0])
    await nightly.ask(pool, queue, (late,), NOW.replace(hour=23, minute=59, second=0), {})
    assert await jobs(pool, workspace_id, "after") == []


async def test_a_service_that_asks_goes_on_when_the_database_was_away(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    away = open_pool("host=127.0.0.1 port=1 connect_timeout=1", name="away", max_size=1)
    asking = asyncio.create_task(nightly.keep(away, queue, STAGES, clock=lambda: NOW, every_s=0.05))
    await asyncio.sleep(0.2)
    assert not asking.done()
    asking.cancel()
    assert await jobs(pool, workspace_id) == []
