"""The addresses behind a service's name: every A and AAAA record, asked again every few seconds."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from kit.logs import get_logger

TIMEOUT_S = 2.0

log = get_logger(__name__)
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, each once, in the order the system gives them; raise OSError without any."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_address(host: str) -> bool:
    """Whether a host is written as an address, so that there is nothing to ask."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Resolver:
    """Keeps one name's addresses; while they cannot be had, the last ones stay."""

    def __init__(
        self, host: str, port: int, *, refresh_s: float, look_up: Lookup, changed: Callable[[Sequence[str]], None]
    ) -> None:
        self._host, self._port = host, port
        self._refresh_s = refresh_s
        self._look_up = look_up
        self._changed = changed
        self._asking = asyncio.Lock()
        self._known: Sequence[str] = ()
        self._asked = 0

    async def run(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._refresh_s)

    async def first(self) -> None:
        """Ask unless there is an answer already; requests that come together ask once, also in vain."""
        asked = self._asked
        async with self._asking:
            if not self._known and self._asked == asked:
                await self._ask()

    async def refresh(self) -> None:
        async with self._asking:
            await self._ask()

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                found = await self._look_up(self._host, self._port)
        except OSError as error:  # gaierror and TimeoutError are two
            log.warning("name_not_resolved", host=self._host, error=type(error).__name__)
            return
        finally:
            self._asked += 1
        if sorted(found) != sorted(self._known):
            self._known = found
            self._changed(found)
