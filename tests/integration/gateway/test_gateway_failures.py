"""Services that die, hang or talk nonsense, and clients that leave: a caller never takes a part for the whole."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import CHUNK, OK, Client, Scripted, echo, serving


def _saying(*parts: bytes, pause_s: float = 0.0) -> Callable[..., Awaitable[bool]]:
    """Return a script that says the parts and closes."""

    async def script(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)
        return False

    return script


async def _silent(_head: bytes, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bool:
    await reader.readexactly(1)
    return True


@pytest.mark.parametrize(
    "said",
    [
        b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\ncontent-le", b"garbage\r\n\r\n", b"HTTP/1.1 101 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000,
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    ],
)  # fmt: skip
async def test_a_service_that_does_not_answer_in_http_has_failed(door: Open, said: bytes) -> None:
    async with Scripted(_saying(said)) as scripted, Client(door({"churn": scripted.url})) as client:
        for method in ("GET", "POST"):
            answer = await client.ask(method, "/api/ml/churn/x", b"{}")
            assert (answer.status, answer.problem["code"]) == (502, "upstream_failed")
            assert answer.problem["service"] == "churn"


@pytest.mark.parametrize(
    "head",
    [b"content-length: 100000\r\n\r\n", b"transfer-encoding: chunked\r\n\r\n2710\r\n"],
    ids=["length", "chunked"],
)
@pytest.mark.parametrize("pause_s", [0.0, 0.1])
async def test_an_answer_that_breaks_off_is_broken_off_for_the_client(door: Open, head: bytes, pause_s: float) -> None:
    script = _saying(b"HTTP/1.1 200 OK\r\n" + head, CHUNK[:9_000], pause_s=pause_s)
    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        answer = await client.get("/api/ml/churn/x")
        assert answer.status in {200, 502}
        assert answer.status == 502 or (not answer.whole and await client.closed())


async def test_no_first_byte_in_time_is_a_time_out(door: Open) -> None:
    async with Scripted(_silent) as scripted, Client(door({"churn": scripted.url})) as client:
        began = time.monotonic()
        answer = await client.get("/api/ml/churn/brief/x")
        assert (answer.status, answer.problem["code"]) == (504, "upstream_timeout")
        assert 0.25 < time.monotonic() - began < 2
        async with asyncio.timeout(2):
            await scripted.gone.wait()


async def test_a_head_that_drips_does_not_stretch_the_time(door: Open) -> None:
    script = _saying(*[b"HTTP/1.1 200 OK\r\n", *[b"x: y\r\n"] * 40], pause_s=0.05)
    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        assert (await client.get("/api/ml/churn/brief/x")).status == 504


async def test_an_answer_that_stops_moving_is_broken_off(door: Open) -> None:
    script = _saying(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc", b"d", pause_s=2)
    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        began = time.monotonic()
        answer = await client.get("/api/ml/churn/x")
        assert (answer.whole, answer.body) == (False, b"abc")
        assert time.monotonic() - began < 1.8


async def test_a_slow_answer_that_moves_is_left_in_peace(door: Open) -> None:
    script = _saying(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n", *[b"x"] * 8, pause_s=0.15)
    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        answer = await client.get("/api/ml/churn/brief/x")
        assert (answer.whole, answer.body) == (True, b"x" * 8)


async def test_a_client_that_leaves_while_waiting_ends_the_work_of_the_service(door: Open) -> None:
    async with Scripted(_silent) as scripted:
        async with Client(door({"churn": scripted.url})) as client:
            await client.send("GET", "/api/ml/churn/x")
            await asyncio.sleep(0.2)
            assert scripted.heads
        async with asyncio.timeout(2):
            await scripted.gone.wait()


async def test_a_client_that_leaves_in_the_middle_of_its_upload_ends_it(door: Open) -> None:
    async with Scripted(_silent) as scripted:
        async with Client(door({"churn": scripted.url})) as client:
            await client.send("PUT", "/api/ml/churn/x", (b"content-length", b"100"))
            client.writer.write(b"x")
            await asyncio.sleep(0.2)
        async with asyncio.timeout(2):
            await scripted.gone.wait()


async def test_a_client_that_leaves_in_the_middle_of_the_answer_ends_it(door: Open) -> None:
    async def endless(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")
        while True:
            writer.write(CHUNK)
            await writer.drain()

    async with Scripted(endless) as scripted:
        async with Client(door({"churn": scripted.url})) as client:
            await client.send("GET", "/api/ml/churn/x")
            await client.reader.readexactly(1_000_000)
        async with asyncio.timeout(5):
            await scripted.gone.wait()


async def test_an_upload_that_stops_moving_is_refused(door: Open) -> None:
    async with Scripted(_silent) as scripted, Client(door({"churn": scripted.url})) as client:
        await client.send("PUT", "/api/ml/churn/x", (b"content-length", b"100"))
        answer = await client.answer()
        assert (answer.status, answer.problem["code"]) == (400, "body_incomplete")


async def test_a_service_that_does_not_read_is_a_time_out(door: Open) -> None:
    async def deaf(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(3)
        writer.write(OK)
        return False

    async with Scripted(deaf) as scripted, Client(door({"churn": scripted.url})) as client:
        await client.send("PUT", "/api/ml/churn/x", (b"content-length", b"%d" % (200 * len(CHUNK))))
        feeding = asyncio.create_task(_feed(client, 200))
        assert (await client.answer()).status == 504
        feeding.cancel()


async def _feed(client: Client, chunks: int) -> None:
    try:
        for _ in range(chunks):
            client.writer.write(CHUNK)
            await client.writer.drain()
    except ConnectionError:
        return


async def test_an_early_answer_to_a_long_upload_arrives_and_closes(gateway: str) -> None:
    async with Client(gateway) as client:
        await client.send("PUT", "/api/ml/churn/early", (b"content-length", b"%d" % (2000 * len(CHUNK))))
        feeding = asyncio.create_task(_feed(client, 2000))
        answer = await client.answer()
        assert (answer.status, answer.body) == (200, b'{"body": "not read"}')
        await feeding
        assert await client.closed()


async def test_a_service_that_was_started_again_is_found_again(door: Open) -> None:
    with serving(echo) as url:
        port = int(url.rpartition(":")[2])
        gateway = door({"churn": url})
        async with Client(gateway) as client:
            assert (await client.get("/api/ml/churn/x")).status == 200
    async with Client(gateway) as client:
        assert (await client.get("/api/ml/churn/x")).status == 503
        with serving(echo, port=port):
            for method in ("GET", "POST", "GET"):
                assert (await client.ask(method, "/api/ml/churn/x", b"")).status == 200


async def _dies_at_the_second(door: Open, method: str) -> tuple[list[int], list[bytes]]:
    """Ask twice over a connection that the service closes at the very moment the second request comes."""
    asked: dict[object, int] = {}

    async def script(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked[writer] = asked.get(writer, 0) + 1
        if asked[writer] > 1:
            writer.transport.abort()
            return False
        writer.write(OK)
        return True

    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        answers = [await client.get("/api/ml/churn/x", method=method) for _ in range(2)]
        return [answer.status for answer in answers], scripted.heads


async def test_a_read_on_a_connection_found_dead_is_sent_once_more(door: Open) -> None:
    statuses, heads = await _dies_at_the_second(door, "GET")
    assert statuses == [200, 200]
    assert len(heads) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_write_is_never_sent_twice(door: Open, method: str) -> None:
    statuses, heads = await _dies_at_the_second(door, method)
    assert statuses == [200, 502]
    assert len(heads) == 2


async def test_bytes_that_nobody_asked_for_are_not_the_next_answer(door: Open) -> None:
    async def script(_head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil")
        return True

    async with Scripted(script) as scripted, Client(door({"churn": scripted.url})) as client:
        for _ in range(3):
            assert (await client.get("/api/ml/churn/x")).body == b"ok"
        assert scripted.connections == 3
