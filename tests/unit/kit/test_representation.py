"""How an answer is represented: HEAD, validators, the caller's language."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse

from kit.app import create_app
from kit.auth import Identity, Verifier, require
from kit.language import Reads
from kit.representation import entity_tag, matches
from kit.settings import Settings
from kit.testing import Keys, caller
from kit.texts import KIT

Reader = Annotated[Identity, Depends(require("ml:read"))]
router = APIRouter()
seconds = count()


@router.get("/scores/{score}")
async def score(_who: Reader, score: float) -> dict[str, Any]:
    """Answer a score, computed at another time for each request."""
    return {"computed_at": datetime.fromtimestamp(next(seconds), UTC).isoformat(), "score": score}


@router.get("/greeting")
async def greeting(_who: Reader, language: Reads) -> dict[str, str]:
    return {"text": {"en": "Hello", "ru": "Здравствуйте"}[language]}


@router.get("/plain")
async def plain(_who: Reader) -> PlainTextResponse:
    return PlainTextResponse("plain")


@router.post("/only-post")
async def only_post(_who: Reader) -> dict[str, int]:
    return {}


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    house = Keys("gateway")
    app = create_app(
        Settings(),
        name="test",
        title="test",
        routers=[router],
        lifespan=None,  # type: ignore[arg-type]  # nothing to open
        verifier=Verifier(house.jwks, "test"),
        checks={},
    )
    token = house.signer("gateway").token(caller(UUID(int=1), "ml:read"), "test")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client


async def test_a_score_computed_anew_but_unchanged_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/scores/0.5")
    tag = first.headers["etag"]
    again = await client.get("/scores/0.5", headers={"If-None-Match": tag})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["etag"] == tag
    assert "content-type" not in again.headers
    assert again.headers["x-request-id"]


async def test_another_score_has_another_validator(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/scores/0.5")).headers["etag"]
    other = await client.get("/scores/0.6", headers={"If-None-Match": tag})
    assert (other.status_code, other.json()["score"]) == (200, 0.6)
    assert other.headers["etag"] != tag


async def test_an_answer_is_one_persons_and_asked_for_each_time(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/scores/1")).headers
    assert headers["cache-control"] == "private, no-cache"
    assert "Authorization" in headers["vary"]


def test_only_the_time_of_computing_is_left_out_of_the_validator() -> None:
    base = b'{"score":1,"computed_at":"2026-01-01T00:00:00Z"}'
    assert entity_tag(base) == entity_tag(base.replace(b"00:00", b"11:11"))
    for other in (b'{"score":1,"occurred_at":"2026-01-01T00:00:00Z"}', b'{"score":2,"computed_at":"2026"}'):
        assert entity_tag(base) != entity_tag(other)
    quoted = rb'{"notes":"\"computed_at\":\"a\""}'
    assert entity_tag(quoted) != entity_tag(quoted.replace(b"a\\", b"b\\"))
    longer = rb'{"not \"computed_at":"a"}'
    assert entity_tag(longer) != entity_tag(longer.replace(b'"a"', b'"b"'))
    several = b'[{"computed_at":"1","score":1},{"computed_at":"2","score":2}]'
    assert (
        entity_tag(several) == entity_tag(several.replace(b'"2"', b'"3"')) != entity_tag(several.replace(b"1}", b"9}"))
    )


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ("*", True),
        ('"b", W/"a"', True),
        ('"b"', False),
        ("a", False),
        ("", False),
        ('W/"a', False),
    ],
)
def test_validators_are_compared_weakly(sent: str, same: bool) -> None:  # noqa: FBT001 a parameter of the table
    assert matches(sent, 'W/"a"') is same


@pytest.mark.parametrize("path", ["/scores/2", "/plain", "/livez", "/scores/x", "/nowhere"])
async def test_head_is_get_without_its_body(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    own = {"x-request-id", "traceparent", "content-length"}
    assert head.status_code == got.status_code
    assert {name: value for name, value in head.headers.items() if name not in own} == {
        name: value for name, value in got.headers.items() if name not in own
    }
    assert int(head.headers["content-length"]) > 0
    if got.status_code == 200:
        assert head.content == b""


async def test_head_is_not_allowed_where_get_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.head("/only-post")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await client.post("/scores/1")).headers["allow"] == "GET, HEAD"


async def test_metrics_know_head_by_its_route(client: httpx.AsyncClient) -> None:
    await client.head("/scores/3")
    assert 'method="HEAD",route="/scores/{score}"' in (await client.get("/metrics")).text


@pytest.mark.parametrize(("accepted", "language"), [("ru", "ru"), ("de, ru;q=0.5", "ru"), ("de", "en"), (None, "en")])
async def test_a_text_is_in_the_language_asked_for_and_says_so(
    client: httpx.AsyncClient, accepted: str | None, language: str
) -> None:
    answer = await client.get("/greeting", headers={} if accepted is None else {"Accept-Language": accepted})
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.json()["text"] == ("Hello" if language == "en" else "Здравствуйте")


async def test_an_answer_without_texts_names_no_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/scores/1", headers={"Accept-Language": "ru"})
    assert "content-language" not in answer.headers


@pytest.mark.parametrize(
    ("path", "authorized", "status", "detail"),
    [
        ("/scores/x", True, 422, "detail_invalid"),
        ("/nowhere", True, 404, None),
        ("/plain", False, 401, "detail_token_missing"),
    ],
)
async def test_a_problem_is_told_in_the_callers_language_wherever_it_arose(
    client: httpx.AsyncClient,
    path: str,
    authorized: bool,  # noqa: FBT001 a parameter of the table
    status: int,
    detail: str | None,
) -> None:
    headers = {"Accept-Language": "ru-RU, en;q=0.3"} | ({} if authorized else {"Authorization": ""})
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["content-language"]) == (status, "ru")
    assert answer.json()["title"] == KIT.text("ru", f"title_{status}")
    assert detail is None or answer.json()["detail"] == KIT.text("ru", detail)
