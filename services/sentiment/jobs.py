"""The worker process of services/sentiment: everybody's tone every night, and whoever changed within seconds."""

import asyncio
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from kit import feed, logs
from kit.db import Pool, open_pool
from kit.jobs import Queue, Run, nightly
from services.sentiment.model import prior
from services.sentiment.settings import SentimentSettings
from services.sentiment.usecases import follow
from services.sentiment.usecases.run import analyze_workspace
from services.sentiment.usecases.serving import Serving, serving

NIGHTLY = (nightly.Stage("analyze", time(4, 45)),)


async def run_analyze(run: Run, *, serving: Serving) -> dict[str, Any]:
    """Compute everybody's tone; killed and run again, it goes on where it stopped."""
    return await analyze_workspace(run.pool, run.job.workspace_id, run.job.id, _as_of(run), serving, run.progress)


async def follow_workspace(workspace_id: UUID, *, pool: Pool, serving: Serving) -> None:
    await follow.follow_workspace(pool, workspace_id, serving, datetime.now(UTC))


def _as_of(run: Run) -> datetime:
    """Return the instant whose facts a job uses: the same however often it is run again."""
    named = run.job.arguments.get("as_of")
    return datetime.fromisoformat(named) if named else run.job.started_at or datetime.now(UTC)


async def main() -> None:
    settings = SentimentSettings()
    logs.configure("sentiment-worker", level=settings.log_level, format=settings.log_format)
    pool = open_pool(
        settings.database_url.get_secret_value(), name="sentiment-worker", max_size=settings.worker_concurrency + 2
    )
    queue = Queue("sentiment", settings.direct_database_url)
    reads = serving(prior.load())
    queue.handle("analyze", partial(run_analyze, serving=reads))
    queue.follow(partial(follow_workspace, pool=pool, serving=reads))

    async def beside() -> None:
        async with asyncio.TaskGroup() as tasks:
            ask = partial(queue.enqueue_follow, kind="analyze")
            tasks.create_task(feed.watch(pool, settings.direct_database_url, ask))
            tasks.create_task(nightly.keep(pool, queue, NIGHTLY))

    async with pool:
        await queue.work(pool, concurrency=settings.worker_concurrency, beside=beside)


if __name__ == "__main__":
    asyncio.run(main())
