"""The edge: every request gets an id and an answer, no body grows past its limit, no fault shows its text."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from kit.app import create_app
from kit.auth import Identity, Verifier, require
from kit.settings import Settings
from kit.testing import Keys, caller

PERSONAL = "Key (email)=(ada@example.com) already exists"
LIMIT_BYTES = 1_000
router = APIRouter()


class Body(BaseModel, extra="forbid"):
    items: Annotated[list[int], Field(max_length=3)]
    name: Annotated[str, Field(max_length=5)] = ""


@router.get("/fault")
async def fault() -> None:
    raise psycopg.errors.UniqueViolation(PERSONAL)


@router.get("/away")
async def away() -> None:
    raise psycopg.OperationalError(PERSONAL)


@router.get("/locked")
async def locked(_who: Annotated[Identity, Depends(require("ml:admin"))]) -> None: ...


@router.put("/things/{thing}")
async def put(body: Body, thing: int) -> int:
    return thing + len(body.items)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serving() as client:
        yield client


@asynccontextmanager
async def serving() -> AsyncIterator[httpx.AsyncClient]:
    async def broken() -> None:
        raise OSError(PERSONAL)

    house = Keys("gateway")
    app = create_app(
        Settings(),
        name="test",
        title="test",
        routers=[router],
        lifespan=None,  # type: ignore[arg-type]  # nothing to open
        verifier=Verifier(house.jwks, "test"),
        checks={"disk": broken},
        body_limit_bytes=lambda _scope: LIMIT_BYTES,
    )
    token = house.signer("gateway").token(caller(UUID(int=1), "ml:read"), "test")
    transport, headers = httpx.ASGITransport(app), {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """Check what every problem document owes, and return it."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == answer.status_code
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document.keys() >= {"type", "title", "detail", "code"}
    return document


async def test_ids_that_are_sent_come_back_and_others_are_made(client: httpx.AsyncClient) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    sent = await client.get("/livez", headers={"X-Request-Id": "request-0001", "traceparent": trace})
    assert (sent.headers["x-request-id"], sent.headers["traceparent"]) == ("request-0001", trace)
    for bad in ("short", "x" * 129, "line\tbreak-line"):
        made = await client.get("/livez", headers={"X-Request-Id": bad, "traceparent": f"00-{'0' * 32}-1-01"})
        assert UUID(made.headers["x-request-id"])
        assert "0" * 32 not in made.headers["traceparent"]


@pytest.mark.usefixtures("logging_put_back")
async def test_a_fault_is_answered_and_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving() as client:
        document = await problem_of(await client.get("/fault"))
    logged = next(line for line in capsys.readouterr().err.splitlines() if "request_failed" in line)
    assert (document["status"], document["code"]) == (500, "internal_error")
    facts = json.loads(logged)
    assert facts["error"] == "UniqueViolation"
    assert facts["sqlstate"] == "23505"
    assert facts["request_id"] == document["request_id"]
    assert any("test_edge.py" in place for place in facts["at"])
    assert "ada@" not in json.dumps(document) + logged  # "ada" alone may be in an id


async def test_a_database_that_is_away_is_unavailable_and_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/away")
    assert (await problem_of(answer))["code"] == "database_unavailable"
    assert answer.headers["retry-after"] == "1"


async def test_a_check_that_fails_is_named_without_its_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "checks": {"disk": "OSError"}}


async def test_a_declared_body_over_the_limit_is_refused_before_it_is_read(client: httpx.AsyncClient) -> None:
    answer = await client.put("/things/1", content=b"[", headers={"content-length": "1001"})
    document = await problem_of(answer)
    assert (document["code"], document["limit_bytes"]) == ("body_too_large", LIMIT_BYTES)


async def test_a_streamed_body_over_the_limit_is_refused_when_it_passes_it(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    answer = await client.put("/things/1", content=endless(), headers={"content-type": "application/json"})
    assert (await problem_of(answer))["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (b"{", 400, "malformed_json", "#"),
        (b"\xff\xfe{", 400, "bad_request", None),
        (b'{"items": [' + b"[" * 400 + b"]" * 400 + b"]}", 422, "invalid", "#/items/0"),
        (b"", 422, "invalid", "#"),
        (b"null", 422, "invalid", "#"),
        (b'{"items": [1, 2, 3, 4]}', 413, "too_many_items", "#/items"),
        (b'{"items": [], "name": "too long"}', 422, "invalid", "#/name"),
        (b'{"items": [1, "x"]}', 422, "invalid", "#/items/1"),
        (b'{"items": [], "a/b~c": 1}', 422, "invalid", "#/a~1b~0c"),
        (b'{"items": [], "\\ud800": 1}', 422, "invalid", None),
        (b'{"items": [NaN]}', 422, "invalid", "#/items/0"),
    ],
)
async def test_a_bad_body_is_a_problem_that_points_at_the_field(
    client: httpx.AsyncClient, body: bytes, status: int, code: str, pointer: str | None
) -> None:
    answer = await client.put("/things/1", content=body, headers={"content-type": "application/json"})
    document = await problem_of(answer)
    assert (document["status"], document["code"]) == (status, code)
    if pointer is not None:
        assert [field["pointer"] for field in document["errors"]] == [pointer]


async def test_a_bad_path_is_told_apart_from_a_bad_body(client: httpx.AsyncClient) -> None:
    document = await problem_of(await client.put("/things/%00", json={"items": ["x"]}))
    assert {(field["in"], field["pointer"]) for field in document["errors"]} == {
        ("path", "#/thing"),
        ("body", "#/items/0"),
    }


async def test_another_kind_of_body_is_415(client: httpx.AsyncClient) -> None:
    answer = await client.put("/things/1", content=b"items=1", headers={"content-type": "text/plain"})
    assert (await problem_of(answer))["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown_path"),
        ("DELETE", "/things/1", 405, "method_not_allowed"),
        ("GET", "/locked", 403, "scope_missing"),
    ],
)
async def test_what_is_not_there_or_not_allowed_is_a_problem_too(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    document = await problem_of(answer)
    assert (document["status"], document["code"]) == (status, code)
    assert answer.headers.get("allow") == ("PUT" if status == 405 else None)


@pytest.mark.parametrize("authorization", [None, "Basic YTpi", "Bearer ", "Bearer x", "Bearer \x80\x81"])
async def test_without_a_token_nothing_but_health_answers(client: httpx.AsyncClient, authorization: str | None) -> None:
    headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
    anonymous = httpx.AsyncClient(transport=client._transport, base_url="http://test", headers=headers)
    async with anonymous:
        for path in ("/fault", "/nowhere", "/things/1", "/livez/"):
            answer = await anonymous.get(path)
            assert (await problem_of(answer))["status"] == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
        for path in ("/livez", "/metrics"):
            assert (await anonymous.get(path)).status_code == 200


async def test_metrics_name_routes_and_never_ids(client: httpx.AsyncClient) -> None:
    await client.put("/things/4711", json={"items": []})
    text = (await client.get("/metrics")).text
    assert 'route="/things/{thing}"' in text
    assert "/4711" not in text  # the digits alone occur in times
