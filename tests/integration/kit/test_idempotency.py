"""A POST with an Idempotency-Key is done once: whoever sends it, however often, to whichever replica."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response, UploadFile
from prometheus_client import REGISTRY
from pydantic import BaseModel

from deploy.embedded import postgres
from kit.app import create_app
from kit.auth import Identity, Verifier, require
from kit.db import Pool, open_pool, workspace
from kit.errors import Conflict, Unavailable
from kit.idempotency import Idempotency, middleware, store
from kit.idempotency.store import Claim
from kit.jobs.routes import Writer
from kit.settings import Settings
from kit.testing import Keys, caller, until

Reader = Annotated[Identity, Depends(require("ml:read"))]

router = APIRouter()


class Thing(BaseModel):
    name: str


class Doing:
    """What was done, by name; what is named in `held` waits until it is let go."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.held: dict[str, asyncio.Event] = {}

    async def do(self, name: str) -> int:
        self.times[name] += 1
        if name in self.held:
            await self.held[name].wait()
        return self.times[name]


def doing(request: Request) -> Doing:
    found: Doing = request.app.state.doing
    return found


Does = Annotated[Doing, Depends(doing)]


@router.post("/things", status_code=201)
async def make(_who: Writer, body: Thing, does: Does, response: Response) -> dict[str, Any]:
    response.headers["Location"] = "/things/1"
    return {"name": body.name, "time": await does.do(body.name)}


@router.post("/things/{name}/bare")
async def bare(_who: Writer, name: str, does: Does) -> int:
    return await does.do(name)


@router.post("/questions")
async def question(_who: Reader, body: Thing, does: Does) -> int:
    return await does.do(body.name)


@router.post("/files")
async def take(_who: Writer, file: UploadFile, does: Does) -> int:
    content = await file.read()
    return len(content) * await does.do("file")


@router.post("/away")
async def away(_who: Writer, does: Does) -> int:
    if await does.do("away") == 1:
        raise Unavailable("Not now.", retry_after_s=1)
    return 1


@router.post("/starting")
async def starting(_who: Writer, does: Does) -> int:
    if await does.do("starting") == 1:
        raise Conflict("It has just started.", retry_after_s=1)
    return 1


@router.post("/faulty")
async def faulty(_who: Writer, does: Does) -> int:
    if await does.do("faulty") == 1:
        raise ZeroDivisionError
    return 1


class Replicas:
    """Two processes of one service: requests go to them in turn."""

    def __init__(self, clients: list[httpx.AsyncClient], keys: Keys, doing: Doing, pool: Pool) -> None:
        self._clients, self._keys, self._turn = clients, keys, 0
        self.doing, self.pool = doing, pool

    async def post(
        self, who: Identity, path: str, key: str | None = None, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        token = self._keys.signer("gateway").token(who, "test")
        sent = {"Authorization": f"Bearer {token}"} | ({} if key is None else {"Idempotency-Key": key})
        self._turn += 1
        client = self._clients[self._turn % len(self._clients)]
        return await client.post(path, headers=sent | (headers or {}), **body)


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys("gateway")


@pytest.fixture(scope="module")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("embeddings"), name="test", max_size=4) as pool:
        yield pool


@pytest.fixture
async def replicas(pool: Pool, keys: Keys) -> AsyncIterator[Replicas]:
    async with serving(keys, pool, wait_s=20) as replicas:
        yield replicas


@pytest.fixture
async def impatient(pool: Pool, keys: Keys) -> AsyncIterator[Replicas]:
    async with serving(keys, pool, wait_s=0.1) as replicas:
        yield replicas


@asynccontextmanager
async def serving(keys: Keys, pool: Pool, *, wait_s: float) -> AsyncIterator[Replicas]:
    does = Doing()
    transports = [
        httpx.ASGITransport(build(keys, pool, does, wait_s=wait_s), raise_app_exceptions=False) for _ in range(2)
    ]
    async with (
        httpx.AsyncClient(transport=transports[0], base_url="http://test") as one,
        httpx.AsyncClient(transport=transports[1], base_url="http://test") as other,
    ):
        yield Replicas([one, other], keys, does, pool)


def build(keys: Keys, pool: Pool, does: Doing, *, wait_s: float) -> FastAPI:
    app = create_app(
        Settings(log_level="error"),
        name="test",
        title="test",
        routers=[router],
        lifespan=None,  # type: ignore[arg-type]  # nothing to open
        verifier=Verifier(keys.jwks, "test"),
        checks={},
    )
    [guard] = [one for one in app.user_middleware if getattr(one.cls, "__name__", "") == Idempotency.__name__]
    guard.kwargs["wait_s"] = wait_s
    app.state.pool, app.state.doing = pool, does
    return app


