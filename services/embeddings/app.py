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
from kit.jobs import Option, Queue, jobs_router
from kit.migrate import check_migrated
from services.embeddings.model.known import Models
from services.embeddings.routes import clusters, router
from services.embeddings.routes.models import router as models_router
from services.embeddings.schemas.clusters import ClusterCount
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases.serving import Serving

JOBS = {
    "embed": "make every vector that is missing or out of date, of every model that is wanted, and remove the others",
    "cluster": "find the interest groups",
}
N_CLUSTERS = Option(
    "n_clusters",
    ClusterCount,
    frozenset({"cluster"}),
    "how many groups, or auto: as many as fit best; where left out as the last time, 5 the first time",
)


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
        models = Models.connect(settings, http_client=provider)
        app.state.pool = pool
        app.state.serving = Serving(models, cache)
        app.state.queue = Queue("embeddings", settings.direct_database_url)
        async with cache:
            yield
        await models.close()
        await pool.close()

    return build(
        settings,
        name="embeddings",
        title="Rapport: embeddings",
        routers=[
            router,
            clusters.router,
            models_router,
            jobs_router("embeddings", on_demand=JOBS, options=[N_CLUSTERS]),
        ],
        lifespan=lifespan,
        verifier=read_verifier("embeddings", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "embeddings")},
    )
