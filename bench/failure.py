"""What a failing service costs the others: their p99 with one stopped, frozen or slow, against all being well.

Before one gateway stand a healthy service, which is measured, and one that is asked a hundred times a second beside
it: well, stopped (nothing listens), frozen (SIGSTOP) or slow (answers after the route's time). Every case of every
round has a gateway of its own, so that finding the failure out is part of what is measured.

    python -m bench.failure [--seconds 4] [--rounds 5]
"""

import argparse
import asyncio
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.proxy import free_port, gateway, running, serving, token, upstream
from gateway.proxy.app import create_app
from gateway.proxy.routes import Route, Table

TIMEOUT_S = 1.0
CASES = ("well", "stopped", "frozen", "slow")
MEASURED, DISTURBED = "/api/ml/crm/x", "/api/ml/churn/x"
CONNECTIONS, PAUSE_S = 8, 0.004
ASKERS, EVERY_S = 20, 0.2
ALLOWED = 1.2


@dataclass(slots=True)
class Seen:
    """What one case showed: times of the healthy service, and statuses and times of the other."""

    healthy_ms: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    slowest_s: float = 0.0

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.healthy_ms, n=100)[98]


def short_tempered() -> ASGIApp:
    """Build the gateway with a second for each route: the usual 30 would make the bench long."""
    routes = (Route("/api/ml/crm/*", "crm"), Route("/api/ml/churn/*", "churn", first_byte_timeout_s=TIMEOUT_S))
    return create_app(table=Table(routes))


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await asyncio.sleep(2 * TIMEOUT_S)
    await upstream(scope, receive, send)


@contextmanager
def disturbed(case: str) -> Iterator[str]:
    """Start the other service in its condition; yields its address."""
    port = free_port()
    if case == "stopped":
        yield f"http://127.0.0.1:{port}"
        return
    app = "bench.failure:slow" if case == "slow" else "bench.proxy:upstream"
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log", "--log-level", "error"]
    with running(command, port) as process:
        if case == "frozen":
            process.send_signal(signal.SIGSTOP)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGCONT)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, bearer: str) -> tuple[int, float]:
    began = time.perf_counter()
    writer.write(f"GET {path} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {bearer}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head, re.IGNORECASE)[0]))
    if b" 200 " not in head[:20] and b"application/problem+json" not in head:
        raise ValueError("an answer that is neither a success nor a problem document")
    return int(head.split()[1]), time.perf_counter() - began


async def observe(url: str, seconds: float) -> Seen:
    """Ask both services until the time is over."""
    host, port = url.removeprefix("http://").split(":")
    seen, bearer, until = Seen(), token(), time.perf_counter() + seconds

    async def measure() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while time.perf_counter() < until:
            status, took_s = await ask(reader, writer, MEASURED, bearer)
            if status != 200:
                raise ValueError(f"the healthy service answered {status}")
            seen.healthy_ms.append(took_s * 1e3)
            await asyncio.sleep(PAUSE_S)
        writer.close()

    async def disturb(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        await asyncio.sleep(number * EVERY_S / ASKERS)
        while time.perf_counter() < until:
            status, took_s = await ask(reader, writer, DISTURBED, bearer)
            seen.statuses.add(status)
            seen.slowest_s = max(seen.slowest_s, took_s)
            await asyncio.sleep(max(0.0, EVERY_S - took_s))
        writer.close()

    await asyncio.gather(*(measure() for _ in range(CONNECTIONS)), *(disturb(number) for number in range(ASKERS)))
    return seen


def judge(found: dict[str, list[Seen]]) -> bool:
    """Print every case and whether it holds: answered in time, and the others' p99 as it was."""
    printed = Printed(
        "the other service is", "p99 of the healthy one", "of well", "the other answered", "slowest", "holds",
        title=f"{CONNECTIONS} connections to the healthy service, {ASKERS / EVERY_S:.0f} requests/s to the other",
    )  # fmt: skip
    all_hold = True
    for case in CASES:
        ratio = statistics.median(a.p99_ms / b.p99_ms for a, b in zip(found[case], found["well"], strict=True))
        slowest_s = max(seen.slowest_s for seen in found[case])
        statuses = sorted(set().union(*(seen.statuses for seen in found[case])))
        holds = ratio <= ALLOWED and slowest_s <= 1.5 * TIMEOUT_S and (case == "well") == (statuses == [200])
        p99_ms = statistics.median(seen.p99_ms for seen in found[case])
        said = " ".join(map(str, statuses))
        printed.add_row(case, f"{p99_ms:.1f} ms", f"{ratio:.2f}", said, f"{slowest_s:.2f} s", "yes" if holds else "NO")
        all_hold &= holds
    Console(width=120).print(printed)
    print(
        f"gates: p99 at most {ALLOWED} of well; the other answers within {1.5 * TIMEOUT_S:g} s ({TIMEOUT_S:g} s given)"
    )
    return all_hold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each case")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    found: dict[str, list[Seen]] = {case: [] for case in CASES}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        healthy = stack.enter_context(serving("bench.proxy:upstream", free_port()))
        for _ in range(given.rounds):
            for case in CASES:
                with (
                    disturbed(case) as other,
                    gateway(
                        free_port(), {"crm": healthy, "churn": other}, folder, app="bench.failure:short_tempered"
                    ) as url,
                ):
                    found[case].append(asyncio.run(observe(url, given.seconds)))
    raise SystemExit(not judge(found))


if __name__ == "__main__":
    main()
