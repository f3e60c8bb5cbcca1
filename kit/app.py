"""The web process of a service: health, metrics, identity and the conventions of the API around its routes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware import Middleware

from kit import logs
from kit.answers import answer_errors
from kit.asgi import DEFAULT_BODY_LIMIT_BYTES, BodyLimit, Edge
from kit.auth import Authenticate, Verifier
from kit.deadline import Deadline
from kit.errors import RapportError
from kit.idempotency import Idempotency
from kit.openapi import describe_api
from kit.representation import Represent
from kit.settings import Settings

Check = Callable[[], Awaitable[None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any] | None]]
CHECK_TIMEOUT_S = 2.0
log = logs.get_logger(__name__)


def create_app(
    settings: Settings,
    *,
    name: str,
    title: str,
    routers: Sequence[APIRouter],
    lifespan: Callable[[FastAPI], AsyncIterator[None]] | Lifespan,
    verifier: Verifier | None,
    checks: Mapping[str, Check],
    body_limit_bytes: BodyLimit = lambda _scope: DEFAULT_BODY_LIMIT_BYTES,
) -> FastAPI:
    """Build the web process of one service.

    `checks` are its dependencies, asked by /readyz: each returns, or raises what is wrong. Without a `verifier`
    the routers check callers themselves (only the encoder, which speaks another protocol, does).
    """
    logs.configure(name, level=settings.log_level, format=settings.log_format)
    middleware = [Middleware(Edge, service=name, body_limit_bytes=body_limit_bytes)]
    if verifier is not None:
        middleware += [Middleware(Authenticate, verifier=verifier), Middleware(Idempotency)]
    middleware += [Middleware(Deadline), Middleware(Represent)]
    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,  # type: ignore[arg-type]  # FastAPI's own type forbids what its documentation shows
        middleware=middleware,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    for router in (_health_router(name, checks), *routers):
        app.include_router(router)
    answer_errors(app)
    describe_api(app, body_limit_bytes if verifier is not None else None)
    return app


def _operation_id(route: APIRoute) -> str:
    """Name an operation as its function is named: a client generated from the document reads like ours."""
    return route.name


def _health_router(name: str, checks: Mapping[str, Check]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> JSONResponse:
        return JSONResponse({"status": "alive", "service": name})

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        results = await asyncio.gather(*(_ask(check) for check in checks.values()))
        ready = all(result == "ok" for result in results)
        body = {
            "status": "ready" if ready else "not_ready",
            "checks": dict(zip(checks, results, strict=True)),
        }
        return JSONResponse(body, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await check()
    except TimeoutError:
        return "timeout"
    except RapportError as error:
        return error.code
    except (psycopg.Error, OSError) as error:
        return type(error).__name__
    return "ok"
