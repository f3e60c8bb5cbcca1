"""The queue of one service: enqueue in the caller's transaction, run with retries, rescue what a dead worker held.

Procrastinate carries the queue; the `jobs` table is what callers see.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import procrastinate
import structlog
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as QueueJob
from pydantic import SecretStr

from kit.db import LOST, Connection, Pool, load_query, workspace
from kit.errors import Conflict, RapportError, Unavailable, problem
from kit.idempotency.store import forget_expired
from kit.jobs import store
from kit.jobs.domain import Job, JobCancelled
from kit.logs import describe, get_logger

log = get_logger(__name__)

MAX_ATTEMPTS = 8
LONGEST_WAIT_S = 30
LONGEST_ASKED_WAIT_S = 900  # a job is looked at again by then: it may have been cancelled, or what it waits for come
GIVES_WAY = -1  # the priority of a job that waits for something outside
KEEP_ENDED_DAYS = 30
DEAD_AFTER_S = 12.0
POLLING_S = 2.0
GRACEFUL_STOP_S = 8.0
SQL = Path(__file__).parent / "sql"
EVERY_TEN_SECONDS = "* * * * * */10"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job, as its handler sees it."""

    job: Job
    pool: Pool

    async def progress(self, done: int, total: int | None = None) -> None:
        """Record how far this run has come; raise JobCancelled when somebody wants it to stop."""
        async with workspace(self.pool, self.job.workspace_id) as connection:
            stop = await store.record_progress(connection, self.job.workspace_id, self.job.id, done=done, total=total)
        if stop:
            raise JobCancelled


Handler = Callable[[Run], Awaitable[dict[str, Any]]]
Follow = Callable[[UUID], Awaitable[None]]


class Backoff(BaseRetryStrategy):
    """Wait 2, 4, 8 … LONGEST_WAIT_S seconds between attempts; when to give up is the task's to say.

    What `gives_way` waits at least as long as its failure's `retry_after_s` says, and lets others of its lock go first.
    """

    def __init__(self, *, gives_way: bool) -> None:
        self._gives_way = gives_way

    def get_retry_decision(self, *, exception: BaseException, job: QueueJob) -> RetryDecision | None:
        log.warning("attempt_failed", task=job.task_name, attempt=job.attempts + 1, **describe(exception))
        wait_s = min(2 ** (min(job.attempts, 10) + 1), LONGEST_WAIT_S)
        asked_s = exception.retry_after_s if isinstance(exception, RapportError) else None
        if asked_s is None or not self._gives_way:
            return RetryDecision(retry_in={"seconds": wait_s})
        return RetryDecision(retry_in={"seconds": max(wait_s, min(asked_s, LONGEST_ASKED_WAIT_S))}, priority=GIVES_WAY)


