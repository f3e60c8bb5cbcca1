"""The web process of services/encoder: settings → verified model → queue → routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware

from kit.app import create_app as build
from kit.errors import Unavailable
from services.encoder.model import load_encoder
from services.encoder.routes import router
from services.encoder.routes.document import describe_errors
from services.encoder.routes.edge import DemandKey, OpenAIErrors, answer_validation
from services.encoder.settings import EncoderSettings
from services.encoder.usecases import EncodingQueue


def create_app(settings: EncoderSettings | None = None) -> FastAPI:
    """Build the app; the model is loaded, and on a first start built, when its lifespan starts."""
    settings = settings or EncoderSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        encoder = await asyncio.to_thread(load_encoder, settings.cache_dir, settings.precision)
        app.state.queue = EncodingQueue(encoder, threads=settings.threads, capacity_texts=settings.queue_texts)
        yield
        app.state.queue.close()

    async def check_model() -> None:
        queue: EncodingQueue | None = getattr(app.state, "queue", None)
        if queue is None:
            raise Unavailable("The model is not loaded yet.", code="loading")
        await queue.self_test()

    app = build(
        settings,
        name="encoder",
        title="Rapport: encoder",
        routers=[router],
        lifespan=lifespan,
        verifier=None,
        checks={"model": check_model},
    )
    # From outside in: OpenAI's error shape, the kit's edge, the key, the routes.
    app.add_middleware(OpenAIErrors)
    app.user_middleware.append(Middleware(DemandKey, key=settings.api_key.get_secret_value()))
    app.add_exception_handler(RequestValidationError, answer_validation)
    describe_errors(app)
    return app
