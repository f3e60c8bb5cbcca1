"""One HTTP/1.1 connection to a service: bytes out, an answer in, both with back-pressure.

Byte-exact on purpose: names, values, target and body pass as they came. Which connection to take, what a failure
means for the caller, and whether to try again are left to `upstream` and `stream`.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import httptools

from kit.asgi import RawHeaders

HIGH_WATER_BYTES = 256 * 1024
MAX_HEAD_BYTES = 64 * 1024
NEVER = math.inf
BODILESS_STATUSES = frozenset({204, 304})


class Lost(Exception):
    """The service closed or reset the connection before its answer was whole."""


class Stalled(Exception):
    """Nothing moved for longer than was allowed."""


class Garbled(Exception):
    """What came back is not HTTP."""


@dataclass(slots=True)  # one is made for each request: frozen costs it a microsecond
class Head:
    """The beginning of an answer."""

    status: int
    headers: RawHeaders
    bodiless: bool


class Connection(asyncio.Protocol):
    """Carries one exchange at a time: begin, write…, finish; then head, read… until there is no more."""

    def __init__(self, on_lost: Callable[["Connection"], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_lost = on_lost
        self._transport: asyncio.Transport
        self._writable: asyncio.Future[None] | None = None
        self._write_paused = False
        self.open = False
        self._reset()

    def _reset(self) -> None:
        self._parser: httptools.HttpResponseParser | None = None
        self._to_head = False
        self._status = 0
        self._headers: RawHeaders = []
        self._head_bytes = 0
        self._head: Head | None = None
        self._chunks: list[bytes] = []
        self._buffered_bytes = 0
        self._read_paused = False
        self._arrived: asyncio.Future[None] | None = None
        self._deadline = self._watch_at = NEVER
        self._watch: Callable[[], None] | None = None
        self._failure: Exception | None = None
        self._keep_alive = False
        self._finished = False
        self.complete = False
        self.answered = False

    # the exchange

    def begin(self, head: bytes, *, to_head: bool) -> None:
        """Send the head of a request; `to_head`: a HEAD request, whose answer has no body whatever it declares."""
        self._to_head = to_head
        self._parser = httptools.HttpResponseParser(self)
        if not self.open:
            self.fail(Lost())
            return
        self._transport.write(head)

    async def write(self, data: bytes, *, idle_timeout_s: float) -> None:
        """Send a part of the body; wait while the service does not read."""
        if self._failure is not None or not self.open:
            raise self._failure or Lost()
        self._transport.write(data)
        if self._write_paused:
            self._writable = self._loop.create_future()
            try:
                async with asyncio.timeout(idle_timeout_s):
                    await self._writable
            except TimeoutError:
                raise Stalled from None

    def finish(self, *, first_byte_timeout_s: float) -> None:
        """Say that the request is whole: from now on the service owes an answer."""
        self._finished = True
        if self._head is None:
            self._arm(first_byte_timeout_s)

    async def head(self) -> Head:
        while self._head is None:
            await self._wait()
        return self._head

    async def read(self, *, idle_timeout_s: float) -> tuple[bytes, bool]:
        """Return what has come of the body, and whether more will; waits when there is nothing yet."""
        while not self._chunks and not self.complete:
            self._arm(idle_timeout_s)
            await self._wait()
        self._check()
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self._buffered_bytes = [], 0
        if self._read_paused and not self._transport.is_closing():
            self._read_paused = False
            self._transport.resume_reading()
        return body, not self.complete

    def watch(self, after_s: float, call: Callable[[], None]) -> None:
        """Have `call` called when the exchange is still under way after that time."""
        self._watch_at, self._watch = self._loop.time() + after_s, call

    def tick(self, now: float) -> None:
        """Look at the clock: the owner calls this every now and then, so that no request needs a timer of its own."""
        if now >= self._deadline:
            self.fail(Stalled())
        elif now >= self._watch_at and self._watch is not None:
            self._watch_at = NEVER
            self._watch()

    def fail(self, failure: Exception) -> None:
        """End the exchange from outside: whoever waits for the service gets this instead."""
        if self._failure is None and not self.complete:
            self._failure = failure
        self._deadline = NEVER
        _wake(self._arrived, self._writable)

    @property
    def reusable(self) -> bool:
        return (
            self.open and self.complete and self._finished and self._keep_alive and self._failure is None
            and not self._write_paused and not self._read_paused
        )  # fmt: skip

    def rest(self) -> None:
        """Forget the exchange; bytes that come now were not asked for."""
        self._reset()

    def abort(self) -> None:
        self.open = False
        self._transport.abort()

    async def _wait(self) -> None:
        self._check()
        self._arrived = self._loop.create_future()
        await self._arrived
        self._check()

    def _check(self) -> None:
        if self._failure is not None and not self.complete:
            raise self._failure

    def _arm(self, timeout_s: float) -> None:
        self._deadline = self._loop.time() + timeout_s

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by class, only by what they do
        self.open = True
        self._transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)

    def data_received(self, data: bytes) -> None:
        if self._parser is None or self.complete:
            self._keep_alive = False
            self.abort()
            return
        self.answered = True
        if self._head is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._keep_alive = False
            self.fail(Garbled())
        if self._head is None and self._head_bytes > MAX_HEAD_BYTES:
            self.fail(Garbled())
        if self._head is not None:
            self._deadline = NEVER
            _wake(self._arrived)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if exc is None and self._head is not None and self._ends_with_the_connection():
            self.complete = True
        if self._parser is not None:
            self.fail(Lost())
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._write_paused = True

    def resume_writing(self) -> None:
        self._write_paused = False
        _wake(self._writable)

    def _ends_with_the_connection(self) -> bool:
        return not any(name in {b"content-length", b"transfer-encoding"} for name, _ in self._headers)

    # the parser's side

    def on_message_begin(self) -> None:
        if self.complete:
            self._keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is None:  # later ones are trailers
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._head is not None or self._parser is None:  # a second answer that nobody asked for
            return
        status = self._parser.get_status_code()
        if status < 200:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._headers = []
            if status == 101:
                self.fail(Garbled())
            return
        bodiless = self._to_head or status in BODILESS_STATUSES
        self._keep_alive = self._parser.should_keep_alive()
        self._head = Head(status, self._headers, bodiless)
        self.complete = bodiless

    def on_body(self, body: bytes) -> None:
        if self.complete:
            self._keep_alive = False
            return
        self._chunks.append(body)
        self._buffered_bytes += len(body)
        if self._buffered_bytes > HIGH_WATER_BYTES and not self._read_paused:
            self._read_paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._head is not None:
            self.complete = True


def _wake(*waiters: asyncio.Future[None] | None) -> None:
    for waiter in waiters:
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
