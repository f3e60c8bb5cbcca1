"""The web process of services/recommend: settings → pool → what serves → routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import httpx
from fastapi import FastAPI

from kit.app import create_app as build
from kit.auth import read_signer, read_verifier
from kit.cache import Server
from kit.db import open_pool
from kit.http import ServiceClient
from kit.jobs import Queue, jobs_router
from kit.migrate import check_migrated
from kit.registry import Served, models_router
from services.recommend.model import people
from services.recommend.routes import router
from services.recommend.settings import RecommendSettings
from services.recommend.usecases import score
from services.recommend.usecases.likeness import Compares
from services.recommend.usecases.read import Means

JOBS = {
    "recommend": "whom everybody should meet, by the facts up to as_of",
    "train": "learn who meets whom from the ties that formed and from feedback, up to as_of",
}
MODELS = {people.NAME: "orders the people a contact should meet"}


def create_app(
    settings: RecommendSettings | None = None, *, embeddings: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts. Tests pass a way to embeddings of their own."""
    settings = settings or RecommendSettings()
    pool = open_pool(settings.database_url.get_secret_value(), name="recommend", max_size=settings.pool_max_size)
    cache = Server(settings.redis_url, "recommend")
    signer = read_signer("recommend", settings.signing_key_file)
    client = ServiceClient({"embeddings": settings.embeddings_url}, signer, transport=embeddings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open(wait=False)
        app.state.pool = pool
        app.state.queue = Queue("recommend", settings.direct_database_url)
        app.state.means = Means(pool, Served(people.NAME, people.load), Compares(client, cache), uuid4)
        warming = asyncio.create_task(asyncio.to_thread(score.warm_up))
        async with cache, client:
            yield
        await warming
        await pool.close()

    return build(
        settings,
        name="recommend",
        title="Rapport: recommendations",
        routers=[
            router,
            jobs_router("recommendations", on_demand=JOBS, takes_as_of=True),
            models_router("recommendations", MODELS),
        ],
        lifespan=lifespan,
        verifier=read_verifier("recommend", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "recommend")},
    )
