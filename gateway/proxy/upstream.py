"""The services behind the gateway: where each one is, its open connections, and how many may be in use at once."""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field

from gateway.proxy.connection import Connection
from kit.errors import Unavailable

# Below uvicorn's keep-alive of 5 s: a connection is left before the service leaves it.
IDLE_LIFETIME_S = 4.0
RETRY_AFTER_S = 1


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens."""

    host: str
    port: int
    tls: bool = False

    @property
    def authority(self) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default_port = 443 if self.tls else 80
        return host.encode() if self.port == default_port else f"{host}:{self.port}".encode()


@dataclass(slots=True, eq=False)
class Upstream:
    """One service and its pool; the newest idle connection is taken first, so that the others can age out."""

    name: str
    address: Address
    max_connections: int = 512
    connect_timeout_s: float = 2.0
    _idle: deque[tuple[float, Connection]] = field(default_factory=deque)
    _busy: set[Connection] = field(default_factory=set)
    _tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.address.tls:
            self._tls = ssl.create_default_context()

    def take_idle(self) -> Connection | None:
        """Return a connection that has been used before, if there is a fresh one at rest."""
        oldest = asyncio.get_running_loop().time() - IDLE_LIFETIME_S
        while self._idle:
            since, connection = self._idle.pop()
            if connection.open and since > oldest:
                self._busy.add(connection)
                return connection
            connection.abort()
        return None

    async def connect(self) -> Connection:
        """Open a connection; raise Unavailable when the service cannot be reached or is full."""
        if len(self._busy) >= self.max_connections:
            raise self.unavailable(f"{self.name} has all the requests it can take.", code="overloaded")
        connection = Connection(self._lose)
        self._busy.add(connection)  # counts from now on: those still connecting are load too
        try:
            async with asyncio.timeout(self.connect_timeout_s):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection, self.address.host, self.address.port, ssl=self._tls
                )
        except OSError as error:  # refused, unknown host, no route, TLS; TimeoutError is one too
            raise self.unavailable(f"{self.name} cannot be reached.") from error
        finally:
            if not connection.open:
                self._busy.discard(connection)
        return connection

    def release(self, connection: Connection) -> None:
        """Keep a connection whose exchange is over in both directions; close any other."""
        self._busy.discard(connection)
        if not connection.reusable:
            connection.abort()
            return
        connection.rest()
        now = asyncio.get_running_loop().time()
        self._idle.append((now, connection))
        while self._idle[0][0] < now - IDLE_LIFETIME_S:
            self._idle.popleft()[1].abort()

    def close(self) -> None:
        for connection in [*self._busy, *(connection for _, connection in self._idle)]:
            connection.abort()
        self._idle.clear()

    def unavailable(self, detail: str, *, code: str = "unavailable") -> Unavailable:
        return Unavailable(detail, code=code, retry_after_s=RETRY_AFTER_S, extra={"service": self.name})

    def _lose(self, connection: Connection) -> None:
        self._busy.discard(connection)
