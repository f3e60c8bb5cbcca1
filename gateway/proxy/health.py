"""What operations ask without a token: alive, ready, measured.

A service that is away does not make the gateway unready: the others still answer through it.
"""

import asyncio
import json
import time
from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Send

from gateway.proxy.drain import Drain
from gateway.proxy.keys import Keyring
from gateway.proxy.upstream import Upstream

ASK_TIMEOUT_S = 1.0
REMEMBERED_S = 1.0  # anyone may ask, as often as they like; the services are asked once a second


class Health:
    """Answers the three open paths."""

    def __init__(self, keys: Keyring, upstreams: Sequence[Upstream], drain: Drain) -> None:
        self._keys = keys
        self._drain = drain
        self._upstreams = upstreams
        self._asked_at = float("-inf")
        self._states: dict[str, str] = {}
        self._asking = asyncio.Lock()

    async def answer(self, path: str, send: Send) -> None:
        match path:
            case "/livez":
                await send_json(send, 200, {"status": "alive", "service": "gateway"})
            case "/readyz":
                await self._readyz(send)
            case _:
                await _send(send, 200, CONTENT_TYPE_LATEST, generate_latest())

    async def _readyz(self, send: Send) -> None:
        keys, leaving = self._keys.ready, self._drain.leaving
        ready = keys and not leaving
        status = "draining" if leaving else "ready" if ready else "not_ready"
        checks = {"keys": "ok" if keys else "keys_unavailable"}
        body = {"status": status, "checks": checks, "services": await self._services()}
        await send_json(send, 200 if ready else 503, body)

    async def _services(self) -> dict[str, str]:
        async with self._asking:
            if time.monotonic() - self._asked_at > REMEMBERED_S:
                states = await asyncio.gather(*(_state(upstream) for upstream in self._upstreams))
                names = (upstream.name for upstream in self._upstreams)
                self._states = dict(zip(names, states, strict=True))
                self._asked_at = time.monotonic()
        return self._states


async def _state(upstream: Upstream) -> str:
    status = await upstream.ask(b"/readyz", timeout_s=ASK_TIMEOUT_S)
    if status is None:
        return "unreachable"
    return "ready" if status == 200 else "not_ready"


async def send_json(send: Send, status: int, body: object) -> None:
    await _send(send, status, "application/json", json.dumps(body).encode())


async def _send(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