@pytest.fixture
def who(workspace_id: UUID) -> Identity:
    return caller(workspace_id, user_id=uuid4())


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def rows(replicas: Replicas, who: Identity) -> list[tuple[Any, ...]]:
    async with workspace(replicas.pool, who.workspace_id) as connection:
        return await (await connection.execute("SELECT status, body FROM idempotency_keys")).fetchall()


async def expire(replicas: Replicas, who: Identity) -> None:
    async with workspace(replicas.pool, who.workspace_id) as connection:
        await connection.execute("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")


async def test_ten_times_at_once_is_once_and_ten_equal_answers(replicas: Replicas, who: Identity) -> None:
    answers = await asyncio.gather(*(replicas.post(who, "/things", "key-1", json={"name": "ten"}) for _ in range(10)))
    assert replicas.doing.times["ten"] == 1
    assert {answer.content for answer in answers} == {b'{"name":"ten","time":1}'}
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(201, "/things/1")}
    assert sorted(answer.headers.get("idempotent-replayed", "") for answer in answers) == ["", *["true"] * 9]


async def test_metrics_know_an_answer_given_again_by_its_route(replicas: Replicas, who: Identity) -> None:
    for _ in range(2):
        await replicas.post(who, "/things/counted/bare", "key")
    count = {"service": "test", "method": "POST", "route": "/things/{name}/bare", "status": "200"}
    unmatched = count | {"route": "unmatched"}
    assert (REGISTRY.get_sample_value("rapport_http_requests_total", count) or 0) >= 2
    assert REGISTRY.get_sample_value("rapport_http_requests_total", unmatched) is None


async def test_without_a_key_each_time_is_another(replicas: Replicas, who: Identity) -> None:
    for _ in range(2):
        await replicas.post(who, "/things", json={"name": "free"})
    assert replicas.doing.times["free"] == 2


@pytest.mark.parametrize("quoted", [("a-b", '"a-b"'), ("x" * 255, "x" * 255)])
async def test_a_key_is_the_same_quoted_or_not(replicas: Replicas, who: Identity, quoted: tuple[str, str]) -> None:
    for key in quoted:
        assert (await replicas.post(who, "/things/q/bare", key)).json() == 1


@pytest.mark.parametrize("key", ["", '""', "a b", 'a"b', '"a', "x" * 256, "ключ".encode(), '"', "\x7f"])
async def test_what_is_no_key_is_refused(replicas: Replicas, who: Identity, key: Any) -> None:
    answer = await replicas.post(who, "/things", key, json={"name": "bad"})
    assert told(answer) == (400, "idempotency_key_invalid")
    assert answer.json()["errors"][0]["pointer"] == "#/Idempotency-Key"
    assert replicas.doing.times["bad"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [("/things", {"json": {"name": "other"}}), ("/things/a/bare", {}), ("/files", {"files": {"file": b"x"}})],
)
async def test_the_same_key_for_something_else_is_refused(
    replicas: Replicas, who: Identity, path: str, body: dict[str, Any]
) -> None:
    await replicas.post(who, "/things", "key", json={"name": "a"})
    assert told(await replicas.post(who, path, "key", **body)) == (422, "idempotency_key_reused")
    assert replicas.doing.times == {"a": 1}


async def test_another_persons_and_another_workspaces_same_key_is_another(replicas: Replicas, who: Identity) -> None:
    others = (who, caller(who.workspace_id, user_id=uuid4()), caller(uuid4(), user_id=who.user_id))
    answers = [(await replicas.post(one, "/things/a/bare", "key")).json() for one in others]
    assert answers == [1, 2, 3]


async def test_who_waits_too_long_is_told_to_come_back(impatient: Replicas, who: Identity) -> None:
    release = impatient.doing.held["slow"] = asyncio.Event()
    first = asyncio.create_task(impatient.post(who, "/things", "key", json={"name": "slow"}))
    await until(lambda: rows(impatient, who))
    second = await impatient.post(who, "/things", "key", json={"name": "slow"})
    other = await impatient.post(who, "/things", "key", json={"name": "quick"})
    release.set()
    assert told(second) == (409, "idempotency_key_in_use")
    assert second.headers["retry-after"] == "1"
    assert told(other) == (422, "idempotency_key_reused")
    assert (await first).status_code == 201
    assert (await impatient.post(who, "/things", "key", json={"name": "slow"})).json()["time"] == 1


