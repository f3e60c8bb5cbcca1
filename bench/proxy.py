"""How fast the gateway passes requests on, as a ratio to nginx and to a FastAPI + httpx proxy in the same run.

Every proxy stands before the same upstream (1 KB of JSON) and is loaded in turns, so that a noisy machine hurts all
alike. The gateway works as in production: token verified and exchanged, ids, metrics, access log, all on.

    python -m bench.proxy [--seconds 3] [--rounds 3]
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from rich.console import Console
from rich.table import Table
from starlette.types import Receive, Scope, Send

CONNECTIONS = (1, 16, 64)
TARGET = "/api/ml/churn/3f2c9a1e-0000-4000-8000-000000000000"
BODY = json.dumps({"items": [{"id": str(uuid4()), "score": 0.5} for _ in range(16)]}).encode()[:1024]
SECRET = "bench-secret-" + "0" * 32
UPSTREAM = "BENCH_UPSTREAM"
# Every request is counted; one token alone asks more here than any real one may.
UNREACHED_LIMITS = {
    f"GATEWAY_{who}_{what}": "1000000" for who in ("CALLER", "WORKSPACE") for what in ("RATE_PER_S", "BURST")
}


@dataclass(frozen=True, slots=True)
class Load:
    """What one load of one proxy gave."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


