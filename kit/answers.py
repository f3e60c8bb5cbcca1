"""Every error an answer: whatever a handler raises becomes a problem document, in every service the same."""

from collections.abc import Sequence
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.routing import Match

from kit.db import LOST, lost
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
    UnsupportedMedia,
    field_errors,
    problem,
)
from kit.language import language_of

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HTTP_ERRORS: dict[int, type[RapportError]] = {
    kind.status: kind for kind in (BadRequest, Forbidden, NotFound, MethodNotAllowed, TooLarge, Unavailable)
}


def answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(RapportError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)
    for loss in LOST:
        app.add_exception_handler(loss, _answer_lost_database)


def respond(request: Request, error: RapportError) -> JSONResponse:
    """Return the problem document of an error as an answer to this request."""
    return JSONResponse(
        problem(error, request.scope.get("request_id"), language_of(request.scope)),
        status_code=error.status,
        headers=error.headers,
        media_type=PROBLEM_JSON,
    )


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RapportError)  # noqa: S101 the handler's registration says so
    return respond(request, error)


async def _answer_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return respond(request, _validation_error(request, error.errors()))


def _validation_error(request: Request, details: Sequence[ErrorDetails]) -> RapportError:
    first = details[0]
    if first["type"] == "json_invalid":
        where = FieldError("#", f"Not JSON from character {first['loc'][-1]} on.")
        return BadRequest("The body is not JSON.", code="malformed_json", fields=[where])
    if first["type"] == "too_long" and len(first["loc"]) == 2:
        return _too_many(first)
    if first["loc"] == ("body",) and "json" not in request.headers.get("content-type", ""):
        return UnsupportedMedia("Send the body as application/json.")
    fields = [field for detail in details for field in field_errors([_inside(detail)], place=str(detail["loc"][0]))]
    return Invalid("Some fields break their rules.", fields=fields)


def _too_many(detail: ErrorDetails) -> TooLarge:
    name, limit = str(detail["loc"][1]), detail["ctx"]["max_length"]
    where = FieldError(f"#/{name}", f"At most {limit} items.", allowed={"max_length": limit})
    return TooLarge(
        f"One request takes at most {limit} items.", code="too_many_items", fields=[where], extra={"limit": limit}
    )


def _inside(detail: ErrorDetails) -> ErrorDetails:
    """Drop the first part of a location, which says only whether it is the body, the query or the path."""
    return cast("ErrorDetails", {**detail, "loc": detail["loc"][1:]})


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == MethodNotAllowed.status:
        return respond(request, _method_not_allowed(request))
    if error.status_code == NotFound.status:  # of the router: ours are NotFound, and say what is not there
        return respond(request, NotFound("There is nothing at this path.", code="unknown_path"))
    answer = respond(request, _HTTP_ERRORS.get(error.status_code, BadRequest)(str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


def _method_not_allowed(request: Request) -> MethodNotAllowed:
    """Name every method of the path: the router knows only those of the first route it met."""
    asked = ({**request.scope, "method": method} for method in _METHODS)
    allowed = [
        scope["method"] for scope in asked if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]
    if "GET" in allowed:
        allowed.insert(1, "HEAD")
    return MethodNotAllowed(f"This path takes {', '.join(allowed)}.", extra={"allow": allowed})


async def _answer_lost_database(request: Request, error: Exception) -> JSONResponse:
    return respond(request, lost(error))
