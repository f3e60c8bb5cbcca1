"""The web process of services/embeddings: settings → pool → model → routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx2
from fastapi import FastAPI
from pgvector.psycopg import register_vector_async

from kit.app import create_app as build
from kit.auth import read_verifier
from kit.cache import Server
from kit.db import open_pool
from kit.jobs import Queue, jobs_router
from kit.migrate import check_migrated
from services.embeddings.model import EmbeddingModel
from services.embeddings.routes import router
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases.cached import Shelves

JOBS = {"embed": "make the vectors of every contact that has none, or whose text has changed"}


def create_app(settings: EmbeddingsSettings | None = None, *, provider: httpx2.AsyncClient | None = None) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts. Tests pass a provider of their own."""
    settings = settings or EmbeddingsSettings()
    pool = open_pool(
        settings.database_url.get_secret_value(),
        name="embeddings",
        max_size=settings.pool_max_size,
        configure=register_vector_async,
    )
    cache = Server(settings.redis_url, "embeddings")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open(wait=False)
        app.state.pool = pool
        app.state.model = EmbeddingModel(settings, http_client=provider)
        app.state.shelves = Shelves.of(cache, app.state.model)
        app.state.queue = Queue("embeddings", settings.direct_database_url)
        async with cache:
            yield
        await app.state.model.close()
        await pool.close()

    return build(
        settings,
        name="embeddings",
        title="Rapport: embeddings",
        routers=[router, jobs_router("embeddings", on_demand=JOBS)],
        lifespan=lifespan,
        verifier=read_verifier("embeddings", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "embeddings")},
    )
