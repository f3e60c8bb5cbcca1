"""Durable jobs: enqueued with the caller's transaction, seen while they run, finished whoever dies."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog

from deploy.embedded import postgres
from kit.db import Pool, workspace
from kit.errors import Unavailable
from kit.jobs import Job, Queue, Run, store
from kit.testing import until
from tests.integration.kit import worker


@pytest.fixture(scope="module")
def conninfo(database: postgres.Server) -> str:
    """Return the running role of a service whose own workers are not started here; the queue is ours alone."""
    return database.conninfo("embeddings")


@pytest.fixture(scope="module")
async def pool(conninfo: str) -> AsyncIterator[Pool]:
    async with worker.make_pool(conninfo) as pool:
        yield pool


@pytest.fixture
def queue(conninfo: str) -> Queue:
    return worker.make_queue(conninfo)


@pytest.fixture
def processes(conninfo: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Return what starts another worker process."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.integration.kit.worker", conninfo]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))  # noqa: S603 our own command
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@asynccontextmanager
async def working(queue: Queue, pool: Pool) -> AsyncIterator[None]:
    """Run a worker inside this process."""
    open_now = asyncio.Event()

    async def beside() -> None:
        open_now.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(queue.work(pool, concurrency=4, beside=beside))
    await open_now.wait()
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ask(pool: Pool, queue: Queue, workspace_id: UUID, kind: str, **arguments: int) -> Job:
    async with workspace(pool, workspace_id) as connection:
        return await queue.enqueue(connection, workspace_id, kind, arguments)


async def look(pool: Pool, job: Job) -> Job:
    async with workspace(pool, job.workspace_id) as connection:
        found = await store.one(connection, job.workspace_id, job.id)
    assert found is not None
    return found


async def seen(pool: Pool, job: Job, when: Callable[[Job], bool], *, timeout_s: float = 20.0) -> Job:
    async def found() -> Job | None:
        now = await look(pool, job)
        return now if when(now) else None

    return await until(found, timeout_s=timeout_s)


async def ended(pool: Pool, job: Job, *, timeout_s: float = 20.0) -> Job:
    return await seen(pool, job, lambda now: now.finished_at is not None, timeout_s=timeout_s)


async def test_a_job_comes_into_being_with_its_callers_transaction_or_not_at_all(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    with suppress(ZeroDivisionError):
        async with workspace(pool, workspace_id) as connection:
            lost = await queue.enqueue(connection, workspace_id, "count", {"steps": 1})
            raise ZeroDivisionError
    kept = await ask(pool, queue, workspace_id, "count", steps=1)
    async with working(queue, pool):
        assert (await ended(pool, kept)).state == "succeeded"
    async with workspace(pool, workspace_id) as connection:
        assert await store.one(connection, workspace_id, lost.id) is None
        queued = await connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'job_id' = %s", (str(lost.id),)
        )
        assert await queued.fetchone() == (0,)


async def test_a_job_knows_which_request_asked_for_it_and_its_own_steps_say_so(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    said: list[dict[str, str]] = []

    async def name(run: Run) -> dict[str, str]:
        context = structlog.contextvars.get_contextvars()
        async with workspace(run.pool, run.job.workspace_id) as connection:
            row = await (await connection.execute("SELECT current_setting('application_name')")).fetchone()
        assert row is not None
        said.append({key: context.get(key, "") for key in ("request_id", "traceparent", "job_id")})
        return {"name": row[0]}

    queue.handle("name", name)
    with structlog.contextvars.bound_contextvars(request_id="request-0001", traceparent=trace):
        asked = await ask(pool, queue, workspace_id, "name")
    nobodys = await ask(pool, queue, uuid4(), "name")
    async with working(queue, pool):
        done, alone = await ended(pool, asked), await ended(pool, nobodys)
    assert (done.request_id, done.traceparent) == ("request-0001", trace)
    assert done.result == {"name": "rehearsal request-0001"}
    assert {"request_id": "request-0001", "traceparent": trace, "job_id": str(asked.id)} in said
    assert (alone.request_id, alone.result) == (None, {"name": "rehearsal"})
    assert {"request_id": "", "traceparent": "", "job_id": str(nobodys.id)} in said


async def test_whoever_asks_again_is_given_the_job_that_waits(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    async def ask_once() -> Job:
        async with workspace(pool, workspace_id) as connection:
            return await queue.enqueue(connection, workspace_id, "count", {"steps": 1}, unique_key="count")

    assert len({job.id for job in await asyncio.gather(*(ask_once() for _ in range(5)))}) == 1
    async with workspace(pool, workspace_id) as connection:
        assert len(await store.page(connection, workspace_id, kind=None, after=None, limit=10)) == 1


async def test_progress_is_seen_while_a_job_runs_and_is_whole_at_its_end(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    job = await ask(pool, queue, workspace_id, "count", steps=6)
    async with working(queue, pool):
        half = await seen(pool, job, lambda now: 0 < now.done < 6)
        assert (half.state, half.total) == ("running", 6)
        done = await ended(pool, job)
    assert (done.state, done.done, done.total) == ("succeeded", 6, 6)


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    first, second = [await ask(pool, queue, workspace_id, "count", steps=3) for _ in range(2)]
    async with workspace(pool, workspace_id) as connection:
        await store.cancel(connection, workspace_id, first.id)
    assert (await look(pool, first)).state == "cancelled"
    async with working(queue, pool):
        await ended(pool, second)
    cancelled = await look(pool, first)
    assert (cancelled.state, cancelled.done, cancelled.started_at) == ("cancelled", 0, None)


async def test_a_running_job_is_cancelled_at_its_next_step(pool: Pool, queue: Queue, workspace_id: UUID) -> None:
    job = await ask(pool, queue, workspace_id, "count", steps=1_000)
    async with working(queue, pool):
        await seen(pool, job, lambda now: now.done > 1)
        async with workspace(pool, workspace_id) as connection:
            await store.cancel(connection, workspace_id, job.id)
        assert (await ended(pool, job)).state == "cancelled"


async def test_a_fault_is_shown_without_its_message_and_tried_again(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    job = await ask(pool, queue, workspace_id, "stumble")
    async with working(queue, pool):
        stumbled = await seen(pool, job, lambda now: now.error is not None)
        done = await ended(pool, job)
    assert stumbled.error is not None
    assert stumbled.error.items() >= {"code": "internal_error", "attempt": 1, "final": False}.items()
    assert worker.PERSONAL not in str(stumbled.error)
    assert (done.state, done.error) == ("succeeded", None)


async def test_an_error_that_lasts_fails_at_once_and_says_everything(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    job = await ask(pool, queue, workspace_id, "refuse")
    async with working(queue, pool):
        failed = await ended(pool, job)
    assert failed.state == "failed"
    assert failed.error is not None
    facts = {"code": "no_such_thing", "detail": "There is no such thing.", "hint": "look elsewhere", "attempt": 1}
    assert failed.error.items() >= facts.items()


async def test_jobs_of_one_kind_and_workspace_run_one_after_the_other(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    jobs = [await ask(pool, queue, workspace_id, "count", steps=2) for _ in range(3)]
    async with working(queue, pool):
        done = [await ended(pool, job) for job in jobs]
    for earlier, later in pairwise(done):
        assert earlier.finished_at is not None
        assert later.started_at is not None
        assert earlier.finished_at <= later.started_at


async def test_a_queue_that_lost_its_connections_while_a_job_ran_goes_on_to_the_next(
    pool: Pool, queue: Queue, workspace_id: UUID, database: postgres.Server
) -> None:
    first, second = [await ask(pool, queue, workspace_id, "count", steps=5) for _ in range(2)]
    async with working(queue, pool):
        await seen(pool, first, lambda now: now.done > 2)
        with psycopg.connect(database.conninfo(), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rehearsal-queue' AND query NOT LIKE 'LISTEN%'"
            )
        assert (await ended(pool, first)).state == "succeeded"
        assert (await ended(pool, second)).state == "succeeded"


async def test_following_that_fails_is_tried_again_though_more_has_been_asked_for_meanwhile(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    runs: list[UUID] = []

    async def follow(asked_for: UUID) -> None:
        runs.append(asked_for)
        if len(runs) == 1:
            await queue.enqueue_follow(asked_for, "count")
            raise ValueError(worker.PERSONAL)

    queue.follow(follow)

    async def both_ran() -> bool:
        return len(runs) >= 3

    async with working(queue, pool):
        await queue.enqueue_follow(workspace_id, "count")
        await until(both_ran)
        job = await ask(pool, queue, workspace_id, "count", steps=1)
        assert (await ended(pool, job)).state == "succeeded"
    assert set(runs) == {workspace_id}


async def test_what_a_killed_worker_held_is_finished_by_another(
    pool: Pool, queue: Queue, workspace_id: UUID, processes: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """The other also has to rescue a feed follower, whose successor waits already."""
    followed = uuid4()

    async def following(attempts: int) -> bool:
        query = "SELECT FROM procrastinate_jobs WHERE lock = %s AND status = 'doing' AND attempts = %s"
        async with pool.connection() as connection:
            return (await connection.execute(query, (f"{followed}:count", attempts))).rowcount == 1

    queue.follow(worker.follow)
    victim = processes()
    async with queue._app.open_async():
        await queue.enqueue_follow(followed, "count")
        await until(lambda: following(attempts=0))
        await queue.enqueue_follow(followed, "count")
    job = await ask(pool, queue, workspace_id, "count", steps=30)
    await seen(pool, job, lambda now: now.done > 2)
    victim.send_signal(signal.SIGKILL)
    processes()
    done = await ended(pool, job, timeout_s=40)
    assert done.state == "succeeded"
    assert done.result is not None
    assert done.result["earlier_run_did"] > 2
    await until(lambda: following(attempts=1))


async def test_a_worker_told_to_stop_loses_no_job(
    pool: Pool, queue: Queue, workspace_id: UUID, processes: Callable[[], subprocess.Popen[bytes]]
) -> None:
    told = processes()
    job = await ask(pool, queue, workspace_id, "count", steps=20)
    await seen(pool, job, lambda now: now.done > 2)
    told.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(told.wait, 10) == 0
    processes()
    assert (await ended(pool, job)).state == "succeeded"


async def test_a_job_that_waits_for_something_outside_lets_others_of_its_lock_go_first(
    pool: Pool, queue: Queue, workspace_id: UUID
) -> None:
    async def patient(run: Run) -> dict[str, int]:
        if run.job.arguments["waits"]:
            raise Unavailable("The provider asks to wait.", code="away", retry_after_s=600)
        return {}

    queue.handle("patient", patient, patient=True)
    waiting = await ask(pool, queue, workspace_id, "patient", waits=1)
    async with working(queue, pool):
        await seen(pool, waiting, lambda job: job.error is not None)
        other = await ask(pool, queue, workspace_id, "patient", waits=0)
        assert (await ended(pool, other)).state == "succeeded"
    now = await look(pool, waiting)
    assert now.error is not None
    assert (now.state, now.error["code"], now.error["final"]) == ("running", "away", False)
    async with workspace(pool, workspace_id) as connection:
        rows = await connection.execute(
            "SELECT scheduled_at > now() + interval '9 minutes' FROM procrastinate_jobs WHERE args ->> 'job_id' = %s",
            (str(waiting.id),),
        )
        assert await rows.fetchone() == (True,)
