"""The worker process of services/churn: every tie scored every night, a model trained every week."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from kit import feed, logs
from kit.cache import Server
from kit.db import Connection, Pool, open_pool, workspace
from kit.jobs import Queue, Run, nightly
from kit.registry import Served, publish
from services.churn import model
from services.churn.domain import TooFewExamples
from services.churn.settings import ChurnSettings
from services.churn.train import look_back, train
from services.churn.usecases import facts
from services.churn.usecases.follow import follow_workspace
from services.churn.usecases.run import predict_workspace
from services.churn.usecases.score import Serving

SUNDAY = 6
NIGHTLY = (nightly.Stage("predict", time(4, 30)), nightly.Stage("train", time(4, 25), weekday=SUNDAY))
ASIDE_AFTER = timedelta(days=1)  # an instant longer ago is looked back on; what is shown is about now
LEARNS_FROM = timedelta(days=3 * 365)


async def run_predict(run: Run, *, serving: Serving, cache: Server) -> dict[str, Any]:
    """Score every tie; killed and run again, it goes on where it stopped."""
    workspace_id, as_of, now = run.job.workspace_id, _as_of(run), datetime.now(UTC)
    aside = now - as_of > ASIDE_AFTER
    told = await predict_workspace(
        run.pool, workspace_id, run.job.id, as_of, serving, run.progress, now=now, aside=aside
    )
    if not aside:
        await cache.raise_epoch(workspace_id)
    return told


async def run_train(run: Run, *, cache: Server) -> dict[str, Any]:
    """Learn from what is past, and let the model serve where it beats what it has to beat."""
    workspace_id, as_of = run.job.workspace_id, _as_of(run)
    async with workspace(run.pool, workspace_id) as connection:
        log = await facts.load_log(connection, workspace_id, as_of - LEARNS_FROM, as_of)
    await run.progress(1, 3)
    try:
        examples = await asyncio.to_thread(look_back, log, facts.day(as_of))
        await run.progress(2, 3)
        trained = await asyncio.to_thread(train, examples, as_of, pooled=None)
    except TooFewExamples as error:
        return {"trained": False, "reason": str(error)}
    async with workspace(run.pool, workspace_id) as connection:
        serves = await publish(connection, workspace_id, trained, actor="service:churn")
    await cache.raise_epoch(workspace_id)
    return {"trained": True, "version": trained.version, "serves": serves, "reason": trained.gate.reason}


async def follow(workspace_id: UUID, *, pool: Pool, queue: Queue, serving: Serving, cache: Server) -> None:
    """Score anew what changed and forget who is gone; what was kept from before the change is found no more."""

    async def ask_for_run(connection: Connection, workspace_id: UUID) -> None:
        await queue.enqueue(connection, workspace_id, "predict", {}, unique_key="predict")

    try:
        await follow_workspace(pool, workspace_id, serving, ask_for_run, lambda: datetime.now(UTC))
    finally:
        await cache.raise_epoch(workspace_id)


def _as_of(run: Run) -> datetime:
    """Return the instant whose facts a job uses: the same however often it is run again."""
    named = run.job.arguments.get("as_of")
    return datetime.fromisoformat(named) if named else run.job.started_at or datetime.now(UTC)


async def main() -> None:
    settings = ChurnSettings()
    logs.configure("churn-worker", level=settings.log_level, format=settings.log_format)
    pool = open_pool(
        settings.database_url.get_secret_value(), name="churn-worker", max_size=settings.worker_concurrency + 2
    )
    queue = Queue("churn", settings.direct_database_url)
    cache = Server(settings.redis_url, "churn")
    serving = Serving(Served(model.NAME, model.load), model.shipped()[1])
    queue.handle("predict", partial(run_predict, serving=serving, cache=cache))
    queue.handle("train", partial(run_train, cache=cache))
    queue.follow(partial(follow, pool=pool, queue=queue, serving=serving, cache=cache))

    async def beside() -> None:
        async with asyncio.TaskGroup() as tasks:
            ask = partial(queue.enqueue_follow, kind="predict")
            tasks.create_task(feed.watch(pool, settings.direct_database_url, ask))
            tasks.create_task(nightly.keep(pool, queue, NIGHTLY))

    async with cache, pool:
        await queue.work(pool, concurrency=settings.worker_concurrency, beside=beside)


if __name__ == "__main__":
    asyncio.run(main())
