"""The web process of a service: health, readiness, metrics, problem documents and identity around its routes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, cast

import psycopg
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from kit import logs
from kit.asgi import DEFAULT_BODY_LIMIT_BYTES, BodyLimit, Edge
from kit.auth import Authenticate, Verifier
from kit.errors import (
    PROBLEM_JSON,
    BadRequest,
    FieldError,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    RapportError,
    TooLarge,
    Unavailable,
    field_errors,
    problem,
)
from kit.openapi import describe_api
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
        middleware.append(Middleware(Authenticate, verifier=verifier))
    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,  # type: ignore[arg-type]  # FastAPI's own type forbids what its documentation shows
        middleware=middleware,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for router in (_health_router(name, checks), *routers):
        app.include_router(router)
    _handle_errors(app)
    describe_api(app)
    return app


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


def _handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(RapportError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)
    for lost in (psycopg.OperationalError, PoolTimeout):
        app.add_exception_handler(lost, _answer_lost_database)


def respond(request: Request, error: RapportError) -> JSONResponse:
    """Return the problem document of an error as an answer to this request."""
    return JSONResponse(
        problem(error, request.scope.get("request_id")),
        status_code=error.status,
        headers=error.headers,
        media_type=PROBLEM_JSON,
    )


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RapportError)  # noqa: S101 the handler's registration says so
    return respond(request, error)


async def _answer_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    details = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        where = FieldError("#", f"Not JSON from character {details[0]['loc'][-1]} on.")
        return respond(request, BadRequest("The body is not JSON.", code="malformed_json", fields=[where]))
    fields = [field for detail in details for field in field_errors([_inside(detail)], place=str(detail["loc"][0]))]
    return respond(request, Invalid("Some fields break their rules.", fields=fields))


def _too_many(detail: ErrorDetails) -> TooLarge:
    limit = detail["ctx"]["max_length"]
    name = str(detail["loc"][1])
    where = FieldError(f"#/{name}", f"At most {limit} items.", allowed={"max_length": limit})
    return TooLarge(
        f"One request takes at most {limit} items.", code="too_many_items", fields=[where], extra={"limit": limit}
    )


def _is_unread_body(request: Request, details: Sequence[ErrorDetails]) -> bool:
    """Without its content type a body reaches validation as raw bytes."""
    json_sent = "json" in request.headers.get("content-type", "")
    return not json_sent and any(detail["type"] == "model_attributes_type" for detail in details)


def _inside(detail: ErrorDetails) -> ErrorDetails:
    """Drop the first part of a location, which says only whether it is the body, the query or the path."""
    return cast("ErrorDetails", {**detail, "loc": detail["loc"][1:]})


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    kinds: dict[int, type[RapportError]] = {
        400: BadRequest, 403: Forbidden, 404: NotFound, 405: MethodNotAllowed, 413: TooLarge, 503: Unavailable,
    }  # fmt: skip
    answer = respond(request, kinds.get(error.status_code, BadRequest)(str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


async def _answer_lost_database(request: Request, error: Exception) -> JSONResponse:
    log.warning("database_unavailable", **logs.describe(error))
    return respond(
        request,
        Unavailable("The database does not answer; try again.", code="database_unavailable", retry_after_s=1),
    )
