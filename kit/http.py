"""Calls from one service to another: one pooled client, an identity on every call, errors of our own tree."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
import structlog
from httpx_aiohttp import AiohttpTransport

from kit.auth import Identity, Signer
from kit.deadline import HEADER, remaining_s
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from kit.texts import Language

CONNECT_TIMEOUT_S = 1.0
RETRY_WAITS_S = (0.05, 0.2)


class Refused(UpstreamFailed):
    """A service answered and said no: `answered` is its status, `problem` its problem document, empty if it sent none.

    To whoever called us this is 502, as the question was ours; who passes questions on may pass the answer on too.
    """

    def __init__(self, service: str, answered: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{service} answered {answered}.")
        self.answered = answered
        self.problem = problem


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
        retry_waits_s: Sequence[float] = RETRY_WAITS_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._addresses = dict(addresses)
        self._signer = signer
        self._timeout_s = timeout_s
        self._retry_waits_s = tuple(retry_waits_s)
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    @property
    def services(self) -> list[str]:
        return sorted(self._addresses)

    async def __aenter__(self) -> Self:
        transport = self._transport or AiohttpTransport(client=aiohttp.ClientSession())
        timeout = httpx.Timeout(self._timeout_s, connect=CONNECT_TIMEOUT_S)
        self._client = httpx.AsyncClient(transport=transport, timeout=timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get_json(
        self, service: str, path: str, identity: Identity, *, language: Language | None = None
    ) -> dict[str, Any]:
        """GET a JSON object as `identity`; raise UpstreamTimeout, Unavailable, Refused or UpstreamFailed.

        A service that cannot be reached, or says when to come back, is asked again while there is time.
        """
        deadline = time.monotonic() + remaining_s(self._timeout_s)
        for wait_s in self._retry_waits_s:
            try:
                return await self._ask("GET", service, path, identity, deadline, language)
            except Unavailable as error:
                pause_s = wait_s if error.retry_after_s is None else error.retry_after_s
                if time.monotonic() + pause_s >= deadline:
                    raise
            await asyncio.sleep(pause_s)
        return await self._ask("GET", service, path, identity, deadline, language)

    async def post_json(
        self,
        service: str,
        path: str,
        identity: Identity,
        body: Mapping[str, Any],
        *,
        language: Language | None = None,
    ) -> dict[str, Any]:
        """POST a JSON object and return the one that answers: a call for many at once. It is not tried again."""
        deadline = time.monotonic() + remaining_s(self._timeout_s)
        return await self._ask("POST", service, path, identity, deadline, language, json=body)

    async def _ask(
        self,
        method: str,
        service: str,
        path: str,
        identity: Identity,
        deadline: float,
        language: Language | None,
        **body: Any,
    ) -> dict[str, Any]:
        if self._client is None:
            raise RuntimeError("open the client with `async with` first")
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise UpstreamTimeout(f"There is no time left to ask {service}.")
        headers = self._headers(service, identity, left_s) | ({"Accept-Language": language} if language else {})
        try:
            async with asyncio.timeout(left_s):  # of the whole call; the client's own are of each step
                answer = await self._client.request(method, self._addresses[service] + path, headers=headers, **body)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise UpstreamTimeout(f"{service} did not answer in time.") from error
        except httpx.RequestError as error:
            raise Unavailable(f"{service} is not reachable.", code="service_unavailable") from error
        return _json_object(service, answer)

    def _headers(self, service: str, identity: Identity, left_s: float) -> dict[str, str]:
        context = structlog.contextvars.get_contextvars()
        headers = {name: context[key] for name, key in _PASSED_ON.items() if key in context}
        headers[HEADER] = str(int(left_s * 1e3))
        headers["Authorization"] = f"Bearer {self._signer.token(identity, service)}"
        return headers


def _json_object(service: str, answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}:
        after = answer.headers.get("retry-after", "")
        retry_after_s = int(after) if after.isdecimal() else None
        raise Unavailable(f"{service} cannot answer now.", code="service_unavailable", retry_after_s=retry_after_s)
    document = _read(answer)
    if answer.status_code != httpx.codes.OK:
        raise Refused(service, answer.status_code, document or {})
    if document is None:
        raise UpstreamFailed(f"{service} answered something that is not a JSON object.")
    return document


def _read(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        document = answer.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


_PASSED_ON = {"X-Request-Id": "request_id", "traceparent": "traceparent"}
