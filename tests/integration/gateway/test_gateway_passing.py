"""What passes the gateway arrives as it was sent: bodies, headers, statuses, identity, in both directions."""

import asyncio
import gzip
import hashlib
import json
import statistics
import time
from typing import Any
from uuid import uuid4

from kit.auth import Verifier
from kit.testing import Keys
from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import CHUNK, OK, Client, Scripted, bearer

MIB = 1024 * 1024


def _headers(seen: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in seen["headers"]}  # noqa: C416  (pairs of JSON are lists)


async def test_a_request_arrives_as_it_was_sent(gateway: str) -> None:
    async with Client(gateway) as client:
        body = "Привет".encode()
        answer = await client.ask("POST", "/api/ml/churn/%D0%90?b=2&a=1&b=%20", body, (b"x-name", b"Andr\xe9"))
    seen = json.loads(answer.body)
    assert seen["method"] == "POST"
    assert seen["raw_path"] == "/api/ml/churn/%D0%90"
    assert seen["query"] == "b=2&a=1&b=%20"
    assert seen["sha256"] == hashlib.sha256(body).hexdigest()
    assert _headers(seen)["x-name"] == "Andr\xe9"
    assert answer.values(b"set-cookie") == [b"a=1", b"b=2"]
    assert answer.values(b"x-name") == [b"Andr\xe9"]
    assert len(answer.values(b"server")) == len(answer.values(b"date")) == 1


async def test_the_service_gets_the_gateways_token_and_never_the_callers(gateway: str, keys: Keys) -> None:
    workspace, user = str(uuid4()), str(uuid4())
    outside = bearer(workspace_id=workspace, sub=user, scope="ml:read ml:write").encode()
    async with Client(gateway) as client:
        answer = await client.get("/api/ml/churn/x", (b"authorization", outside), (b"x-forwarded-for", b"192.0.2.1"))
    headers = _headers(json.loads(answer.body))
    assert outside.split()[1] not in answer.body
    assert "192.0.2.1" not in answer.body.decode()
    identity = Verifier(keys.jwks, "churn").verify(headers["authorization"].removeprefix("Bearer "))
    assert (str(identity.workspace_id), str(identity.user_id)) == (workspace, user)
    assert identity.scopes == {"ml:read", "ml:write"}


async def test_request_id_and_trace_go_through_or_begin_here(gateway: str) -> None:
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with Client(gateway) as client:
        kept = await client.get("/api/ml/churn/x", (b"x-request-id", b"request-4711"), (b"traceparent", trace))
        made = await client.get("/api/ml/churn/x", (b"x-request-id", b"no good!"), (b"traceparent", b"00-0-0-0"))
    assert kept.values(b"x-request-id") == [b"request-4711"]
    assert kept.values(b"traceparent") == [trace]
    for answer in (kept, made):
        headers = _headers(json.loads(answer.body))
        assert [headers["x-request-id"].encode()] == answer.values(b"x-request-id")
        assert [headers["traceparent"].encode()] == answer.values(b"traceparent")
    assert made.values(b"x-request-id") != [b"no good!"]


async def test_a_service_knows_how_long_its_answer_is_awaited(gateway: str) -> None:
    """Where the request is whole; of one that still comes the time has not begun."""
    async with Client(gateway) as client:
        asked = await client.get("/api/ml/churn/x")
        sent = await client.ask("POST", "/api/ml/churn/x", b"{}", (b"x-timeout-ms", b"700"))
        await client.send("PUT", "/api/ml/churn/x", (b"content-length", b"2"))
        client.writer.write(b"{")
        await asyncio.sleep(0.05)
        client.writer.write(b"}")
        came_late = await client.answer()
    told = [_headers(json.loads(answer.body)).get("x-timeout-ms") for answer in (asked, sent, came_late)]
    assert told == ["30000", "700", None]


async def test_a_large_answer_streams_through(gateway: str) -> None:
    async with Client(gateway) as client:
        answer = await client.get(f"/api/ml/churn/stream/{8 * MIB + 7}")
    assert answer.whole
    assert answer.body == (CHUNK * 129)[: 8 * MIB + 7]