async def test_what_a_dead_process_claimed_is_free_after_its_time(impatient: Replicas, who: Identity) -> None:
    dead = Claim(who.workspace_id, middleware._key_hash(who, "key"), uuid4())
    assert await store.claim(impatient.pool, dead, None) is None
    assert told(await impatient.post(who, "/things/a/bare", "key")) == (409, "idempotency_key_in_use")
    await expire(impatient, who)
    assert (await impatient.post(who, "/things/a/bare", "key")).json() == 1
    await store.keep(impatient.pool, dead, b"late", status=200, headers={}, body=b"late")
    assert (await impatient.post(who, "/things/a/bare", "key")).json() == 1


async def test_a_claim_that_is_renewed_does_not_expire(replicas: Replicas, who: Identity) -> None:
    held = Claim(who.workspace_id, b"key", uuid4())
    await store.claim(replicas.pool, held, None)
    await expire(replicas, who)
    assert await store.renew(replicas.pool, held)
    assert await store.claim(replicas.pool, Claim(who.workspace_id, b"key", uuid4()), None) is not None


@pytest.mark.parametrize(("path", "first"), [("/away", 503), ("/faulty", 500), ("/starting", 409)])
async def test_an_answer_that_may_be_another_next_time_is_not_kept(
    replicas: Replicas, who: Identity, path: str, first: int
) -> None:
    assert [(await replicas.post(who, path, "key")).status_code for _ in range(3)] == [first, 200, 200]
    assert replicas.doing.times.total() == 2


async def test_a_refusal_that_lasts_is_kept(replicas: Replicas, who: Identity) -> None:
    first, second = [await replicas.post(who, "/things", "key", json={"name": 7}) for _ in range(2)]
    assert told(first) == (422, "invalid")
    assert (second.content, second.headers["content-type"]) == (first.content, "application/problem+json")


async def test_who_may_not_ask_claims_nothing(replicas: Replicas, who: Identity) -> None:
    reader = caller(who.workspace_id, "ml:read", user_id=who.user_id)
    assert told(await replicas.post(reader, "/things/a/bare", "key")) == (403, "scope_missing")
    assert (await replicas.post(who, "/things/a/bare", "key")).json() == 1


async def test_a_key_where_it_means_nothing_is_ignored(replicas: Replicas, who: Identity) -> None:
    statuses = {path: (await replicas.post(who, path, "key")).status_code for path in ("/livez", "/nowhere")}
    assert statuses == {"/livez": 405, "/nowhere": 404}
    assert await rows(replicas, who) == []


async def test_a_question_is_answered_each_time_and_nothing_of_it_kept(replicas: Replicas, who: Identity) -> None:
    answers = [(await replicas.post(who, "/questions", "key", json={"name": "q"})).json() for _ in range(2)]
    assert answers == [1, 2]
    assert await rows(replicas, who) == []


async def test_a_long_upload_is_done_once_though_its_boundary_differs(replicas: Replicas, who: Identity) -> None:
    content = b"x" * 500_000
    answers = [await replicas.post(who, "/files", "key", files={"file": content}) for _ in range(2)]
    assert [answer.json() for answer in answers] == [500_000, 500_000]
    other = await replicas.post(who, "/files", "key", files={"file": content[:-1] + b"y"})
    assert told(other) == (422, "idempotency_key_reused")


async def test_ten_long_uploads_at_once_are_one(replicas: Replicas, who: Identity) -> None:
    files = {"file": b"x" * 300_000}
    answers = await asyncio.gather(*(replicas.post(who, "/files", "key", files=files) for _ in range(10)))
    assert {answer.json() for answer in answers} == {300_000}
    assert replicas.doing.times["file"] == 1


async def test_what_has_expired_is_forgotten_by_who_comes_next(replicas: Replicas, who: Identity) -> None:
    for number in range(3):
        await replicas.post(who, "/things/a/bare", f"key-{number}")
    await expire(replicas, who)
    await replicas.post(who, "/things/a/bare", "new")
    assert len(await rows(replicas, who)) == 1


async def test_many_that_claim_what_has_expired_do_not_stand_in_each_others_way(
    replicas: Replicas, who: Identity
) -> None:
    keys = [f"key-{number}" for number in range(20)]
    for time in (1, 2):
        answers = await asyncio.gather(*(replicas.post(who, f"/things/{key}/bare", key) for key in keys))
        assert {answer.content for answer in answers} == {str(time).encode()}
        await expire(replicas, who)


async def test_a_database_that_is_away_is_said_to_be(keys: Keys, who: Identity) -> None:
    lost = open_pool("host=127.0.0.1 port=9 dbname=none", name="lost", max_size=1)
    lost.timeout = 0.2
    await lost.open(wait=False)
    async with serving(keys, lost, wait_s=1) as replicas:
        assert told(await replicas.post(who, "/things/a/bare", "key")) == (503, "database_unavailable")
    await lost.close(0)
