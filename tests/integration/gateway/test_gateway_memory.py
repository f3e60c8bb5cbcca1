"""However large a body and however slow its reader, the gateway holds a little of it at a time."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.parts import CHUNK, SECRET, Client, Process, running

MIB = 1024 * 1024
SIZE_BYTES = 192 * MIB
ALLOWED_BYTES = 48 * MIB


def _peak_bytes(process: Process) -> int:
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.fixture
def process(service: str, key_files: Path) -> Iterator[Process]:
    if not Path("/proc/self/status").exists():
        pytest.skip("peaks of memory are read from /proc")
    environment = {
        "GATEWAY_SERVICES": json.dumps({"churn": service, "crm": service}),
        "GATEWAY_SIGNING_KEY_FILE": str(key_files / "gateway.pem"),
        "GATEWAY_JWT_SECRET": SECRET,
        "GATEWAY_LOG_LEVEL": "error",
    }
    with running("gateway.proxy.app:create_app", "--factory", **environment) as gateway:
        yield gateway


async def _read_all(client: Client, *, pause_s: float) -> int:
    await client.send("GET", f"/api/ml/churn/stream/{SIZE_BYTES}")
    await asyncio.sleep(pause_s)
    read_bytes = 0
    while (await client.reader.readline()).strip() != b"":
        pass
    while size := int(await client.reader.readuntil(b"\r\n"), 16):
        await client.reader.readexactly(size + 2)
        read_bytes += size
    return read_bytes


async def test_large_bodies_and_slow_readers_cost_little_memory(process: Process) -> None:
    async with Client(process.url) as client:
        assert (await client.get("/api/ml/churn/stream/1")).status == 200
        before = _peak_bytes(process)
        assert await _read_all(client, pause_s=0.0) == SIZE_BYTES
    async with Client(process.url) as client:
        assert await _read_all(client, pause_s=1.0) == SIZE_BYTES
    async with Client(process.url) as client:
        await client.send("POST", "/api/ml/crm/imports", (b"content-length", b"%d" % SIZE_BYTES))
        began = time.monotonic()
        for _ in range(SIZE_BYTES // len(CHUNK)):
            client.writer.write(CHUNK)
            await client.writer.drain()
        assert json.loads((await client.answer()).body)["size"] == SIZE_BYTES
        assert time.monotonic() - began < 30
    assert _peak_bytes(process) - before < ALLOWED_BYTES
