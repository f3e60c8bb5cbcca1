"""What the supervisor knows of a process it keeps alive, and the ways to see that one is ready."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from deploy.embedded.child import MYSELF, RunAs
from deploy.embedded.home import LOOPBACK

Probe = Callable[[], Awaitable[bool]]
PROBE_TIMEOUT_S = 3.0


async def always() -> bool:
    """For a process without a port: it is ready when it is alive."""
    return True


def answers_http(port: int, path: str = "/readyz") -> Probe:
    """Ready when a GET answers 200."""

    async def probe() -> bool:
        with suppress(OSError, TimeoutError, ValueError, IndexError):
            async with asyncio.timeout(PROBE_TIMEOUT_S):
                return await http_status(port, path) == 200
        return False

    return probe


def answers(check: Callable[[], bool]) -> Probe:
    """Ready when a blocking check says so."""

    async def probe() -> bool:
        return await asyncio.to_thread(check)

    return probe


async def http_status(port: int, path: str) -> int:
    """The status of one GET on the loopback; needs no client library, so that the launcher starts at once."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One line of the process table."""

    name: str
    argv: tuple[str, ...]
    tier: int
    ready: Probe
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # it holds passwords
    address: str | None = None
    waits: bool = True  # whether the next tier starts only when this one is ready
    before_start: Callable[[], None] | None = None
    run_as: RunAs = MYSELF
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # what the kernel sends when the launcher itself is killed
    grace_s: float = 10.0
    start_timeout_s: float = 60.0
