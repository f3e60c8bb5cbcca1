"""Calls between services: signed, traced, and every failure one of our own errors."""

import asyncio
import json
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send

from kit.auth import Verifier
from kit.deadline import Deadline
from kit.errors import RapportError, Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import Refused, ServiceClient
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
        (lambda _request: httpx.Response(503), Unavailable),
        (lambda _request: httpx.Response(429, headers={"Retry-After": "60"}), Unavailable),
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


@pytest.mark.parametrize("answer", [failing(httpx.ConnectError), lambda _request: httpx.Response(503)])
async def test_whoever_asked_is_told_when_to_try_again(house: Keys, answer: Answer) -> None:
    with pytest.raises(Unavailable) as refused:
        await call(house, answer)
    assert refused.value.headers == {"Retry-After": "1"}


async def test_what_a_service_refuses_with_is_kept_for_who_passes_it_on(house: Keys) -> None:
    problem = {"code": "invalid", "status": 422, "detail": "No."}
    with pytest.raises(Refused) as refused:
        await call(house, lambda _request: httpx.Response(422, json=problem))
    assert (refused.value.answered, refused.value.problem, refused.value.status) == (422, problem, 502)
    with pytest.raises(Refused) as bare:
        await call(house, lambda _request: httpx.Response(500, text="<html>"))
    assert (bare.value.answered, bare.value.problem) == (500, {})


async def test_it_asks_in_a_language_where_one_is_wanted_and_once_where_nobody_waits(house: Keys) -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("accept-language"))
        return httpx.Response(503)

    transport, addresses = httpx.MockTransport(answer), {"embeddings": "http://e"}
    async with ServiceClient(addresses, house.signer("crm"), transport=transport, retry_waits_s=()) as client:
        for language in ("ru", None):
            with pytest.raises(Unavailable):
                await client.get_json("embeddings", "/x", WHO, language=language)
    assert asked == ["ru", None]


class Service:
    """Answers in turn what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answers.pop(0)

    def client(self, house: Keys, *, timeout_s: float = 5.0) -> ServiceClient:
        transport = httpx.MockTransport(self)
        return ServiceClient({"embeddings": "http://e"}, house.signer("crm"), transport=transport, timeout_s=timeout_s)


GOOD = {"ok": True}


@pytest.mark.parametrize(
    "refusal", [httpx.Response(503), httpx.Response(503, headers={"Retry-After": "0"}), httpx.Response(429)], ids=str
)
async def test_what_only_reads_is_asked_again_where_the_service_cannot_answer_now(
    house: Keys, refusal: httpx.Response
) -> None:
    service = Service(refusal, httpx.Response(200, json=GOOD))
    async with service.client(house) as client:
        assert await client.get_json("embeddings", "/x", WHO) == GOOD
    assert len(service.asked) == 2


async def test_it_is_not_asked_again_when_there_is_no_time_to_wait_as_long_as_it_says(house: Keys) -> None:
    service = Service(httpx.Response(503, headers={"Retry-After": "60"}))
    async with service.client(house) as client:
        with pytest.raises(Unavailable) as refused:
            await client.get_json("embeddings", "/x", WHO)
    assert (len(service.asked), refused.value.retry_after_s) == (1, 60)


async def test_an_error_that_is_no_refusal_is_not_asked_for_again(house: Keys) -> None:
    service = Service(httpx.Response(500))
    async with service.client(house) as client:
        with pytest.raises(UpstreamFailed):
            await client.get_json("embeddings", "/x", WHO)


async def test_a_post_carries_its_body_and_is_sent_once(house: Keys) -> None:
    service = Service(httpx.Response(200, json=GOOD), httpx.Response(503))
    async with service.client(house) as client:
        assert await client.post_json("embeddings", "/x", WHO, {"ids": [1, 2]}) == GOOD
        with pytest.raises(Unavailable):
            await client.post_json("embeddings", "/x", WHO, {"ids": [3]})
    assert [(one.method, json.loads(one.content)) for one in service.asked] == [
        ("POST", {"ids": [1, 2]}),
        ("POST", {"ids": [3]}),
    ]


async def within(house: Keys, service: Service, sent: str, *, timeout_s: float = 5.0) -> None:
    """Call the service from inside a request whose caller waits as long as `sent` says."""

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        async with service.client(house, timeout_s=timeout_s) as client:
            await client.get_json("embeddings", "/x", WHO)

    scope = {"type": "http", "headers": [(b"x-timeout-ms", sent.encode())]}
    await Deadline(app)(scope, nothing, ignored)


async def nothing() -> Message:
    raise AssertionError


async def ignored(_message: Message) -> None: ...


@pytest.mark.parametrize(
    ("sent", "own_s", "passed_on"),
    [("2000", 5.0, 2_000), ("60000", 5.0, 5_000), ("soon", 5.0, 5_000), ("99999999", 5.0, 5_000), ("-1", 5.0, 5_000)],
)
async def test_the_time_that_is_left_is_passed_on(house: Keys, sent: str, own_s: float, passed_on: int) -> None:
    service = Service(httpx.Response(200, json=GOOD))
    await within(house, service, sent, timeout_s=own_s)
    told = int(service.asked[0].headers["x-timeout-ms"])
    assert passed_on - 1_000 < told <= passed_on


async def test_when_the_time_is_over_nobody_is_asked(house: Keys) -> None:
    service = Service()
    with pytest.raises(UpstreamTimeout, match="embeddings"):
        await within(house, service, "0")
    assert service.asked == []


async def test_the_time_of_one_request_is_not_the_next_ones(house: Keys) -> None:
    with pytest.raises(UpstreamTimeout):
        await within(house, Service(), "0")
    service = Service(httpx.Response(200, json=GOOD))
    async with service.client(house) as client:
        await client.get_json("embeddings", "/x", WHO)
    assert len(service.asked) == 1


async def test_a_service_that_drips_its_answer_is_not_waited_for_longer(house: Keys) -> None:
    async def drip(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    transport = httpx.MockTransport(drip)
    async with ServiceClient(
        {"embeddings": "http://e"}, house.signer("crm"), transport=transport, timeout_s=0.05
    ) as client:
        with pytest.raises(UpstreamTimeout):
            await client.post_json("embeddings", "/x", WHO, {})
