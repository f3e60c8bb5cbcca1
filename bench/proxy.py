"""How fast the gateway passes requests on, as a ratio to nginx and to a FastAPI + httpx proxy in the same run.

Every proxy stands before the same upstream (1 KB of JSON) and is loaded in turns. What is measured has one core, the
load and the upstream another. The gateway works as in production: token verified and exchanged, ids, limits, metrics,
access log, all on. A turn in which the rest of the machine had the proxy's core for too long is repeated, and the
quietest counts; how much of it was missed even then is printed.

    python -m bench.proxy [--seconds 3] [--rounds 5]
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
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

from bench import cores
from bench.cores import Spent
from bench.loads import Load, load

CONNECTIONS = (1, 16, 64)
BODY = json.dumps({"items": [{"id": str(uuid4()), "score": 0.5} for _ in range(16)]}).encode()[:1024]
SECRET = "bench-secret-" + "0" * 32
UPSTREAM = "BENCH_UPSTREAM"
UNPROXIED = "upstream, no proxy"
QUIET = 0.05  # of the time a proxy wanted its core, others may have had that much
TRIES = 2
# Every request is counted; one token alone asks more here than any real one may.
UNREACHED_LIMITS = {
    f"GATEWAY_{who}_{what}": "1000000" for who in ("CALLER", "WORKSPACE") for what in ("RATE_PER_S", "BURST")
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A running server: where it answers, and which process it is."""

    url: str
    pid: int


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
def serving(app: str, port: int, *, factory: bool = False, env: dict[str, str] | None = None) -> Iterator[Loaded]:
    """Run one ASGI application in a process of its own until the block ends."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", *(["--factory"] if factory else [])]
    with running(command, port, env) as process:
        yield Loaded(f"http://127.0.0.1:{port}", process.pid)


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
def nginx(port: int, folder: Path, location: str, outside: str = "") -> Iterator[Loaded]:
    """Run an nginx of one process."""
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(f"""
        daemon off; master_process off; pid {folder}/nginx.pid; error_log /dev/null;
        events {{ worker_connections 1024; }}
        http {{
          access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          {outside}
          server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000; location / {{ {location} }} }}
        }}""")
    with running([str(shutil.which("nginx")), "-c", str(config), "-p", str(folder)], port) as process:
        yield Loaded(f"http://127.0.0.1:{port}", process.pid)


def nginx_upstream(folder: Path) -> AbstractContextManager[Loaded]:
    """Answer everything with the same kilobyte, and faster than any proxy can ask."""
    location = f"default_type application/json; return 200 '{BODY.decode()}';"
    return nginx(free_port(), folder / "upstream", location)


def nginx_proxy(folder: Path, target: str) -> AbstractContextManager[Loaded]:
    location = 'proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";'
    outside = f"upstream up {{ server {target.removeprefix('http://')}; keepalive 128; }}"
    return nginx(free_port(), folder / "nginx", location, outside)


@contextmanager
def gateway(
    port: int, services: dict[str, str], folder: Path, *, app: str = "gateway.proxy.app:create_app"
) -> Iterator[Loaded]:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "gateway.pem").write_bytes(key)
    env = {
        "GATEWAY_SERVICES": json.dumps(services),
        "GATEWAY_SIGNING_KEY_FILE": str(folder / "gateway.pem"),
        "GATEWAY_JWT_SECRET": SECRET,
        **UNREACHED_LIMITS,
    }
    with serving(app, port, factory=True, env=env) as loaded:
        yield loaded


def token() -> str:
    claims = {"workspace_id": str(uuid4()), "scope": "ml:read", "exp": int(time.time()) + 3600}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def load_quietly(proxy: Loaded, connections: int, seconds: int, bearer: str, *, tries: int) -> Load:
    """Load a proxy until it had its core nearly to itself, `tries` times at most; return the quietest."""
    loads: list[Load] = []
    while len(loads) < tries and not any(each.missed <= QUIET for each in loads):
        before = Spent.by(proxy.pid)
        found = load(proxy.url, connections, seconds, bearer)
        loads.append(replace(found, missed=Spent.by(proxy.pid).since(before).missed))
    return min(loads, key=lambda each: each.missed)


Found = dict[tuple[str, int], list[Load]]


def measure(proxies: dict[str, Loaded], *, rounds: int, seconds: int) -> Found:
    bearer, found = token(), Found()
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for name, proxy in proxies.items():
                tries = 1 if name == UNPROXIED else TRIES  # it shares its core with the load, and misses it always
                one = load_quietly(proxy, connections, seconds, bearer, tries=tries)
                found.setdefault((name, connections), []).append(one)
    return found


def table(found: dict[tuple[str, int], list[Load]], names: list[str]) -> Table:
    reference = "nginx" if "nginx" in names else "gateway"
    columns = [f"{connections} conn." for connections in CONNECTIONS]
    title = f"requests/s (of {reference}), p50 and p99 in ms; 1 KB JSON; median of rounds"
    result = Table("proxy", *columns, "failed", "core missed, at most", title=title)
    for name in names:
        cells = [_cell(found[name, count], found[reference, count]) for count in CONNECTIONS]
        loads = [each for count in CONNECTIONS for each in found[name, count]]
        missed = max(each.missed for each in loads)
        result.add_row(name, *cells, str(sum(each.failed for each in loads)), f"{missed:.1%}")
    return result


def _cell(loads: list[Load], reference: list[Load]) -> str:
    ratio = statistics.median(a.requests_per_s / b.requests_per_s for a, b in zip(loads, reference, strict=True))
    rate = statistics.median(each.requests_per_s for each in loads)
    p50_ms, p99_ms = (statistics.median(times) for times in zip(*((a.p50_ms, a.p99_ms) for a in loads), strict=True))
    return f"{rate:,.0f} ({ratio:.3f}) {p50_ms:.1f} {p99_ms:.1f}"


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
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    measured, around = cores.split()
    with ExitStack() as stack, cores.before_others(), cores.started_on(around):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        has_nginx = shutil.which("nginx") is not None
        target = stack.enter_context(
            nginx_upstream(folder) if has_nginx else serving("bench.proxy:upstream", free_port())
        )
        with cores.started_on(measured):
            proxies = started(stack, folder, target.url)
        found = measure(proxies | {UNPROXIED: target}, rounds=given.rounds, seconds=given.seconds)
    Console(width=150).print(table(found, [*proxies, UNPROXIED]))
    raise SystemExit(not judge(found, proxies))


def started(stack: ExitStack, folder: Path, target: str) -> dict[str, Loaded]:
    """Start what is compared, nginx first where it is installed."""
    plain = serving("bench.proxy:plain_proxy", free_port(), factory=True, env={UPSTREAM: target})
    proxies = {
        "gateway": stack.enter_context(gateway(free_port(), {"churn": target}, folder)),
        "FastAPI + httpx": stack.enter_context(plain),
    }
    return {"nginx": stack.enter_context(nginx_proxy(folder, target))} | proxies if shutil.which("nginx") else proxies


if __name__ == "__main__":
    main()
