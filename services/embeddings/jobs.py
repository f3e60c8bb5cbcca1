"""The worker process of services/embeddings: follows the change feed, embeds and clusters on demand and every night."""

import asyncio
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from pgvector.psycopg import register_vector_async

from kit import feed, logs
from kit.cache import Server
from kit.db import Pool, open_pool
from kit.errors import Conflict, UpstreamFailed
from kit.jobs import Queue, Run, nightly
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import embed

EMBED = nightly.Stage("embed", time(4, 0))
NIGHTLY = (EMBED, nightly.Stage("cluster", time(5, 0), needs=EMBED))


async def run_embed(run: Run, *, models: Models, cache: Server) -> dict[str, Any]:
    """Make every vector that is missing or out of date; run again, it finds nothing to do.

    A provider that is away, or a day's budget that is used up, is waited for; a refusal is somebody's to mend.
    """

    async def progress(done: int, total: int) -> None:
        await cache.raise_epoch(run.job.workspace_id)
        await run.progress(done, total)

    try:
        return await embed.embed_workspace(run.pool, run.job.workspace_id, models, progress)
    except UpstreamFailed as error:
        if error.code == "provider_refused":
            raise Conflict(error.detail, code=error.code) from error
        raise
    finally:  # also of what was done before it failed
        await cache.raise_epoch(run.job.workspace_id)


async def run_cluster(run: Run, *, models: Models) -> dict[str, Any]:
    """Find the interest groups; run again after its switch, it only repeats what it has to say."""
    from services.embeddings import train  # noqa: PLC0415 scikit-learn is large: only who clusters loads it

    return await train.cluster_workspace(
        run.pool,
        run.job.workspace_id,
        models.default.key,
        job_id=run.job.id,
        asked=run.job.arguments.get("n_clusters"),
        now=datetime.now(UTC),
        progress=run.progress,
    )


async def follow(workspace_id: UUID, *, pool: Pool, models: Models, cache: Server) -> None:
    """Deal with what is new; lists kept from before are found no more, though nothing was new: after a crash, say."""
    raise_epoch = partial(cache.raise_epoch, workspace_id)
    try:
        await embed.follow_workspace(pool, workspace_id, models, freshened=raise_epoch)
    finally:
        await raise_epoch()


async def ask_for_work(pool: Pool, queue: Queue, settings: EmbeddingsSettings) -> None:
    """Ask for whatever the change feed and the clock call for, until cancelled."""
    on_change = partial(queue.enqueue_follow, kind="embed")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(feed.watch(pool, settings.direct_database_url, on_change))
        tasks.create_task(nightly.keep(pool, queue, NIGHTLY))


async def main() -> None:
    settings = EmbeddingsSettings()
    logs.configure("embeddings-worker", level=settings.log_level, format=settings.log_format)
    models = Models.connect(settings)
    pool = open_pool(
        settings.database_url.get_secret_value(),
        name="embeddings-worker",
        max_size=settings.worker_concurrency + 2,
        configure=register_vector_async,
    )
    queue = Queue("embeddings", settings.direct_database_url)
    cache = Server(settings.redis_url, "embeddings")
    queue.handle("embed", partial(run_embed, models=models, cache=cache), patient=True)
    queue.handle("cluster", partial(run_cluster, models=models))
    queue.follow(partial(follow, pool=pool, models=models, cache=cache))
    async with cache, pool:
        await queue.work(
            pool, concurrency=settings.worker_concurrency, beside=partial(ask_for_work, pool, queue, settings)
        )
    await models.close()


if __name__ == "__main__":
    asyncio.run(main())
