"""API keys: shown once, recognised by hash on every gateway, refused everywhere soon after they were revoked."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr

from deploy.embedded import postgres
from gateway.proxy.api_keys import usecases
from gateway.proxy.api_keys.known import BELIEVED_S, FORGOTTEN_S, REFRESH_S, KnownKeys
from gateway.proxy.api_keys.usecases import Randomness, Wish
from kit.db import Pool, open_pool
from kit.errors import Unauthenticated, Unavailable
from kit.testing import caller, until
from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import Answer, Client, bearer

KEYS = "/api/ml/keys"
ADMIN = "ml:read ml:write ml:admin"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def keeping(door: Open, service: str, database: postgres.Server) -> str:
    """Give a gateway that keeps API keys."""
    return door({"churn": service}, database_url=SecretStr(database.conninfo("gateway")))


@pytest.fixture
def admin() -> bytes:
    return bearer(scope=ADMIN).encode()


async def ask(client: Client, method: str, path: str, token: bytes, body: object = None) -> Answer:
    content = b"" if body is None else json.dumps(body).encode()
    return await client.ask(
        method, path, content, (b"authorization", token), (b"content-type", b"application/json")
    )  # fmt: skip


async def create(client: Client, token: bytes, **wish: Any) -> dict[str, Any]:
    answer = await ask(client, "POST", KEYS, token, {"name": "export", "scopes": ["ml:read"], **wish})
    assert answer.status == 201, answer.body
    assert answer.values(b"cache-control") == [b"no-store"]
    made: dict[str, Any] = json.loads(answer.body)
    return made


async def test_a_key_opens_the_door_as_a_token_of_its_workspace_would(keeping: str) -> None:
    workspace, user = str(uuid4()), str(uuid4())
    token = bearer(scope=ADMIN, workspace_id=workspace).encode()
    async with Client(keeping) as client:
        made = await create(client, token, scopes=["ml:write", "ml:read"], user_id=user)
        seen = json.loads((await ask(client, "GET", "/api/ml/churn/x", b"Bearer " + made["key"].encode())).body)
    inside = dict(seen["headers"])["authorization"]
    assert made["key"] not in json.dumps(seen)
    claims = _claims(inside)
    assert (claims["workspace_id"], claims["sub"]) == (workspace, user)
    assert claims["scope"] == "ml:read ml:write"


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(
    keeping: str, admin: bytes, database: postgres.Server
) -> None:
    async with Client(keeping) as client:
        made = await create(client, admin)
        listed = await ask(client, "GET", KEYS, admin)
    assert len(made["key"]) >= 46
    assert made["key"].startswith(made["prefix"])
    assert [item["id"] for item in json.loads(listed.body)["items"]] == [made["id"]]
    assert made["key"].encode() not in listed.body
    with psycopg.connect(database.conninfo("gateway")) as connection:
        row = connection.execute("SELECT api_keys::text FROM api_keys WHERE id = %s", (made["id"],)).fetchone()
    assert row is not None
    assert made["key"][len(made["prefix"]) :] not in row[0]


async def test_a_revoked_key_is_refused_by_every_gateway_within_seconds(
    keeping: str, door: Open, service: str, database: postgres.Server, admin: bytes
) -> None:
    other = door({"churn": service}, database_url=SecretStr(database.conninfo("gateway")))
    async with Client(keeping) as client, Client(other) as elsewhere:
        made = await create(client, admin)
        key = b"Bearer " + made["key"].encode()
        for one in (client, elsewhere):
            assert (await ask(one, "GET", "/api/ml/churn/x", key)).status == 200
        revoked = await ask(client, "DELETE", f"{KEYS}/{made['id']}", admin)
        assert json.loads(revoked.body)["revoked_at"]

        async def both_refuse() -> bool:
            answers = [await ask(one, "GET", "/api/ml/churn/x", key) for one in (client, elsewhere)]
            return [answer.status for answer in answers] == [401, 401]

        await until(both_refuse, timeout_s=REFRESH_S + 2)
        assert (await ask(client, "GET", "/api/ml/churn/x", key)).problem["code"] == "api_key_revoked"
        again = await ask(client, "DELETE", f"{KEYS}/{made['id']}", admin)
        assert json.loads(again.body)["revoked_at"] == json.loads(revoked.body)["revoked_at"]


async def test_nobody_grants_more_than_he_has(keeping: str) -> None:
    token = bearer(scope="ml:read ml:admin").encode()
    async with Client(keeping) as client:
        answer = await ask(client, "POST", KEYS, token, {"name": "x", "scopes": ["ml:write", "ml:read"]})
    assert (answer.problem["code"], answer.problem["scopes"]) == ("scope_not_held", ["ml:write"])


@pytest.mark.parametrize(
    ("wish", "status", "pointer"),
    [
        ({"name": "", "scopes": ["ml:read"]}, 422, "#/name"),
        ({"name": "x" * 101, "scopes": ["ml:read"]}, 422, "#/name"),
        ({"name": "a\x00b", "scopes": ["ml:read"]}, 422, "#/name"),
        ({"name": "x", "scopes": []}, 422, "#/scopes"),
        ({"name": "x", "scopes": ["ml:everything"]}, 422, "#/scopes/0"),
        ({"name": "x", "scopes": ["ml:read"], "expires_at": "2020-01-01T00:00:00Z"}, 422, "#/expires_at"),
        ({"name": "x", "scopes": ["ml:read"], "key": "rk_mine"}, 422, "#/key"),
        ({"name": "x", "scopes": ["ml:read"] * 4}, 413, "#/scopes"),
    ],
)
async def test_a_bad_wish_is_named(keeping: str, admin: bytes, wish: dict[str, Any], status: int, pointer: str) -> None:
    async with Client(keeping) as client:
        answer = await ask(client, "POST", KEYS, admin, wish)
    assert (answer.status, answer.problem["errors"][0]["pointer"]) == (status, pointer)


async def test_keys_are_listed_page_by_page_and_another_workspaces_are_not_there(keeping: str, admin: bytes) -> None:
    async with Client(keeping) as client:
        made = [(await create(client, admin, name=f"key {number}"))["id"] for number in range(3)]
        first = json.loads((await ask(client, "GET", f"{KEYS}?limit=2", admin)).body)
        rest = json.loads((await ask(client, "GET", f"{KEYS}?limit=2&cursor={first['next_cursor']}", admin)).body)
        stranger = bearer(scope=ADMIN).encode()
        assert json.loads((await ask(client, "GET", KEYS, stranger)).body)["items"] == []
        theirs = await ask(client, "DELETE", f"{KEYS}/{made[0]}", stranger)
        assert theirs.problem["code"] == "key_not_found"
    assert [item["id"] for page in (first, rest) for item in page["items"]] == made[::-1]
    assert rest["next_cursor"] is None


async def test_without_a_database_there_are_no_keys_and_tokens_work(gateway: str, admin: bytes) -> None:
    async with Client(gateway) as client:
        assert (await ask(client, "GET", KEYS, admin)).problem["code"] == "api_keys_off"
        assert (await ask(client, "GET", "/api/ml/churn/x", b"Bearer rk_x")).problem["code"] == "api_keys_off"
        assert (await ask(client, "GET", "/api/ml/churn/x", admin)).status == 200


# What one gateway remembers, with a clock that the test turns.


class Clock:
    now = NOW.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("gateway"), name="test", max_size=2) as opened:
        yield opened


async def make(pool: Pool, *, expires_at: datetime | None = None) -> tuple[UUID, UUID, str]:
    wish = Wish("test", ("ml:read",), None, expires_at)
    who = caller(uuid4())
    key, secret = await usecases.create(pool, who, wish, chance=Randomness(uuid4(), uuid4().hex * 2), now=NOW)
    return who.workspace_id, key.id, secret


async def refusal(known: KnownKeys, secret: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        await known.verify(secret)
    return refused.value.code


async def test_a_key_ends_at_its_time_though_it_is_remembered(pool: Pool) -> None:
    clock = Clock()
    known = KnownKeys(pool, "gateway", clock=clock)
    _, _, secret = await make(pool, expires_at=NOW + timedelta(hours=1))
    assert await known.verify(secret) is await known.verify(secret)
    clock.now += 3600
    assert await refusal(known, secret) == "api_key_expired"


async def test_a_key_that_was_never_made_or_was_changed_is_unknown(pool: Pool) -> None:
    _, _, secret = await make(pool)
    known = KnownKeys(pool, "gateway", clock=Clock())
    for token in ("rk_", f"{secret}x", secret[:-1], secret.upper(), "rk_\udc80"):
        assert await refusal(known, token) == "api_key_unknown"


async def test_while_the_database_is_away_known_keys_work_for_a_while_and_new_ones_are_told_to_wait(pool: Pool) -> None:
    clock = Clock()
    known = KnownKeys(pool, "gateway", clock=clock)
    (_, _, met), (_, _, new) = await make(pool), await make(pool)
    await known.verify(met)
    await pool.close()
    clock.now += BELIEVED_S - 1
    assert (await known.verify(met)).identity.scopes == {"ml:read"}
    clock.now += 2
    for secret in (met, new):
        with pytest.raises(Unavailable) as away:
            await known.verify(secret)
        assert (away.value.code, away.value.retry_after_s) == ("api_keys_unavailable", 1)


async def test_a_confirmed_key_is_believed_anew_and_one_that_is_gone_is_forgotten(
    pool: Pool, database: postgres.Server
) -> None:
    clock = Clock()
    known = KnownKeys(pool, "gateway", clock=clock)
    (workspace, key_id, secret), (_, _, other) = await make(pool), await make(pool)
    for token in (secret, other):
        await known.verify(token)
    with psycopg.connect(database.conninfo("gateway"), autocommit=True) as connection:
        connection.execute("DELETE FROM api_keys WHERE workspace_id = %s AND id = %s", (workspace, key_id))
    clock.now += BELIEVED_S - 1
    await known.refresh()
    await pool.close()
    clock.now += 2
    assert await known.verify(other)
    with pytest.raises(Unavailable):
        await known.verify(secret)


async def test_a_use_is_noted_at_most_once_a_minute_and_an_unused_key_is_forgotten(pool: Pool) -> None:
    clock = Clock()
    one, two = (KnownKeys(pool, "gateway", clock=clock) for _ in range(2))
    workspace, _, secret = await make(pool)

    async def noted() -> float:
        async with pool.connection() as connection:
            [last] = await (
                await connection.execute("SELECT last_used_at FROM api_keys WHERE workspace_id = %s", (workspace,))
            ).fetchone() or [None]
        return -1 if last is None else last.timestamp() - NOW.timestamp()

    times = []
    for step in (0, 20, 30, 20):
        clock.now += step
        for known in (one, two):
            await known.verify(secret)
            await known.refresh()
        times.append(await noted())
    assert times == [0, 0, 0, 70]
    clock.now += FORGOTTEN_S + 1
    await one.refresh()
    assert one._known == {}


def _claims(header: str) -> dict[str, Any]:
    part = header.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
