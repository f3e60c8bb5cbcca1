"""The key at the door, and errors in OpenAI's shape: what the `openai` client expects where ours differ."""

import hmac
import json
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import ErrorDetails
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.answers import respond
from kit.auth import OPEN_PATHS, bearer_token
from kit.errors import PROBLEM_JSON, BadRequest, RapportError, TooLarge, Unauthenticated


class DemandKey:
    """ASGI middleware: no path but health answers without the key, and no body is read before it."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            sent = bearer_token(scope).encode("latin-1")
            if not hmac.compare_digest(sent, self._key):
                raise Unauthenticated("The API key is not the right one.", code="invalid_api_key")
        await self._app(scope, receive, send)


class OpenAIErrors:
    """Outermost ASGI middleware: under /v1 a problem document becomes {"error": …}, with status and headers kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        under_v1 = scope["type"] == "http" and scope["path"].startswith("/v1/")
        await self._app(scope, receive, _Translation(send) if under_v1 else send)


class _Translation:
    """A `send` that holds a problem document back until it is whole, and passes everything else on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._held = message
        elif self._held is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_translated(self._held)

    async def _send_translated(self, start: Message) -> None:
        body = json.dumps(openai_error(json.loads(self._body)), ensure_ascii=False).encode()
        headers = MutableHeaders(scope=start)
        headers["content-type"], headers["content-length"] = "application/json", str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def openai_error(problem: dict[str, Any]) -> dict[str, Any]:
    """Return the error object of OpenAI for a problem document of ours."""
    kind = "server_error" if problem["status"] >= 500 else "invalid_request_error"
    error = {"message": problem["detail"], "type": kind, "param": problem.get("param"), "code": problem["code"]}
    return {"error": error}


async def answer_validation(request: Request, error: Exception) -> JSONResponse:
    """Answer 400 where our other services say 422: that is what OpenAI's clients know."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 the handler's registration says so
    return respond(request, validation_error(error.errors()[0]))


def validation_error(detail: ErrorDetails) -> RapportError:
    """Return the error for the first field that breaks its rules; the input itself is never repeated."""
    if detail["type"] == "json_invalid":
        return BadRequest("The body is not JSON.", code="malformed_json")
    param = _param(detail["loc"][1:])
    message = detail["msg"].removeprefix("Value error, ")
    extra = {"param": param}
    if detail["type"] == "too_long":
        return TooLarge(f"{param}: {message}", code="too_many_inputs", extra=extra)
    return BadRequest(f"{param or 'body'}: {message}", code="invalid_value", extra=extra)


def _param(location: tuple[int | str, ...]) -> str | None:
    """Return ("input", 3) as OpenAI writes it: input[3]."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return name.removeprefix(".") or None


def _is_problem(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith(PROBLEM_JSON)
