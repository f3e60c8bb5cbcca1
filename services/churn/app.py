"""The web process of services/churn: settings → pool → what serves → routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kit.app import create_app as build
from kit.auth import read_verifier
from kit.cache import Server
from kit.db import open_pool
from kit.jobs import Queue, jobs_router
from kit.migrate import check_migrated
from kit.registry import Served, models_router
from services.churn import model
from services.churn.routes import router
from services.churn.settings import ChurnSettings
from services.churn.usecases.read import Desk
from services.churn.usecases.score import Serving

JOBS = {
    "predict": "how likely every tie is to fall silent, by the facts up to as_of; of a day past, a look back",
    "train": "learn which ties fall silent from those that did, up to as_of",
}
MODELS = {
    model.NAME: "the probability that a tie falls silent; where none of the workspace's own serves, the prior does"
}


def create_app(settings: ChurnSettings | None = None) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts. A shipped prior that is not whole stops it here."""
    settings = settings or ChurnSettings()
    pool = open_pool(settings.database_url.get_secret_value(), name="churn", max_size=settings.pool_max_size)
    cache = Server(settings.redis_url, "churn")
    serving = Serving(Served(model.NAME, model.load), model.shipped()[1])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open(wait=False)
        app.state.pool = pool
        app.state.queue = Queue("churn", settings.direct_database_url)
        app.state.desk = Desk.of(pool, serving, cache)
        async with cache:
            yield
        await pool.close()

    return build(
        settings,
        name="churn",
        title="Rapport: churn",
        routers=[
            router,
            jobs_router("churn", on_demand=JOBS, takes_as_of=True),
            models_router("churn", MODELS),
        ],
        lifespan=lifespan,
        verifier=read_verifier("churn", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "churn")},
    )
