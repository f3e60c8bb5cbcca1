"""The edge of every web process, as pure ASGI: ids, body limit, metrics, access log and problem documents."""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.access import AccessLog, caller_fields
from kit.errors import PROBLEM_JSON, RapportError, TooLarge, problem
from kit.language import language_of
from kit.logs import describe, get_logger

log = get_logger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{8,128}")
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
MIB = 1024 * 1024
DEFAULT_BODY_LIMIT_BYTES = 16 * MIB

REQUESTS = Counter("rapport_http_requests_total", "Answers sent", ["service", "method", "route", "status"])
SECONDS = Histogram("rapport_http_request_seconds", "Time to the last byte", ["service", "method", "route"])

# An answer given before the body has come: so much more of it is taken, and for so long, and then the door closes.
# Closing at once would reset the connection, and the answer could be lost on its way.
SMALL_BODY_BYTES = 256 * 1024
LINGER_BYTES = 16 * MIB
LINGER_S = 2.0

BodyLimit = Callable[[Scope], int]
RawHeaders = list[tuple[bytes, bytes]]
Stamps = Callable[[Scope], RawHeaders]


class Edge:
    """Outermost middleware: whatever happens inside, the caller gets an answer with an id and no stack."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        body_limit_bytes: BodyLimit = lambda _scope: DEFAULT_BODY_LIMIT_BYTES,
        stamps: Stamps = lambda _scope: [],
    ) -> None:
        self._app = app
        self._service = service
        self._body_limit_bytes = body_limit_bytes
        self._stamps = stamps
        self._access = AccessLog(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self._access.flush()
            return
        exchange = _Exchange(scope, receive, send, self._body_limit_bytes(scope), self._stamps)
        structlog.contextvars.bind_contextvars(
            request_id=exchange.request_id, traceparent=exchange.traceparent, service=self._service
        )
        try:
            exchange.refuse_declared_size()
            await self._app(scope, exchange.receive, exchange.send)
        except RapportError as error:
            await exchange.answer(error)
        except Exception as error:  # noqa: BLE001 the process root's net: the caller always gets an answer
            log.error(  # noqa: TRY400 a traceback would hold messages, and they may hold a person's data
                "request_failed", path_template=_route(scope), **describe(error)
            )
            await exchange.answer(RapportError("The fault is ours and has been logged under this request id."))
        finally:
            self._record(scope, exchange)
            structlog.contextvars.unbind_contextvars("request_id", "traceparent")

    def _record(self, scope: Scope, exchange: "_Exchange") -> None:
        route, seconds = _route(scope), time.perf_counter() - exchange.started_at
        count, duration = _meters(self._service, exchange.method, route, exchange.status)
        count.inc()
        duration.observe(seconds)
        if scope["path"] not in QUIET_PATHS:
            self._access.write(
                request_id=exchange.request_id,
                traceparent=exchange.traceparent,
                method=exchange.method,
                route=route,
                status=exchange.status,
                seconds=seconds,
                caller=caller_fields(scope.get("identity")),
            )


class _Exchange:
    """One request and its answer: counts what comes in, stamps what goes out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit_bytes: int, stamps: Stamps) -> None:
        sent = {name: value.decode("latin-1") for name, value in scope["headers"] if name in READ_HEADERS}
        request_id, traceparent = _new_ids()
        self.request_id = _valid(REQUEST_ID, sent.get(b"x-request-id")) or request_id
        self.traceparent = _valid(TRACEPARENT, sent.get(b"traceparent")) or traceparent
        self.started_at = time.perf_counter()
        self.status = 499  # the client left before there was an answer
        self.method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._declared_bytes = sent.get(b"content-length", "")
        self._body_to_come = self._may_be_long = b"transfer-encoding" in sent
        if self._declared_bytes.isdecimal():
            self._body_to_come |= int(self._declared_bytes) > 0
            self._may_be_long |= int(self._declared_bytes) > SMALL_BODY_BYTES
        self._held_back = b"expect" in sent  # the body waits for our word, which an early answer withholds
        self._closing = False
        self._scope, self._receive, self._send, self._stamps = scope, receive, send, stamps
        self._limit_bytes, self._received_bytes = limit_bytes, 0
        self._answered = False
        self._too_large = False
        scope["request_id"], scope["traceparent"] = self.request_id, self.traceparent

    def refuse_declared_size(self) -> None:
        if self._declared_bytes.isdecimal() and int(self._declared_bytes) > self._limit_bytes:
            raise self._size_error()

    async def receive(self) -> Message:
        message = await self._receive()
        self._body_to_come = message.get("more_body", False)
        self._held_back = False
        self._received_bytes += len(message.get("body", b""))
        if self._received_bytes > self._limit_bytes:
            self._too_large = True
            raise self._size_error()
        return message

    async def send(self, message: Message) -> None:
        if self._too_large and not self._answered:
            # A framework may have turned the error of receive() into one of its own: ours is the true one.
            await self.answer(self._size_error())
        if self._too_large:
            return
        if message["type"] == "http.response.start":
            self._answered = True
            self.status = message["status"]
            message = {**message, "headers": self._stamped(message.get("headers", ()))}
        if self._closing:
            await self._pass(message)
        else:
            await self._send(message)

    def _stamped(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Add what every answer carries; decides whether the connection ends with this one."""
        self._closing = self._body_to_come and self._may_be_long
        stamps = self._stamps(self._scope)
        stamps += [(b"x-request-id", self.request_id.encode()), (b"traceparent", self.traceparent.encode())]
        if self._closing:
            stamps.append((b"connection", b"close"))
        return [header for header in headers if header[0] not in STAMPS] + stamps

    async def _pass(self, message: Message) -> None:
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not (ends and self._closing and self._body_to_come) or self._held_back:
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._linger()
        await self._send({"type": "http.response.body"})

    async def _linger(self) -> None:
        taken_bytes = 0
        try:
            async with asyncio.timeout(LINGER_S):
                while self._body_to_come and taken_bytes < LINGER_BYTES:
                    message = await self._receive()
                    self._body_to_come = message.get("more_body", False)
                    taken_bytes += len(message.get("body", b""))
        except TimeoutError:
            return

    async def answer(self, error: RapportError) -> None:
        """Answer with a problem document, unless an answer is already under way: then only closing is honest."""
        if self._answered:
            raise ConnectionAbortedError("the answer broke off after its head was sent")
        self._answered = True
        self.status = error.status
        language = language_of(self._scope)
        body = json.dumps(problem(error, self.request_id, language), ensure_ascii=False).encode()
        headers = {"content-type": PROBLEM_JSON, "content-length": str(len(body)), **error.headers}
        headers |= {"content-language": language, "vary": "Accept-Language"}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": error.status, "headers": self._stamped(raw)})
        await self._pass({"type": "http.response.body", "body": body})

    def _size_error(self) -> TooLarge:
        return TooLarge(
            f"The body may have at most {self._limit_bytes} bytes.",
            code="body_too_large",
            extra={"limit_bytes": self._limit_bytes},
        )


READ_HEADERS = frozenset({b"x-request-id", b"traceparent", b"content-length", b"transfer-encoding", b"expect"})
STAMPS = frozenset({b"x-request-id", b"traceparent"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=4096)
def _meters(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(service, method, route, str(status)), SECONDS.labels(service, method, route)


def _valid(pattern: re.Pattern[str], value: str | None) -> str | None:
    return value if value is not None and pattern.fullmatch(value) else None


def _new_ids() -> tuple[str, str]:
    """Return a request id (a version 4 UUID) and a traceparent, both of one draw. They are names, not secrets."""
    drawn = f"{random.getrandbits(320):080x}"
    request_id = f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:32]}"
    return request_id, f"00-{drawn[32:64]}-{drawn[64:]}-01"


def _route(scope: Scope) -> str:
    """Return the route's template: a path would make a metric for every id."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", None) or scope.get("route_template") or "unmatched")
