"""The web process of services/sentiment: settings → pool → shipped model → routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from openai import AsyncOpenAI

from kit.app import create_app as build
from kit.auth import read_verifier
from kit.db import open_pool
from kit.jobs import Queue, jobs_router
from kit.migrate import check_migrated
from kit.registry import models_router
from services.sentiment.model import prior
from services.sentiment.routes import Means, router
from services.sentiment.settings import SentimentSettings
from services.sentiment.usecases.chat import Chat
from services.sentiment.usecases.serving import serving

JOBS = {"analyze": "the tone of every relationship, by the facts up to as_of"}
MODELS = {prior.NAME: "reads how texts sound, in English and Russian"}


def create_app(settings: SentimentSettings | None = None) -> FastAPI:
    """Build the app; the shipped model is loaded and has tested itself before the first request."""
    settings = settings or SentimentSettings()
    pool = open_pool(settings.database_url.get_secret_value(), name="sentiment", max_size=settings.pool_max_size)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open(wait=False)
        app.state.pool = pool
        app.state.queue = Queue("sentiment", settings.direct_database_url)
        app.state.means = Means(pool, serving(prior.load()), open_chat(settings))
        yield
        if app.state.means.chat is not None:
            await app.state.means.chat.client.close()
        await pool.close()

    return build(
        settings,
        name="sentiment",
        title="Rapport: sentiment",
        routers=[
            jobs_router("sentiment", on_demand=JOBS, takes_as_of=True),
            models_router("sentiment", MODELS),
            router,
        ],
        lifespan=lifespan,
        verifier=read_verifier("sentiment", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "sentiment")},
    )


def open_chat(settings: SentimentSettings) -> Chat | None:
    """Return who asks the chat model that is named; texts leave the machine only for who names one."""
    if settings.chat_model is None or settings.openai_api_key is None:
        return None
    client = AsyncOpenAI(
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value(),
        timeout=settings.chat_timeout_s,
        max_retries=1,
    )
    return Chat(client, settings.chat_model)