async def upstream(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer everything with the same kilobyte: the least an upstream can do."""
    if scope["type"] == "lifespan":
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def plain_proxy() -> FastAPI:
    """The proxy most people would write: FastAPI before, httpx behind, streaming both."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=os.environ[UPSTREAM]) as client:
            app.state.client = client
            yield

    app = FastAPI(lifespan=lifespan)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def pass_on(path: str, request: Request) -> StreamingResponse:
        client: httpx.AsyncClient = request.app.state.client
        headers = [(name, value) for name, value in request.headers.raw if name != b"host"]
        outgoing = client.build_request(request.method, f"/{path}", headers=headers, content=request.stream())
        answer = await client.send(outgoing, stream=True)
        return StreamingResponse(answer.aiter_raw(), answer.status_code, dict(answer.headers))

    return app


@contextmanager
def serving(app: str, port: int, *, factory: bool = False, env: dict[str, str] | None = None) -> Iterator[str]:
    """Run one ASGI application in a process of its own until the block ends."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", *(["--factory"] if factory else [])]
    with running(command, port, env):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(  # noqa: S603 the commands are our own
        command, env=os.environ | (env or {}), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def nginx(port: int, target: str, folder: Path) -> Iterator[str]:
    config = folder / "nginx.conf"
    config.write_text(f"""
        daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;
        events {{ worker_connections 1024; }}
        http {{
          access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          upstream up {{ server {target.removeprefix("http://")}; keepalive 128; }}
          server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000;
            location / {{ proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
        }}""")
    with running([str(shutil.which("nginx")), "-c", str(config), "-p", str(folder)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def gateway(
    port: int, services: dict[str, str], folder: Path, *, app: str = "gateway.proxy.app:create_app"
) -> Iterator[str]:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "gateway.pem").write_bytes(key)
    env = {
        "GATEWAY_SERVICES": json.dumps(services),
        "GATEWAY_SIGNING_KEY_FILE": str(folder / "gateway.pem"),
        "GATEWAY_JWT_SECRET": SECRET,
        **UNREACHED_LIMITS,
    }
    with serving(app, port, factory=True, env=env) as url:
        yield url


def token() -> str:
    claims = {"workspace_id": str(uuid4()), "scope": "ml:read", "exp": int(time.time()) + 3600}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def load(url: str, connections: int, seconds: int, bearer: str) -> Load:
    """Load one proxy, with wrk where it is installed, else with a small client in a process of its own."""
    wrk = shutil.which("wrk")
    command = [sys.executable, "-m", "bench.proxy", "--client", url, str(connections), str(seconds), bearer]
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


def measure(urls: dict[str, str], *, rounds: int, seconds: int) -> dict[tuple[str, int], list[Load]]:
    bearer, found = token(), dict[tuple[str, int], list[Load]]()
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for name, url in urls.items():
                found.setdefault((name, connections), []).append(load(url, connections, seconds, bearer))
    return found


def table(found: dict[tuple[str, int], list[Load]], names: list[str]) -> Table:
    reference = "nginx" if "nginx" in names else "gateway"
    columns = [f"{connections} conn." for connections in CONNECTIONS]
    result = Table("proxy", *columns, "failed", title=f"requests/s (of {reference}), p99; 1 KB JSON; median of rounds")
    for name in names:
        cells = [_cell(found[name, count], found[reference, count]) for count in CONNECTIONS]
        failed = sum(each.failed for count in CONNECTIONS for each in found[name, count])
        result.add_row(name, *cells, str(failed))
    return result


def _cell(loads: list[Load], reference: list[Load]) -> str:
    ratio = statistics.median(a.requests_per_s / b.requests_per_s for a, b in zip(loads, reference, strict=True))
    rate = statistics.median(each.requests_per_s for each in loads)
    return f"{rate:,.0f} ({ratio:.3f}) {statistics.median(each.p99_ms for each in loads):.1f} ms"


Found = dict[tuple[str, int], list[Load]]


def gates(found: Found, names: Iterable[str]) -> list[tuple[str, float, float, bool]]:
    """Return what must hold at 64 connections: its name, the median of the rounds, the bound, and whether it holds."""
    ours, most = found["gateway", 64], CONNECTIONS[-1]
    flat = _median_ratio(ours, found["gateway", 16])
    tail = statistics.median(each.p99_ms / each.p50_ms for each in ours)
    failed = float(sum(each.failed for count in CONNECTIONS for each in found["gateway", count]))
    result = [
        ("times FastAPI + httpx", ratio := _median_ratio(ours, found["FastAPI + httpx", most]), 10.0, ratio >= 10),
        ("p99 in p50s, under", tail, 5.0, tail < 5),
        ("of its rate at 16 connections", flat, 0.95, flat >= 0.95),
        ("failed requests, none", failed, 0.0, not failed),
    ]
    if "nginx" in names:
        of_nginx = _median_ratio(ours, found["nginx", most])
        result.insert(0, ("of nginx (target 0.30)", of_nginx, 0.15, of_nginx >= 0.15))
    return result


def _median_ratio(ours: list[Load], theirs: list[Load]) -> float:
    return statistics.median(a.requests_per_s / b.requests_per_s for a, b in zip(ours, theirs, strict=True))


def judge(found: Found, names: Iterable[str]) -> bool:
    """Print every gate; return whether all hold."""
    judged = gates(found, names)
    for name, value, bound, holds in judged:
        print(f"{'holds' if holds else 'FAILS'}  {name}: {value:.2f} (gate {bound:g})")
    if "nginx" not in names:
        print("skipped: no nginx (apt-get install nginx-light)")
    return all(holds for *_, holds in judged)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.client:
        url, connections, seconds, bearer = given.client
        loaded = asyncio.run(client(url, int(connections), float(seconds), bearer))
        print(json.dumps({name: getattr(loaded, name) for name in Load.__dataclass_fields__}))
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        target = stack.enter_context(serving("bench.proxy:upstream", free_port()))
        urls = {
            "gateway": stack.enter_context(gateway(free_port(), {"churn": target}, folder)),
            "FastAPI + httpx": stack.enter_context(
                serving("bench.proxy:plain_proxy", free_port(), factory=True, env={UPSTREAM: target})
            ),
        }
        if shutil.which("nginx"):
            urls = {"nginx": stack.enter_context(nginx(free_port(), target, folder))} | urls
        found = measure(urls | {"upstream, no proxy": target}, rounds=given.rounds, seconds=given.seconds)
    Console(width=150).print(table(found, [*urls, "upstream, no proxy"]))
    raise SystemExit(not judge(found, urls))


if __name__ == "__main__":
    main()
