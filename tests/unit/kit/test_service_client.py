"""Calls between services: signed, traced, and every failure one of our own errors."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
import structlog

from kit.auth import Verifier
from kit.errors import RapportError, Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import ServiceClient
from kit.testing import Keys, caller

Answer = Callable[[httpx.Request], httpx.Response]
WHO = caller(UUID(int=7), "ml:read", user_id=uuid4())


@pytest.fixture(scope="module")
def house() -> Keys:
    return Keys("crm")


async def call(house: Keys, answer: Answer) -> dict[str, object]:
    transport = httpx.MockTransport(answer)
    async with ServiceClient({"embeddings": "http://e"}, house.signer("crm"), transport=transport) as client:
        return await client.get_json("embeddings", "/x", WHO)


async def test_a_call_shows_who_asks_and_passes_the_ids_of_the_request_on(house: Keys) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": True})

    with structlog.contextvars.bound_contextvars(request_id="request-0001", traceparent="00-a-b-01"):
        assert await call(house, answer) == {"ok": True}
    [request] = seen
    told = Verifier(house.jwks, "embeddings").verify(request.headers["authorization"].removeprefix("Bearer "))
    assert (told.issuer, told.workspace_id, told.user_id, told.scopes) == (
        "crm",
        WHO.workspace_id,
        WHO.user_id,
        WHO.scopes,
    )
    assert (request.headers["x-request-id"], request.headers["traceparent"]) == ("request-0001", "00-a-b-01")


def failing(error: type[httpx.RequestError]) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error("told to fail")

    return answer


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (failing(httpx.ConnectTimeout), UpstreamTimeout),
        (failing(httpx.ReadTimeout), UpstreamTimeout),
        (failing(httpx.ConnectError), Unavailable),
        (failing(httpx.RemoteProtocolError), Unavailable),
        (failing(httpx.DecodingError), Unavailable),
        (lambda _request: httpx.Response(500), UpstreamFailed),
        (lambda _request: httpx.Response(404, json={}), UpstreamFailed),
        (lambda _request: httpx.Response(200, text="<html>"), UpstreamFailed),
        (lambda _request: httpx.Response(200, json=[1]), UpstreamFailed),
        (lambda _request: httpx.Response(200, content=b"\xff\xfe"), UpstreamFailed),
    ],
)
async def test_a_failure_is_one_of_our_own_and_names_the_service(
    house: Keys, answer: Answer, error: type[RapportError]
) -> None:
    with pytest.raises(error, match="embeddings"):
        await call(house, answer)
