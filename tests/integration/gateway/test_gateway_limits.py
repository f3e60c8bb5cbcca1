"""Limits at the door: what is too much is refused before it costs anything, and replicas count together."""

import asyncio
import json
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import SecretStr
from redis.asyncio import Redis

from deploy.embedded import valkey
from gateway.proxy.limits import Limits, Policy
from gateway.proxy.reconcile import Reconciler
from kit.errors import RateLimited
from kit.redis import open_client
from kit.testing import until
from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import Answer, Client, Scripted, bearer

SLOW = {"caller_rate_per_s": 0.1, "caller_burst": 100}


def client_of(server: valkey.Server) -> "Redis":
    return open_client(SecretStr(server.url), timeout_s=0.5, max_connections=2)


async def _ask(url: str, count: int, token: str) -> list[Answer]:
    async with Client(url) as client:
        return [await client.get("/api/ml/churn/x", (b"authorization", token.encode())) for _ in range(count)]


async def test_a_token_that_asks_too_much_is_refused_and_told_when_to_come_back(door: Open, service: str) -> None:
    answers = await _ask(door({"churn": service}, **SLOW), 101, bearer())
    assert [answer.status for answer in answers] == [200] * 100 + [429]
    assert answers[-1].problem["code"] == "rate_limited"
    assert answers[-1].problem["policy"] == "token"
    assert 1 <= int(answers[-1].values(b"retry-after")[0]) <= 10
    assert answers[-1].values(b"ratelimit")[0].startswith(b'"token";r=0;t=1000, "workspace";r=')


async def test_every_answer_states_the_limits(door: Open, service: str) -> None:
    url, good, bad = door({"churn": service, "crm": "http://127.0.0.1:1"}), b"", b"Bearer x.y.z"
    async with Client(url) as client:
        for path, token, policy, status in (
            ("/api/ml/churn/x", good, b"token", 200), ("/api/ml/nothing", good, b"token", 404),
            ("/", good, b"token", 200), ("/api/ml/crm/x", good, b"token", 503), ("//x", good, b"token", 400),
            ("/api/ml/churn/x", bad, b"address", 401), ("/livez", bad, b"address", 200),
        ):  # fmt: skip
            answer = await client.get(path, (b"authorization", token or bearer().encode()))
            assert answer.status == status
            assert len(answer.values(b"ratelimit-policy")) == 1
            assert answer.values(b"ratelimit")[0].startswith(b'"' + policy)
        await client.send("PUT", "/api/ml/churn/small/x", (b"content-length", b"99999999"))
        assert (await client.answer()).values(b"ratelimit")


async def test_a_flood_of_bad_tokens_is_stopped_and_known_callers_pass(door: Open, service: str) -> None:
    url, known = door({"churn": service}, address_burst=3, address_rate_per_s=0.01), bearer()
    assert (await _ask(url, 1, known))[0].status == 200
    assert [answer.status for answer in await _ask(url, 5, "Bearer x.y.z")] == [401] * 3 + [429] * 2
    assert [answer.status for answer in await _ask(url, 3, known)] == [200] * 3
    (new,) = await _ask(url, 1, bearer())
    assert new.problem["policy"] == "address"


async def test_dear_routes_cost_more(door: Open, service: str) -> None:
    async with Client(door({"churn": service}, **SLOW)) as client:
        token = (b"authorization", bearer().encode())
        for expected in (b"90", b"80"):
            answer = await client.ask("POST", "/api/ml/churn/dear", b"{}", token)
            assert answer.values(b"ratelimit")[0].startswith(b'"token";r=%b;' % expected)


async def test_two_gateways_count_a_token_together(door: Open, service: str, redis: valkey.Server) -> None:
    urls = [door({"churn": service}, redis_url=redis.url, **SLOW) for _ in range(2)]
    token = bearer(workspace_id=str(uuid4()))
    assert {answer.status for answer in await _ask(urls[0], 100, token)} == {200}

    async def refused() -> bool:
        return (await _ask(urls[1], 1, token))[0].status == 429

    assert await until(refused, timeout_s=5)


def _limits() -> Limits:
    return Limits(token=Policy("token", 0.1, 5), workspace=Policy("workspace", 1, 50), address=Policy("address", 1, 9))


def _take(limits: Limits, workspace: int, most: int) -> int:
    for count in range(most):
        try:
            limits.admit({}, b"t" * 32, UUID(int=workspace), 1)
        except RateLimited:
            return count
    return most


async def test_nothing_is_kept_in_redis_without_a_lifetime_or_with_a_token_in_it(redis: valkey.Server) -> None:
    limits = _limits()
    async with client_of(redis) as client:
        teller = Reconciler(limits, client)
        limits.admit({}, b"t" * 32, uuid4(), 1)
        assert await teller.turn()
        keys = [key async for key in client.scan_iter("rapport:*:gateway:limits:token:" + b"t".hex() * 16)]
        assert len(keys) == 1
        assert 0 < await client.pttl(keys[0]) <= 3_600_000


async def test_a_replica_learns_only_what_the_others_used(redis: valkey.Server) -> None:
    async with client_of(redis) as client:
        here, there = _limits(), _limits()
        tellers = [Reconciler(here, client), Reconciler(there, client)]
        workspace = uuid4().int
        assert [_take(here, workspace, 2), _take(there, workspace, 1)] == [2, 1]
        for teller in (*tellers, tellers[0]):
            assert await teller.turn()
        assert _take(there, workspace, 9) == 2
        for teller in reversed(tellers):
            _take(here, workspace, 1)
            assert await teller.turn()
        assert _take(here, workspace, 9) == 0


async def test_without_redis_requests_pass_and_no_request_waits(door: Open, service: str) -> None:
    async def silent(_head: bytes, _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bool:
        return True

    async with Scripted(silent) as scripted:
        for port in (1, scripted.port):
            url = door({"churn": service}, redis_url=f"redis://127.0.0.1:{port}/0", **SLOW)
            async with asyncio.timeout(5):
                answers = await _ask(url, 101, bearer())
            assert [answer.status for answer in answers] == [200] * 100 + [429]


async def test_redis_that_comes_back_is_used_again(tmp_path: Path) -> None:
    server = valkey.start(tmp_path)
    limits = _limits()
    client = client_of(server)
    teller = Reconciler(limits, client)
    assert await teller.turn()
    server.kill()
    limits.admit({}, b"t" * 32, uuid4(), 1)
    assert not await teller.turn()
    server = valkey.start(tmp_path)
    assert await teller.turn()
    await client.aclose()
    server.stop()


async def test_what_was_limited_is_counted_by_policy(door: Open, service: str) -> None:
    url = door({"churn": service}, **SLOW)
    await _ask(url, 101, bearer())
    async with Client(url) as client:
        metrics = (await client.get("/metrics")).body.decode()
        ready = json.loads((await client.get("/readyz")).body)
    assert 'rapport_gateway_limited_total{policy="token"}' in metrics
    assert 'rapport_gateway_breaker_state{service="churn"} 0.0' in metrics
    assert ready["status"] == "ready"
