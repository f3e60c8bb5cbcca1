"""The worker process of services/recommend: everybody's recommendations every night, training every week."""

import asyncio
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from kit import feed, logs
from kit.auth import read_signer
from kit.cache import Server
from kit.db import Pool, open_pool, workspace
from kit.http import ServiceClient
from kit.jobs import Queue, Run, nightly
from kit.registry import Served, publish
from services.recommend.domain import Facts
from services.recommend.model import people
from services.recommend.model.people import Ranker
from services.recommend.settings import RecommendSettings
from services.recommend.train import people as training
from services.recommend.usecases import facts
from services.recommend.usecases.follow import follow_workspace
from services.recommend.usecases.likeness import Compares
from services.recommend.usecases.run import recommend_workspace

EMBEDDINGS_TIMEOUT_S = 60.0
SUNDAY = 6
NIGHTLY = (nightly.Stage("recommend", time(4, 15)), nightly.Stage("train", time(4, 10), weekday=SUNDAY))


async def run_recommend(run: Run, *, served: Served[Ranker], compares: Compares) -> dict[str, Any]:
    """Compute everybody's recommendations; killed and run again, it goes on where it stopped."""
    workspace_id = run.job.workspace_id
    likeness = compares.within(workspace_id)
    return await recommend_workspace(run.pool, workspace_id, run.job.id, _as_of(run), served, likeness, run.progress)


async def run_train(run: Run, *, compares: Compares) -> dict[str, Any]:
    """Train a ranker on what is past, and let it serve where it beats what it has to beat."""
    workspace_id, as_of = run.job.workspace_id, _as_of(run)
    async with workspace(run.pool, workspace_id) as connection:
        known = await facts.load(connection, workspace_id, as_of)
        verdicts = await facts.load_verdicts(connection, workspace_id, as_of, known.ids)
    await run.progress(1, 4)
    past = Facts(known.people, known.links, known.exchanges, verdicts)
    look_back = await asyncio.to_thread(training.look_back, past, as_of)
    await run.progress(2, 4)
    likeness = compares.within(workspace_id)
    similarities = [await likeness.of(known.ids, pairs) for pairs in look_back.pairs]
    trained = await asyncio.to_thread(training.train, look_back, similarities)
    await run.progress(3, 4)
    if trained is None:
        return {"trained": False, "reason": "too few ties formed to learn from"}
    async with workspace(run.pool, workspace_id) as connection:
        serves = await publish(connection, workspace_id, trained, actor="service:recommend")
    return {"trained": True, "version": trained.version, "serves": serves, "reason": trained.gate.reason}


async def follow(workspace_id: UUID, *, pool: Pool, cache: Server) -> None:
    """Forget who is gone, mark who has new ties; what was kept from before the change is found no more."""
    try:
        await follow_workspace(pool, workspace_id)
    finally:
        await cache.raise_epoch(workspace_id)


def _as_of(run: Run) -> datetime:
    """Return the instant whose facts a job uses: the same however often it is run again."""
    named = run.job.arguments.get("as_of")
    return datetime.fromisoformat(named) if named else run.job.started_at or datetime.now(UTC)


async def main() -> None:
    settings = RecommendSettings()
    logs.configure("recommend-worker", level=settings.log_level, format=settings.log_format)
    signer = read_signer("recommend", settings.signing_key_file)
    client = ServiceClient({"embeddings": settings.embeddings_url}, signer, timeout_s=EMBEDDINGS_TIMEOUT_S)
    pool = open_pool(
        settings.database_url.get_secret_value(), name="recommend-worker", max_size=settings.worker_concurrency + 2
    )
    queue = Queue("recommend", settings.direct_database_url)
    cache = Server(settings.redis_url, "recommend")
    compares = Compares(client, cache)
    served = Served(people.NAME, people.load)
    queue.handle("recommend", partial(run_recommend, served=served, compares=compares))
    queue.handle("train", partial(run_train, compares=compares))
    queue.follow(partial(follow, pool=pool, cache=cache))

    async def beside() -> None:
        async with asyncio.TaskGroup() as tasks:
            ask = partial(queue.enqueue_follow, kind="recommend")
            tasks.create_task(feed.watch(pool, settings.direct_database_url, ask))
            tasks.create_task(nightly.keep(pool, queue, NIGHTLY))

    async with client, cache, pool:
        await queue.work(pool, concurrency=settings.worker_concurrency, beside=beside)


if __name__ == "__main__":
    asyncio.run(main())
