"""Calls from one service to another: one pooled client, an identity on every call, errors of our own tree."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
import structlog
from httpx_aiohttp import AiohttpTransport

from kit.auth import Identity, Signer
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout

CONNECT_TIMEOUT_S = 1.0


class ServiceClient:
    """HTTP to the other services of the house, each by its name.

    The transport is aiohttp's: httpx's own pool scans every connection for each request. Tests pass one of their own.
    """

    def __init__(
        self,
        addresses: Mapping[str, str],
        signer: Signer,
        *,
        timeout_s: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._addresses = dict(addresses)
        self._signer = signer
        self._timeout = httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S)
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    @property
    def services(self) -> list[str]:
        return sorted(self._addresses)

    async def __aenter__(self) -> Self:
        transport = self._transport or AiohttpTransport(client=aiohttp.ClientSession())
        self._client = httpx.AsyncClient(transport=transport, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get_json(self, service: str, path: str, identity: Identity) -> dict[str, Any]:
        """GET a JSON object as `identity`; raise UpstreamTimeout, Unavailable or UpstreamFailed."""
        if self._client is None:
            raise RuntimeError("open the client with `async with` first")
        context = structlog.contextvars.get_contextvars()
        headers = {name: context[key] for name, key in _PASSED_ON.items() if key in context}
        headers["Authorization"] = f"Bearer {self._signer.token(identity, service)}"
        try:
            answer = await self._client.get(self._addresses[service] + path, headers=headers)
        except httpx.TimeoutException as error:
            raise UpstreamTimeout(f"{service} did not answer in time.") from error
        except httpx.RequestError as error:
            raise Unavailable(f"{service} is not reachable.", code="service_unavailable", retry_after_s=1) from error
        if answer.status_code != httpx.codes.OK:
            raise UpstreamFailed(f"{service} answered {answer.status_code}.")
        return _json_object(service, answer)


def _json_object(service: str, answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise UpstreamFailed(f"{service} answered something that is not a JSON object.")
    return document


_PASSED_ON = {"X-Request-Id": "request_id", "traceparent": "traceparent"}
