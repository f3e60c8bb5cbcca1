"""A service behind the gateway: which of its replicas takes a request, and whether any is asked at all."""

import asyncio
import random
import ssl
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

from prometheus_client import Counter, Gauge

from gateway.proxy.breaker import Breaker
from gateway.proxy.connection import Connection, Garbled, Lost, Stalled
from gateway.proxy.replica import Replica, Unreachable
from gateway.proxy.resolver import Lookup, Resolver, is_address, look_up
from kit.errors import Unavailable
from kit.logs import get_logger

KNOCK_TIMEOUT_S = 1.0
RETRY_AFTER_S = 1
STATES = {"closed": 0, "half_open": 1, "open": 2}

log = get_logger(__name__)
STATE = Gauge("rapport_gateway_breaker_state", "0 closed, 1 half-open, 2 open", ["service"])
OPENED = Counter("rapport_gateway_breaker_opened_total", "Times a breaker opened", ["service"])
CONNECTIONS = Gauge("rapport_gateway_connections", "Connections to a service", ["service", "state"])
REPLICAS = Gauge("rapport_gateway_replicas", "Addresses a service's name leads to", ["service"])


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens, by name."""

    host: str
    port: int
    tls: bool = False

    @property
    def authority(self) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default_port = 443 if self.tls else 80
        return host.encode() if self.port == default_port else f"{host}:{self.port}".encode()


class Upstream:
    """One service: its replicas and its breaker."""

    def __init__(
        self,
        name: str,
        address: Address,
        *,
        max_connections: int = 512,
        connect_timeout_s: float = 2.0,
        refresh_s: float = 5.0,
        look_up: Lookup = look_up,
        chance: random.Random,
    ) -> None:
        self.name = name
        self.address = address
        self.authority = address.authority
        self.breaker = Breaker()
        self._max_connections = max_connections
        self._connect_timeout_s = connect_timeout_s
        self._refresh_s = refresh_s
        self._look_up = look_up
        self._chance = chance
        self._replicas: list[Replica] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls = ssl.create_default_context() if address.tls else None
        self._measure()

    def start(self) -> None:
        """Find the replicas, and go on looking where the address is a name."""
        self._loop = asyncio.get_running_loop()
        if is_address(self.address.host):
            self._found([self.address.host])
            return
        host, port = self.address.host, self.address.port
        self._resolver = Resolver(host, port, refresh_s=self._refresh_s, look_up=self._look_up, changed=self._found)
        self._spawn(self._resolver.run())

    def admit(self) -> None:
        """Raise Unavailable at once while the service is left alone or has all it can take."""
        if not self.breaker.admits():
            retry_after_s = self.breaker.retry_after_s(self._loop.time())
            raise self.unavailable(f"{self.name} does not answer; it is asked again soon.", retry_after_s=retry_after_s)
        if self._busy() >= self._max_connections:
            self.breaker.abandoned()
            raise self.unavailable(f"{self.name} has all the requests it can take.", code="overloaded")

    async def choose(self, *, avoid: Replica | None = None) -> Replica:
        """Return a replica: of two drawn by chance the one with less to do (Mitzenmacher's two choices)."""
        replicas = self._replicas
        if len(replicas) == 1:
            return replicas[0]
        if not replicas:
            await self._resolver.first()
            if not self._replicas:
                raise Unreachable
            return await self.choose()
        now = self._loop.time()
        fit = [each for each in replicas if each is not avoid and each.rests_until <= now]
        fit = fit or [each for each in replicas if each is not avoid]
        return min(self._chance.sample(fit, min(2, len(fit))), key=lambda each: each.busy)

    async def connect(self, replica: Replica) -> tuple[Replica, Connection]:
        """Open a connection, to another replica if this one cannot be reached: nothing has been sent yet."""
        try:
            return replica, await replica.connect()
        except Unreachable:
            other = await self.choose(avoid=replica)
            if other is replica:
                raise
            return other, await other.connect()

    def succeeded(self, replica: Replica) -> None:
        replica.succeeded()
        self.breaker.succeeded(self._loop.time())

    def failed(self, *, weight: int = 1) -> None:
        """Note that a request was failed; when that opens the breaker, begin to knock."""
        if self.breaker.failed(self._loop.time(), weight=weight):
            OPENED.labels(self.name).inc()
            log.warning("breaker_opened", upstream=self.name)
            self._spawn(self._knock())

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for replica in self._replicas:
            replica.close()

    def unavailable(
        self, detail: str, *, code: str = "service_unavailable", retry_after_s: int = RETRY_AFTER_S
    ) -> Unavailable:
        return Unavailable(detail, code=code, retry_after_s=retry_after_s, extra={"service": self.name})

    async def ask(self, path: bytes, *, timeout_s: float) -> int | None:
        """Ask a replica something of our own; return the status, or None when it does not answer in time."""
        try:
            async with asyncio.timeout(timeout_s):
                replica, connection = await self.connect(await self.choose())
                try:
                    connection.begin(b"GET %b HTTP/1.1\r\nhost: %b\r\n\r\n" % (path, self.authority), to_head=False)
                    connection.finish(first_byte_timeout_s=timeout_s)
                    return (await connection.head()).status
                finally:
                    replica.release(connection)
        except (Unreachable, Lost, Stalled, Garbled, TimeoutError):
            return None

    async def _knock(self) -> None:
        while self.breaker.state == "open":
            await asyncio.sleep(self.breaker.wait_s)
            status = await self.ask(b"/livez", timeout_s=KNOCK_TIMEOUT_S)
            self.breaker.knocked(self._loop.time(), answered=status is not None)
        log.info("breaker_half_open", upstream=self.name)

    def _busy(self) -> int:
        return sum([replica.busy for replica in self._replicas])

    def _found(self, hosts: Sequence[str]) -> None:
        """Take in what the name leads to now; replicas that stay keep their connections."""
        known = {replica.host: replica for replica in self._replicas}
        self._replicas = [known.pop(host) if host in known else self._replica(host) for host in hosts]
        for gone in known.values():
            gone.retire()

    def _replica(self, host: str) -> Replica:
        port, timeout_s, name = self.address.port, self._connect_timeout_s, self.address.host
        return Replica(host, port, connect_timeout_s=timeout_s, tls=self._tls, name=name)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _measure(self) -> None:
        """Have the gauges ask when they are read: nothing to count on the way of a request."""
        STATE.labels(self.name).set_function(lambda: STATES[self.breaker.state])
        REPLICAS.labels(self.name).set_function(lambda: len(self._replicas))
        CONNECTIONS.labels(self.name, "busy").set_function(self._busy)
        CONNECTIONS.labels(self.name, "idle").set_function(lambda: sum(each.idle for each in self._replicas))
