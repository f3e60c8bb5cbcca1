"""How an answer is represented: HEAD as GET without its body, validators and 304, the language it is written in.

One ASGI middleware for every service; what is computed, and for whom, is the routes' affair.
"""

import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.errors import PROBLEM_JSON
from kit.language import language_of

JSON, PROBLEM = b"application/json", PROBLEM_JSON.encode()
# A score that has not changed was computed anew all the same: when is not part of what is compared.
_WHEN = b'"computed_at":"'
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_ASK_EACH_TIME = (b"cache-control", b"private, no-cache")  # keep it, and ask each time whether it still holds
_KEPT_IN_304 = frozenset({b"etag", b"vary", b"cache-control", b"content-language", b"content-location", b"date"})


def entity_tag(body: bytes) -> str:
    """Return a weak validator (RFC 9110, 8.8.3): equal for answers that differ only in when they were computed."""
    before, *rest = body.split(_WHEN)
    digest = hashlib.blake2b(before, digest_size=16)
    for part in rest:
        # In JSON the quotes of a text are escaped: this is found in no value, only at the end of a longer name.
        digest.update(_WHEN + part if before.endswith(b"\\") else part.partition(b'"')[2])
        before = part
    return f'W/"{digest.hexdigest()}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Compare weakly, as RFC 9110, 13.1.2 says."""
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in _TAG.findall(if_none_match)


class Represent:
    """ASGI middleware inside of authentication."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] != "HEAD":
            await self._app(scope, receive, _Answer(scope, send, reading=scope["method"] == "GET"))
        else:
            # A scope of its own: the server counts the bytes of the answer by the method in the other.
            asked = {**scope, "method": "GET"}
            try:
                await self._app(asked, receive, _Answer(asked, send, reading=True, without_body=True))
            finally:
                scope["route"] = asked.get("route")


class _Answer:
    """A `send` that holds a JSON answer back until its validator is known; everything else passes at once."""

    def __init__(self, scope: Scope, send: Send, *, reading: bool, without_body: bool = False) -> None:
        self._scope, self._send = scope, send
        self._reading, self._without_body = reading, without_body
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = _sent(message.get("headers", ()), b"content-type")
            if "language" in self._scope or kind.startswith(PROBLEM):
                _name_language(message, self._scope)
            if self._reading and message["status"] == 200 and kind.startswith(JSON):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_validated(self._start)
            return
        elif self._without_body:
            message = {**message, "body": b""}
        await self._send(message)

    async def _send_validated(self, start: Message) -> None:
        tag = entity_tag(self._body)
        headers = [*start["headers"], (b"etag", tag.encode()), (b"vary", b"Authorization")]
        if not _sent(headers, b"cache-control"):
            headers.append(_ASK_EACH_TIME)
        known = _sent(self._scope["headers"], b"if-none-match")
        if known and matches(known.decode("latin-1"), tag):
            headers = [(name, value) for name, value in headers if name in _KEPT_IN_304]
            await self._send({**start, "status": 304, "headers": headers})
            await self._send({"type": "http.response.body"})
            return
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._without_body else self._body})


def _name_language(start: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=start)
    headers["Content-Language"] = language_of(scope)
    headers.add_vary_header("Accept-Language")


def _sent(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    """Return a header's value; of one that is sent in several lines, the list of all."""
    values = [value for name, value in headers if name == wanted]
    return b",".join(values) if values else b""