async def test_a_chunked_upload_streams_through(gateway: str) -> None:
    async with Client(gateway) as client:
        await client.send("PUT", "/api/ml/churn/x", (b"transfer-encoding", b"chunked"))
        for _ in range(100):
            client.writer.write(b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK))
            await client.writer.drain()
        client.writer.write(b"0\r\n\r\n")
        seen = json.loads((await client.answer()).body)
    assert seen["size"] == 100 * len(CHUNK)
    assert seen["sha256"] == hashlib.sha256(CHUNK * 100).hexdigest()
    assert _headers(seen)["transfer-encoding"] == "chunked"


async def test_an_upload_of_declared_size_keeps_its_declaration(gateway: str) -> None:
    async with Client(gateway) as client:
        seen = json.loads((await client.ask("PUT", "/api/ml/churn/x", CHUNK * 64)).body)
    assert seen["size"] == 64 * len(CHUNK)
    assert _headers(seen)["content-length"] == str(64 * len(CHUNK))


async def test_a_body_that_waits_for_a_word_gets_it(gateway: str) -> None:
    async with Client(gateway) as client:
        headers = ((b"content-length", b"5"), (b"expect", b"100-continue"))
        await client.send("POST", "/api/ml/churn/x", *headers)
        assert (await client.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        client.writer.write(b"hello")
        assert json.loads((await client.answer()).body)["size"] == 5


async def test_answers_without_a_body_leave_the_connection_usable(gateway: str) -> None:
    async with Client(gateway) as client:
        for _ in range(2):
            head = await client.get("/api/ml/churn/stream/100000", method="HEAD")
            assert (head.status, head.values(b"x-size")) == (200, [b"100000"])
            for status in (204, 304):
                answer = await client.get(f"/api/ml/churn/empty/{status}")
                assert (answer.status, answer.values(b"etag")) == (status, [b'"a"'])
            assert (await client.get("/api/ml/churn/empty/200")).body == b""
            assert (await client.get("/api/ml/churn/x")).status == 200


async def test_compressed_bodies_and_redirects_are_the_clients_affair(door: Open) -> None:
    packed = gzip.compress(b"hello" * 100)

    async def script(head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if b"/moved" in head:
            writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n")
        else:
            encoding = b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
            writer.write(b"HTTP/1.1 200 OK\r\n" + encoding + packed)
        return True

    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        assert (await client.get("/api/ml/churn/x")).body == packed
        moved = await client.get("/api/ml/churn/moved")
        assert (moved.status, moved.values(b"location")) == (302, [b"http://192.0.2.1/"])
        assert b"accept-encoding" not in scripted.heads[0].lower()


async def test_interim_answers_and_answers_that_end_with_the_connection_are_understood(door: Open) -> None:
    async def script(head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if b"/interim" in head:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK)
            return True
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + CHUNK * 4)
        return False

    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        assert (await client.get("/api/ml/churn/interim")).body == b"ok"
        ended = await client.get("/api/ml/churn/x")
        assert ended.whole
        assert ended.body == CHUNK * 4
        assert (await client.get("/api/ml/churn/interim")).body == b"ok"


async def test_connections_to_a_service_are_used_again(door: Open) -> None:
    async def script(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK)
        return True

    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        for _ in range(20):
            assert (await client.get("/api/ml/churn/x")).body == b"ok"
        assert scripted.connections == 1


async def test_sixty_four_clients_at_once_are_all_served(gateway: str) -> None:
    times_s = []

    async def one() -> None:
        async with Client(gateway) as client:
            for turn in range(20):
                began = time.perf_counter()
                answer = await client.ask("POST", "/api/ml/churn/x", b"x" * turn)
                times_s.append(time.perf_counter() - began)
                assert json.loads(answer.body)["size"] == turn

    await asyncio.gather(*(one() for _ in range(64)))
    assert len(times_s) == 64 * 20
    assert statistics.quantiles(times_s, n=100)[98] < 2.0
