"""The web process of services/crm: settings → pool → queue → routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.types import Scope

from kit.app import create_app as build
from kit.asgi import DEFAULT_BODY_LIMIT_BYTES, MIB
from kit.auth import read_verifier
from kit.db import open_pool
from kit.jobs import Queue, jobs_router
from kit.migrate import check_migrated
from services.crm.routes import ROUTERS
from services.crm.settings import CrmSettings

UPLOAD_LIMIT_BYTES = 256 * MIB
ON_DEMAND = {"graph": "links from interactions, influence and communities, by the facts up to as_of"}


def create_app(settings: CrmSettings | None = None) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts."""
    settings = settings or CrmSettings()
    pool = open_pool(settings.database_url.get_secret_value(), name="crm", max_size=settings.pool_max_size)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open(wait=False)
        app.state.pool = pool
        app.state.erasure_key = settings.erasure_key.get_secret_value().encode()
        app.state.queue = Queue("crm", settings.direct_database_url)
        yield
        await pool.close()

    return build(
        settings,
        name="crm",
        title="Rapport: facts",
        routers=[*ROUTERS, jobs_router("crm", on_demand=ON_DEMAND, takes_as_of=True)],
        lifespan=lifespan,
        verifier=read_verifier("crm", settings.jwks_file),
        checks={"database": partial(check_migrated, pool, "crm")},
        body_limit_bytes=_body_limit_bytes,
    )


def _body_limit_bytes(scope: Scope) -> int:
    return UPLOAD_LIMIT_BYTES if scope["path"] == "/api/ml/crm/imports" else DEFAULT_BODY_LIMIT_BYTES
