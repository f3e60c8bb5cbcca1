"""What the gateway itself says: every refusal is a problem document with an id, and nothing but health is open."""

import asyncio
import json
import time
from contextlib import suppress

import pytest

from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import CHUNK, Client, bearer

MIB = 1024 * 1024


async def test_only_health_and_the_empty_page_of_the_docs_answer_without_a_token(gateway: str) -> None:
    none = (b"authorization", b"")
    async with Client(gateway) as client:
        for path in ("/livez", "/readyz", "/metrics", "/docs"):
            assert (await client.get(path, none)).status == 200
        for path in ("/", "/api/ml/churn/x", "/nowhere", "/api/ml/crm/contacts", "/livez/", "/docs/", "/openapi.json"):
            answer = await client.get(path, none)
            assert (answer.status, answer.problem["code"]) == (401, "token_missing")
            assert answer.values(b"www-authenticate")[0].startswith(b"Bearer")


@pytest.mark.parametrize("value", [b"Basic eDp5", b"Bearer", b"Bearer x.y.z", b"bearer \xff\xfe", b"x" * 20_000])
async def test_a_bad_token_is_no_token(gateway: str, value: bytes) -> None:
    async with Client(gateway) as client:
        assert (await client.get("/api/ml/churn/x", (b"authorization", value))).problem["status"] == 401


async def test_an_expired_token_is_named_so(gateway: str) -> None:
    async with Client(gateway) as client:
        expired = bearer(exp=int(time.time()) - 60).encode()
        answer = await client.get("/api/ml/churn/x", (b"authorization", expired))
    assert answer.problem["code"] == "token_expired"


async def test_the_front_page_says_what_is_here(gateway: str) -> None:
    async with Client(gateway) as client:
        described = json.loads((await client.get("/")).body)
    assert described["services"]["churn"][0] == "/api/ml/churn/*"
    assert "crm" not in described["services"]


async def test_unknown_paths_missing_services_and_wrong_methods_are_told_apart(gateway: str) -> None:
    async with Client(gateway) as client:
        assert (await client.get("/api/ml/nothing")).problem["code"] == "unknown_path"
        missing = await client.get("/api/ml/crm/contacts")
        assert missing.status == 404
        assert missing.problem["code"] == "service_not_installed"
        assert missing.problem["service"] == "crm"
        wrong = await client.get("/api/ml/churn/x", method="OPTIONS")
        assert wrong.problem["code"] == "method_not_allowed"
        assert b"GET" in wrong.values(b"allow")[0]
        assert (await client.get("/livez", method="DELETE")).status == 405


@pytest.mark.parametrize(
    "path", ["/api/ml/churn/%00", "/api/ml/churn/../crm", "/api/ml/churn/%2e%2e/crm", "/api/ml/churn%2fx", "//x"]
)
async def test_a_malformed_path_is_a_bad_request(gateway: str, path: str) -> None:
    async with Client(gateway) as client:
        assert (await client.get(path)).problem["code"] == "malformed_path"


async def test_a_body_declared_too_large_is_refused_before_it_is_sent(gateway: str) -> None:
    async with Client(gateway) as client:
        headers = ((b"content-length", b"%d" % (2 * MIB)), (b"expect", b"100-continue"))
        await client.send("PUT", "/api/ml/churn/small/x", *headers)
        answer = await client.answer()
    assert answer.status == 413
    assert answer.problem["limit_bytes"] == MIB


async def test_a_body_that_grows_too_large_is_cut_off_and_the_client_learns_the_limit(gateway: str) -> None:
    async with Client(gateway) as client:
        await client.send("PUT", "/api/ml/churn/small/x", (b"transfer-encoding", b"chunked"))
        feeding = asyncio.create_task(_feed_without_an_end(client))
        answer = await client.answer()
        assert answer.problem["limit_bytes"] == MIB
        assert answer.values(b"connection") == [b"close"]
        await feeding


async def _feed_without_an_end(client: Client) -> None:
    """Send more than is allowed and never the last chunk, but no more than the gateway takes before it closes."""
    with suppress(ConnectionError):
        for _ in range(8 * MIB // len(CHUNK)):
            client.writer.write(b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK))
            await client.writer.drain()


async def test_a_body_at_the_limit_passes(gateway: str) -> None:
    async with Client(gateway) as client:
        answer = await client.ask("PUT", "/api/ml/churn/small/x", b"x" * MIB)
    assert json.loads(answer.body)["size"] == MIB


async def test_a_service_that_is_not_there_is_unavailable_for_a_while(door: Open) -> None:
    async with Client(door({"churn": "http://127.0.0.1:1"})) as client:
        answer = await client.get("/api/ml/churn/x")
        assert (answer.status, answer.problem["service"]) == (503, "churn")
        assert answer.values(b"retry-after") == [b"1"]
        assert (await client.ask("POST", "/api/ml/churn/x", b"{}")).status == 503
        ready = json.loads((await client.get("/readyz")).body)
    assert ready["status"] == "ready"
    assert ready["services"] == {"churn": "unreachable"}


async def test_a_service_with_all_it_can_take_says_so_at_once(door: Open, service: str) -> None:
    url = door({"churn": service}, max_connections=2)

    async def wait() -> int:
        async with Client(url) as client:
            return (await client.get("/api/ml/churn/wait/0.5")).status

    assert sorted(await asyncio.gather(*(wait() for _ in range(4)))) == [200, 200, 503, 503]
    async with Client(url) as client:
        assert (await client.get("/api/ml/churn/x")).status == 200


async def test_metrics_count_by_route_and_never_by_path(gateway: str) -> None:
    async with Client(gateway) as client:
        for path in ("/api/ml/churn/secret-id-1", "/api/ml/churn/secret-id-2", "/secret-id-3"):
            await client.get(path)
        metrics = (await client.get("/metrics")).body.decode()
    assert "secret-id" not in metrics
    assert 'route="/api/ml/churn/*"' in metrics
    assert 'route="unmatched"' in metrics
