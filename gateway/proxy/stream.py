"""One exchange: the client's request on to a service and the answer back, as both come, with nothing held whole.

Failures become problem documents while nothing has been sent; after that the only honest thing is to break off,
so that a client never takes a part for the whole.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import Counter
from starlette.types import Receive, Scope, Send

from gateway.proxy.connection import Connection, Garbled, Lost, Stalled
from gateway.proxy.headers import Request, inward, outward
from gateway.proxy.replica import Replica, Unreachable
from gateway.proxy.routes import Route
from gateway.proxy.upstream import Upstream
from kit.errors import BadRequest, RapportError, UpstreamFailed, UpstreamTimeout

# Most answers come sooner; only for slower ones is a task worth its price that notices the client leaving.
WATCH_AFTER_S = 0.05
STALLED_WEIGHT = 3  # a silent service costs every caller the whole time of the route: two of them are enough

FAILURES = Counter("rapport_gateway_failures_total", "Exchanges that a service failed", ["service", "kind"])
RETRIES = Counter("rapport_gateway_retries_total", "Requests sent again on another connection", ["service"])


class ClientGone(Exception):
    """The client closed its connection: there is nobody to answer."""


class _Stale(Exception):
    """The connection died before the answer began, and the request may be sent again."""


@dataclass(slots=True)  # one is made for each request: frozen costs it a microsecond
class Exchange:
    """What one exchange needs to know."""

    scope: Scope
    receive: Receive
    send: Send
    route: Route
    upstream: Upstream
    idle_timeout_s: float


async def forward(exchange: Exchange, *, authorization: bytes) -> None:
    """Carry one exchange; raises RapportError for what went wrong, returns quietly when the client left."""
    upstream = exchange.upstream
    upstream.admit()
    request = inward(exchange.scope, authority=upstream.authority, authorization=authorization)
    try:
        upstream.succeeded(await _carry_once_or_twice(exchange, request))
    except ClientGone:
        return
    except (Unreachable, Lost, Garbled, Stalled, _Stale) as failure:
        raise _failure_of(upstream, failure) from failure
    finally:
        upstream.breaker.abandoned()  # changes nothing once there was a verdict


def _failure_of(upstream: Upstream, failure: Exception) -> RapportError:
    FAILURES.labels(upstream.name, type(failure).__name__.strip("_").lower()).inc()
    match failure:
        case Unreachable():
            upstream.failed()
            return upstream.unavailable(f"{upstream.name} cannot be reached.")
        case Stalled():
            upstream.failed(weight=STALLED_WEIGHT)
            return UpstreamTimeout(f"{upstream.name} did not answer in time.", extra={"service": upstream.name})
    upstream.failed()
    return UpstreamFailed(f"{upstream.name} broke off.", extra={"service": upstream.name})


async def _carry_once_or_twice(exchange: Exchange, request: Request) -> Replica:
    """Return the replica that answered. Only what `repeatable` says is sent twice, and never later than in time."""
    upstream, timeout_s = exchange.upstream, exchange.route.first_byte_timeout_s
    replica = await upstream.choose()
    connection = replica.take_idle()
    began_at = asyncio.get_running_loop().time()
    try:
        if connection is None:
            replica, connection = await upstream.connect(replica)
        await _carry(exchange, request, replica, connection, timeout_s)
    except _Stale:
        RETRIES.labels(upstream.name).inc()
        replica, connection = await upstream.connect(await upstream.choose(avoid=replica))
        left_s = timeout_s - (asyncio.get_running_loop().time() - began_at)
        await _carry(exchange, request, replica, connection, max(left_s, 0.0))
    return replica


async def _carry(
    exchange: Exchange, request: Request, replica: Replica, connection: Connection, timeout_s: float
) -> None:
    caller = _Caller(exchange, request, connection, timeout_s)
    try:
        await caller.start()
        head = await connection.head()
        await exchange.send({"type": "http.response.start", "status": head.status, "headers": outward(head)})
        more = True
        while more:
            body, more = await connection.read(idle_timeout_s=exchange.idle_timeout_s)
            if not more:
                caller.stop()  # before the last word: what then remains of the client's body is the edge's to take
            await _send_on(exchange, body, more=more)
    except (Lost, Garbled, Stalled) as failure:
        if isinstance(failure, Lost) and request.repeatable and not connection.answered:
            raise _Stale from None
        replica.failed()
        raise
    finally:
        caller.stop()
        replica.release(connection)


async def _send_on(exchange: Exchange, body: bytes, *, more: bool) -> None:
    message = {"type": "http.response.body", "body": body, "more_body": more}
    if not more:
        await exchange.send(message)
        return
    try:
        async with asyncio.timeout(exchange.idle_timeout_s):
            await exchange.send(message)
    except TimeoutError:
        raise ClientGone from None


class _Caller:
    """The client's side of an exchange: sends its body on and notices when it leaves."""

    def __init__(self, exchange: Exchange, request: Request, connection: Connection, timeout_s: float) -> None:
        self._exchange = exchange
        self._first_byte_timeout_s = timeout_s
        self._request = request
        self._connection = connection
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Send the head, and the body if it is there already; else the body follows while the answer is awaited."""
        if self._request.framing == "none":
            self._begin(b"\r\n")
            self._finish()
            return
        body, more = await self._part()
        if not more:
            self._begin(b"content-length: %d\r\n\r\n%b" % (len(body), body))
            self._finish()
            return
        if self._request.framing == "length":
            self._begin(b"content-length: %b\r\n\r\n" % self._request.declared_bytes)
        else:
            self._begin(b"transfer-encoding: chunked\r\n\r\n")
        self._task = asyncio.create_task(self._guard(partial(self._upload, body)))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _begin(self, rest: bytes) -> None:
        self._connection.begin(self._request.head + rest, to_head=self._request.method == "HEAD")

    def _finish(self) -> None:
        self._connection.finish(first_byte_timeout_s=self._first_byte_timeout_s)
        self._connection.watch(WATCH_AFTER_S, self._watch)

    def _watch(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._guard(self._until_gone))

    async def _upload(self, body: bytes) -> None:
        idle_timeout_s = self._exchange.idle_timeout_s
        chunked = self._request.framing == "chunked"
        more = True
        while True:
            if body:
                framed = b"%x\r\n%b\r\n" % (len(body), body) if chunked else body
                await self._connection.write(framed, idle_timeout_s=idle_timeout_s)
            if not more:
                break
            body, more = await self._part()
        if chunked:
            await self._connection.write(b"0\r\n\r\n", idle_timeout_s=idle_timeout_s)
        self._finish()

    async def _part(self) -> tuple[bytes, bool]:
        try:
            async with asyncio.timeout(self._exchange.idle_timeout_s):
                message = await self._exchange.receive()
        except TimeoutError:
            raise BadRequest("The rest of the body did not come.", code="body_incomplete") from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message.get("body", b""), message.get("more_body", False)

    async def _until_gone(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
        raise ClientGone

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a task's work; what goes wrong in it ends the exchange, which is waiting for the service."""
        try:
            await work()
        except (ClientGone, Lost, Stalled, RapportError) as failure:
            self._connection.fail(failure)
