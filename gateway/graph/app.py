"""The web process of gateway/graph: settings → services → the one endpoint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from gateway.graph.rest import Services
from gateway.graph.routes import router
from gateway.graph.settings import GraphSettings
from kit.app import create_app as build
from kit.asgi import MIB
from kit.auth import read_signer, read_verifier
from kit.http import ServiceClient

NAME = "graph"
BODY_LIMIT_BYTES = MIB  # what is in it is bounded by its words: see bounds


def create_app(settings: GraphSettings | None = None, *, services: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts. Tests pass a way to the services of their own."""
    settings = settings or GraphSettings()
    client = ServiceClient(
        {str(name): address for name, address in settings.services.items()},
        read_signer(NAME, settings.signing_key_file, settings.signing_key_id),
        timeout_s=settings.timeout_s,
        retry_waits_s=(),  # a part that is away is told at once: the others are not to wait for it
        transport=services,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = Services(client, settings.timeout_s)
        async with client:
            yield

    return build(
        settings,
        name=NAME,
        title="Rapport: GraphQL",
        routers=[router],
        lifespan=lifespan,
        verifier=read_verifier(NAME, settings.jwks_file),
        checks={},  # what is away is told field by field: the rest answers
        body_limit_bytes=lambda _scope: BODY_LIMIT_BYTES,
    )
