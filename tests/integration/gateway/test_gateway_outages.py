"""Services that stop, freeze or have several replicas: who asks them is answered in time, the others notice nothing."""

import asyncio
import json
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.proxy.breaker import FAILURES_IN_A_ROW
from kit.testing import until
from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import OK, SECRET, Client, Scripted, running

ECHO = "tests.integration.gateway.parts:echo"


async def _fine(_head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.write(OK)
    return True


async def _breaks_off(_head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


async def test_a_service_that_is_gone_is_refused_at_once_and_others_answer(door: Open, service: str) -> None:
    async with Client(door({"churn": "http://127.0.0.1:1", "crm": service})) as client:
        for _ in range(FAILURES_IN_A_ROW + 1):
            answer = await client.ask("POST", "/api/ml/churn/x", b"{}")
            assert (answer.status, answer.problem["code"]) == (503, "service_unavailable")
            assert int(answer.values(b"retry-after")[0]) >= 1
        assert "asked again soon" in answer.problem["detail"]
        assert (await client.get("/api/ml/crm/x")).status == 200
        metrics = (await client.get("/metrics")).body.decode()
    assert 'rapport_gateway_breaker_state{service="churn"} 2.0' in metrics


async def test_a_frozen_service_costs_its_time_out_twice_and_is_found_again(door: Open, service: str) -> None:
    with running(ECHO) as frozen:
        async with Client(door({"churn": frozen.url, "crm": service})) as client:
            assert (await client.get("/api/ml/churn/brief/x")).status == 200
            frozen.signal(signal.SIGSTOP)
            for _ in range(2):
                began = time.monotonic()
                assert (await client.get("/api/ml/churn/brief/x")).problem["code"] == "upstream_timeout"
                assert time.monotonic() - began < 1
            assert (await client.get("/api/ml/churn/brief/x")).problem["code"] == "service_unavailable"
            assert (await client.get("/api/ml/crm/x")).status == 200
            frozen.signal(signal.SIGCONT)

            async def answered() -> bool:
                return (await client.get("/api/ml/churn/brief/x")).status == 200

            assert await until(answered, timeout_s=5)
            assert (await client.get("/api/ml/churn/brief/x")).status == 200


async def test_what_the_service_says_of_itself_opens_nothing_and_its_advice_passes(door: Open) -> None:
    async def busy(_head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\nno")
        return True

    async with Scripted(busy) as scripted, Client(door({"churn": scripted.url})) as client:
        for _ in range(3 * FAILURES_IN_A_ROW):
            answer = await client.get("/api/ml/churn/x")
            assert (answer.status, answer.body, answer.values(b"retry-after")) == (503, b"no", [b"7"])


class Name:
    """A name that leads where a test says."""

    def __init__(self, *hosts: str) -> None:
        self.hosts: Sequence[str] = hosts
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        if not self.hosts:
            raise OSError("no such name")
        return self.hosts


async def _replicas(stack: AsyncExitStack, *scripts: object) -> tuple[list[Scripted], Name]:
    """Start one server for each script, all on the same port of different loopback addresses."""
    servers: list[Scripted] = []
    for number, script in enumerate(scripts, 1):
        port = servers[0].port if servers else 0
        server = Scripted(script, host=f"127.0.0.{number}", port=port)  # type: ignore[arg-type]  # scripts of this file
        servers.append(await stack.enter_async_context(server))
    return servers, Name(*(server.host for server in servers))


async def test_replicas_of_a_service_share_its_requests(door: Open) -> None:
    async with AsyncExitStack() as stack:
        servers, name = await _replicas(stack, _fine, _fine)
        url = door({"churn": f"http://churn.test:{servers[0].port}"}, look_up=name)
        async with Client(url) as client:
            for _ in range(60):
                assert (await client.get("/api/ml/churn/x")).status == 200
        assert min(len(server.heads) for server in servers) >= 10
        assert servers[0].heads[0].count(b"host: churn.test:") == 1


async def test_an_address_that_refuses_is_left_out_and_nothing_is_lost(door: Open) -> None:
    async with AsyncExitStack() as stack:
        servers, name = await _replicas(stack, _fine)
        name.hosts = (*name.hosts, "127.0.0.9")
        url = door({"churn": f"http://churn.test:{servers[0].port}"}, look_up=name)
        async with Client(url) as client:
            for method in ("GET", "POST") * 20:
                assert (await client.get("/api/ml/churn/x", method=method)).status == 200


async def test_a_read_that_one_replica_breaks_off_is_answered_by_another(door: Open) -> None:
    async with AsyncExitStack() as stack:
        servers, name = await _replicas(stack, _breaks_off, _fine)
        url = door({"churn": f"http://churn.test:{servers[0].port}"}, look_up=name)
        async with Client(url) as client:
            for _ in range(20):
                assert (await client.get("/api/ml/churn/x")).status == 200
        assert servers[0].heads


async def test_a_name_that_leads_elsewhere_is_followed_and_one_that_is_lost_is_kept(door: Open) -> None:
    async with AsyncExitStack() as stack:
        servers, name = await _replicas(stack, _fine, _fine)
        name.hosts = ()
        url = door({"churn": f"http://churn.test:{servers[0].port}"}, look_up=name, resolve_s=0.05)
        async with Client(url) as client:

            async def answered_by(server: Scripted) -> bool:
                before = len(server.heads)
                return (await client.get("/api/ml/churn/x")).status == 200 and len(server.heads) > before

            assert (await client.get("/api/ml/churn/x")).problem["code"] == "service_unavailable"
            for server in servers:
                name.hosts = (server.host,)
                assert await until(lambda server=server: answered_by(server), timeout_s=5)  # type: ignore[misc]
            name.hosts, asked = (), name.asked

            async def asked_again() -> bool:
                return name.asked > asked + 2

            assert await until(asked_again)
            assert await answered_by(servers[1])


async def test_a_gateway_that_is_told_to_go_finishes_what_runs_and_says_that_it_leaves(
    service: str, key_files: Path
) -> None:
    environment = {
        "GATEWAY_SERVICES": json.dumps({"churn": service}),
        "GATEWAY_SIGNING_KEY_FILE": str(key_files / "gateway.pem"),
        "GATEWAY_JWT_SECRET": SECRET,
        "GATEWAY_LOG_LEVEL": "error",
        "GATEWAY_DRAIN_S": "0.5",
    }
    with running("gateway.proxy.app:create_app", "--factory", **environment) as gateway:
        async with Client(gateway.url) as slow, Client(gateway.url) as quick:
            await slow.send("GET", "/api/ml/churn/wait/1")
            assert (await quick.get("/readyz")).status == 200
            gateway.signal(signal.SIGTERM)

            async def leaving() -> bool:
                async with Client(gateway.url) as client:
                    answer = await client.get("/readyz")
                    return answer.status == 503 and answer.values(b"connection") == [b"close"]

            assert await until(leaving, timeout_s=0.5)
            assert (await quick.get("/api/ml/churn/x")).values(b"connection") == [b"close"]
            assert await quick.closed()
            answer = await slow.answer()
            assert (answer.status, answer.values(b"connection")) == (200, [b"close"])
        assert await asyncio.to_thread(gateway.popen.wait, 5) in {0, -signal.SIGTERM}
        with pytest.raises(ConnectionRefusedError):
            await Client(gateway.url).__aenter__()