class Queue:
    """Durable jobs of one service: its kinds, its handlers, its worker."""

    def __init__(
        self,
        service: str,
        direct_database_url: SecretStr,
        *,
        dead_after_s: float = DEAD_AFTER_S,
        graceful_stop_s: float = GRACEFUL_STOP_S,
    ) -> None:
        connector = procrastinate.PsycopgConnector(
            conninfo=direct_database_url.get_secret_value(),
            kwargs={"application_name": f"{service}-queue"},
            min_size=1,
            max_size=4,
        )
        self.service = service
        self._dead_after_s = dead_after_s
        self._graceful_stop_s = graceful_stop_s
        self._app = procrastinate.App(connector=connector)
        register = self._app.task(
            name=f"{service}.run", queue=service, pass_context=True, retry=Backoff(gives_way=True)
        )
        self._task = register(self._run)
        self._handlers: dict[str, Handler] = {}
        self._patient: set[str] = set()
        self._pool: Pool | None = None
        self._follow_task: Any = None
        self._add_rescue()

    def handle(self, kind: str, handler: Handler, *, patient: bool = False) -> None:
        """Say what runs a kind of job. A handler may be killed at any line and is then run again from the start.

        A `patient` kind is tried again for as long as what it needs is away: giving up would lose what was promised.
        """
        self._handlers[kind] = handler
        if patient:
            self._patient.add(kind)

    def follow(self, handler: Follow) -> None:
        """Say what follows the change feed of one workspace; see kit.feed for who asks for it."""

        async def follow(context: JobContext, *, workspace_id: str) -> None:
            await self._free_queueing_lock(context.job)
            await handler(UUID(workspace_id))

        register = self._app.task(
            name=f"{self.service}.follow", queue=self.service, pass_context=True, retry=Backoff(gives_way=False)
        )
        self._follow_task = register(follow)

    async def enqueue(
        self,
        connection: Connection,
        workspace_id: UUID,
        kind: str,
        arguments: dict[str, Any],
        *,
        unique_key: str = "",
        alone_with: str = "",
    ) -> Job:
        """Add a job in the caller's transaction, or return the one with the same key that is still waiting.

        Jobs of a kind run one at a time in a workspace; with `alone_with`, only those of the same word do.
        """
        job_id = uuid4()
        key = unique_key or str(job_id)
        context = structlog.contextvars.get_contextvars()
        added = await store.add(
            connection,
            workspace_id=workspace_id,
            job_id=job_id,
            kind=kind,
            arguments=arguments,
            unique_key=key,
            request_id=context.get("request_id"),
            traceparent=context.get("traceparent"),
        )
        if added is None:
            present = await store.waiting(connection, workspace_id, key)
            if present is None:
                raise Conflict("The same job has just started; ask again.", code="job_starting", retry_after_s=1)
            return present
        lock = ":".join(filter(None, (str(workspace_id), kind, alone_with)))
        deferrer = self._task.configure(connection=connection, lock=lock)
        await deferrer.defer_async(workspace_id=str(workspace_id), job_id=str(job_id))
        return added

    async def enqueue_follow(self, workspace_id: UUID, kind: str) -> None:
        """Ask for one workspace's feed to be followed, unless that is waiting already; never beside a job of `kind`."""
        name = f"{workspace_id}:{kind}"
        try:
            await self._follow_task.configure(lock=name, queueing_lock=name).defer_async(workspace_id=str(workspace_id))
        except AlreadyEnqueued:
            return
        except ConnectorException as error:
            raise Unavailable("The job queue does not answer.", code="database_unavailable") from error

    async def work(
        self, pool: Pool, *, concurrency: int, beside: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        """Run jobs, and `beside` them what asks for more, until the process is told to stop.

        A job that is still running then is run again later. Should either end by a fault, the process ends with it:
        whoever keeps it running starts it anew.
        """
        self._pool = pool
        async with self._app.open_async():
            tasks = [asyncio.create_task(self._run_worker(concurrency))]
            if beside is not None:
                tasks.append(asyncio.create_task(beside()))
            try:
                ended, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:  # also when work() is cancelled: a worker must not outlive the connections it uses
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in ended:
                task.result()

    async def _run_worker(self, concurrency: int) -> None:
        await self._app.run_worker_async(
            queues=[self.service],
            concurrency=concurrency,
            fetch_job_polling_interval=POLLING_S,
            shutdown_graceful_timeout=self._graceful_stop_s,
            update_heartbeat_interval=self._dead_after_s / 4,
            stalled_worker_timeout=self._dead_after_s,
            delete_jobs="successful",
        )

    async def _run(self, context: JobContext, *, workspace_id: str, job_id: str) -> None:
        assert self._pool is not None  # noqa: S101 work() sets it before the first job
        pool, tenant = self._pool, UUID(workspace_id)
        async with workspace(pool, tenant) as connection:
            job = await store.start(connection, tenant, UUID(job_id))
        if job is not None:
            with structlog.contextvars.bound_contextvars(job_id=job_id, **job.trace):
                await self._run_started(pool, job, context)

    async def _run_started(self, pool: Pool, job: Job, context: JobContext) -> None:
        if context.job.attempts >= MAX_ATTEMPTS and job.kind not in self._patient:
            gave_up = {"code": "gave_up", "detail": f"The job did not end in {MAX_ATTEMPTS} attempts."}
            await _finish(pool, job, state="failed", error=gave_up)
            return
        try:
            result = await self._handlers[job.kind](Run(job, pool))
        except JobCancelled:
            await _finish(pool, job, state="cancelled")
        except Exception as error:  # noqa: BLE001 the worker's root: any fault is recorded, then tried again or given up
            await self._record_failure(pool, job, error, attempt=context.job.attempts + 1)
        else:
            await _finish(pool, job, state="succeeded", result=result)

    async def _record_failure(self, pool: Pool, job: Job, error: Exception, *, attempt: int) -> None:
        """Note the failure for the caller; raise it again while another attempt may help."""
        lasting = isinstance(error, RapportError) and error.status < 500
        final = lasting or (attempt >= MAX_ATTEMPTS and job.kind not in self._patient)
        facts = _public(error) | {"attempt": attempt, "final": final}
        log.warning("job_failed", kind=job.kind, attempt=attempt, final=final, **describe(error))
        if final:
            await _finish(pool, job, state="failed", error=facts)
            return
        async with workspace(pool, job.workspace_id) as connection:
            await store.note_error(connection, job, facts)
        raise error

    def _add_rescue(self) -> None:
        """A job whose worker was killed stays `doing`: hand it out again once its heartbeat is gone."""

        async def rescue(timestamp: int) -> None:  # noqa: ARG001 Procrastinate passes the time it was due
            stalled = await self._app.job_manager.get_stalled_jobs(
                queue=self.service, seconds_since_heartbeat=self._dead_after_s
            )
            for job in stalled:
                log.warning("job_rescued", queue_job_id=job.id, task=job.task_name)
                await self._free_queueing_lock(job)
                await self._app.job_manager.retry_job(job)

        register = self._app.task(name=f"{self.service}.rescue", queue=self.service)
        self._app.periodic(cron=EVERY_TEN_SECONDS)(register(rescue))

    async def _free_queueing_lock(self, job: QueueJob) -> None:
        """Procrastinate keeps it while the job runs: a retry then fails if a successor waits, and the job hangs."""
        await self._app.connector.execute_query_async(load_query(SQL, "free_queueing_lock"), id=job.id)


async def _finish(pool: Pool, job: Job, **ending: Any) -> None:
    async with workspace(pool, job.workspace_id) as connection:
        await store.finish(connection, job, **ending)
        await store.forget_old(connection, job.workspace_id, days=KEEP_ENDED_DAYS)
        await forget_expired(connection, job.workspace_id)


def _public(error: Exception) -> dict[str, Any]:
    """What a caller may know: our own errors in full, others by class (their messages may hold a row)."""
    if isinstance(error, RapportError):
        return {key: value for key, value in problem(error).items() if key not in {"type", "title", "status"}}
    if isinstance(error, LOST):
        return {"code": "database_unavailable", "detail": "The database did not answer."}
    return {"code": "internal_error", "detail": "The job hit a fault of ours; it is in the log."}
