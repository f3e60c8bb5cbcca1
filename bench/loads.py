"""One load of an HTTP server: what rate and which times it gave, by wrk where it is installed."""

import asyncio
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

TARGET = "/api/ml/churn/3f2c9a1e-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Load:
    """What one load of one proxy gave; `missed`: the share of the time it wanted its core that others had."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int
    missed: float = 0.0


def load(url: str, connections: int, seconds: int, bearer: str) -> Load:
    """Load one proxy, with wrk where it is installed, else with a small client in a process of its own."""
    wrk = shutil.which("wrk")
    command = [sys.executable, "-m", "bench.loads", url, str(connections), str(seconds), bearer]
    if wrk:
        command = [
            wrk,
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "-H",
            f"Authorization: Bearer {bearer}",
        ]
        command.append(url + TARGET)
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return _read_wrk(output) if wrk else Load(**json.loads(output))


def _read_wrk(output: str) -> Load:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p50, p99 = (re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", output) for percent in (50, 99))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    failed = int(refused[1]) if refused else 0
    failed += sum(map(int, errors.groups())) if errors else 0
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    p50_ms, p99_ms = (float(found[1]) * scale[found[2]] if found else 0.0 for found in (p50, p99))
    return Load(float(rate[1]) if rate else 0.0, p50_ms, p99_ms, failed)


async def client(url: str, connections: int, seconds: float, bearer: str) -> Load:
    """Load without wrk: each connection sends its next request when the answer is there."""
    host, port = url.removeprefix("http://").split(":")
    request = f"GET {TARGET} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {bearer}\r\n\r\n".encode()
    until, times_ms, failed = time.perf_counter() + seconds, list[float](), 0

    async def one() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(host, int(port))
        while (began := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if b"chunked" in head:
                await reader.readuntil(b"0\r\n\r\n")
            else:
                await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head, re.IGNORECASE)[0]))
            failed += b" 200 " not in head.split(b"\r\n", 1)[0]
            times_ms.append((time.perf_counter() - began) * 1e3)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    percentiles = statistics.quantiles(times_ms, n=100)
    return Load(len(times_ms) / seconds, percentiles[49], percentiles[98], failed)


if __name__ == "__main__":
    url, connections, seconds, bearer = sys.argv[1:]
    print(json.dumps(asdict(asyncio.run(client(url, int(connections), float(seconds), bearer)))))
