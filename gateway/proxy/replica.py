"""One address of a service: its open connections, and whether it is left out for a moment."""

import asyncio
import ssl
from collections import deque

from gateway.proxy.connection import Connection

# Below uvicorn's keep-alive of 5 s: a connection is left before the service leaves it.
IDLE_LIFETIME_S = 4.0
LONGEST_REST_S = 8.0
TICK_S = 0.025  # how late a time-out may come


class Unreachable(Exception):
    """No connection could be opened, so nothing has been sent."""


class Replica:
    """A pool of connections to one address; the newest idle one is taken first, so that the others can age out."""

    def __init__(
        self, host: str, port: int, *, connect_timeout_s: float, tls: ssl.SSLContext | None, name: str
    ) -> None:
        self.host = host
        self._port = port
        self._connect_timeout_s = connect_timeout_s
        self._tls = tls
        self._name = name if tls else None
        self._idle: deque[tuple[float, Connection]] = deque()
        self._busy: set[Connection] = set()
        self._retired = False
        self._failed_in_a_row = 0
        self.rests_until = 0.0
        self._ticking = False
        self._loop = asyncio.get_running_loop()

    @property
    def busy(self) -> int:
        return len(self._busy)

    @property
    def idle(self) -> int:
        return len(self._idle)

    def take_idle(self) -> Connection | None:
        """Return a connection that has been used before, if there is a fresh one at rest."""
        if not self._idle:
            return None
        oldest = self._loop.time() - IDLE_LIFETIME_S
        while self._idle:
            since, connection = self._idle.pop()
            if connection.open and since > oldest:
                self._begin(connection)
                return connection
            connection.abort()
        return None

    async def connect(self) -> Connection:
        """Open a connection; raise Unreachable, and then this address rests."""
        connection = Connection(self._lose)
        self._begin(connection)  # counts from now on: those still connecting are load too
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                await self._loop.create_connection(
                    lambda: connection, self.host, self._port, ssl=self._tls, server_hostname=self._name
                )
        except OSError as error:  # refused, no route, TLS; TimeoutError is one too
            self.failed()
            raise Unreachable from error
        finally:
            if not connection.open:
                self._busy.discard(connection)
        return connection

    def release(self, connection: Connection) -> None:
        """Keep a connection whose exchange is over in both directions; close any other."""
        self._busy.discard(connection)
        if self._retired or not connection.reusable:
            connection.abort()
            return
        connection.rest()
        now = self._loop.time()
        self._idle.append((now, connection))
        while self._idle[0][0] < now - IDLE_LIFETIME_S:
            self._idle.popleft()[1].abort()

    def failed(self) -> None:
        """Leave it out for a moment, longer each time."""
        self.rests_until = self._loop.time() + min(2.0**self._failed_in_a_row, LONGEST_REST_S)
        self._failed_in_a_row = min(self._failed_in_a_row + 1, 10)

    def succeeded(self) -> None:
        if self._failed_in_a_row:
            self._failed_in_a_row, self.rests_until = 0, 0.0

    def retire(self) -> None:
        """The name does not lead here any more: what runs may end, nothing new begins."""
        self._retired = True
        while self._idle:
            self._idle.pop()[1].abort()

    def close(self) -> None:
        self.retire()
        for connection in list(self._busy):
            connection.abort()

    def _begin(self, connection: Connection) -> None:
        self._busy.add(connection)
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        for connection in list(self._busy):
            connection.tick(now)
        self._ticking = bool(self._busy)
        if self._ticking:
            self._loop.call_later(TICK_S, self._tick)

    def _lose(self, connection: Connection) -> None:
        self._busy.discard(connection)
