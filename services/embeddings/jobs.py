"""The worker process of services/embeddings: follows the change feed, embeds on demand."""

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

from pgvector.psycopg import register_vector_async

from kit import feed, logs
from kit.cache import Server
from kit.db import Pool, open_pool
from kit.jobs import Queue, Run
from services.embeddings.model import EmbeddingModel
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import embed


async def run_embed(run: Run, *, model: EmbeddingModel, cache: Server) -> dict[str, Any]:
    """Make every vector that is missing or out of date; run again, it finds nothing to do."""

    async def progress(done: int, total: int) -> None:
        await cache.raise_epoch(run.job.workspace_id)
        await run.progress(done, total)

    try:
        return await embed.embed_workspace(run.pool, run.job.workspace_id, model, progress)
    finally:  # also of what was done before it failed
        await cache.raise_epoch(run.job.workspace_id)


async def follow(workspace_id: UUID, *, pool: Pool, model: EmbeddingModel, cache: Server) -> None:
    """Deal with what is new; lists kept from before are found no more, though nothing was new: after a crash, say."""
    raise_epoch = partial(cache.raise_epoch, workspace_id)
    try:
        await embed.follow_workspace(pool, workspace_id, model, freshened=raise_epoch)
    finally:
        await raise_epoch()


async def main() -> None:
    settings = EmbeddingsSettings()
    logs.configure("embeddings-worker", level=settings.log_level, format=settings.log_format)
    model = EmbeddingModel(settings)
    pool = open_pool(
        settings.database_url.get_secret_value(),
        name="embeddings-worker",
        max_size=settings.worker_concurrency + 2,
        configure=register_vector_async,
    )
    queue = Queue("embeddings", settings.direct_database_url)
    cache = Server(settings.redis_url, "embeddings")
    queue.handle("embed", partial(run_embed, model=model, cache=cache))
    queue.follow(partial(follow, pool=pool, model=model, cache=cache))
    async with cache, pool:
        watch = partial(feed.watch, pool, settings.direct_database_url, partial(queue.enqueue_follow, kind="embed"))
        await queue.work(pool, concurrency=settings.worker_concurrency, beside=watch)
    await model.close()


if __name__ == "__main__":
    asyncio.run(main())
