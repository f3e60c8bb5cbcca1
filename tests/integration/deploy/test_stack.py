"""The launcher with the real databases alone: one at a time, ended, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from deploy.embedded import postgres
from deploy.embedded import valkey as cache
from deploy.embedded.home import REPOSITORY, Home, free_ports

LAUNCHER = """
import asyncio, sys
from pathlib import Path
from deploy.embedded import stack
from deploy.embedded.table import programs
from deploy.errors import StackError

async def then(home):
    print("all is ready", flush=True)

def databases(site):
    return [program for program in programs(site) if program.name in {"postgres", "valkey"}]

try:
    asyncio.run(stack.serve(Path(sys.argv[1]), int(sys.argv[2]), then, show_logs=False,
                            exit_when_ready=False, table=databases))
except StackError as error:
    sys.exit(str(error))
"""
Launch = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    started: list[subprocess.Popen[str]] = []
    port = free_ports(1)[0]

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", LAUNCHER, str(tmp_path), str(port)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        started.append(subprocess.Popen(command, cwd=REPOSITORY, text=True, **pipes))  # type: ignore[call-overload]  # noqa: S603
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate()


def until_ready(process: subprocess.Popen[str]) -> str:
    """What it says until it is ready or ends."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "all is ready" in line:
            break
    return said


def using(folder: Path) -> list[int]:
    """Processes that work in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink().is_relative_to(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_the_endpoint_is_there_while_the_stack_is(tmp_path: Path, launch: Launch) -> None:
    process = launch()
    until_ready(process)
    endpoint = tmp_path / "endpoint.json"
    assert endpoint.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(endpoint.read_text())) == {"url", "workspace_id", "services"}
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert not endpoint.exists()
    assert not using(tmp_path)


def test_a_second_stack_in_the_same_home_says_why_not(tmp_path: Path, launch: Launch) -> None:
    first = launch()
    until_ready(first)
    second = launch()
    assert "a stack is already running" in until_ready(second)
    assert second.wait() == 1
    assert (tmp_path / "endpoint.json").exists()


def test_after_the_launcher_was_killed_nothing_is_left_and_the_data_is_found_again(
    tmp_path: Path, launch: Launch
) -> None:
    first = launch()
    until_ready(first)
    home = Home(tmp_path)
    ports = json.loads((tmp_path / "ports.json").read_text())
    with psycopg.connect(postgres.conninfo(home, ports["postgres"])) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with Redis.from_url(cache.url(home, ports["valkey"]), protocol=2) as client:
        client.set("kept", "1", ex=60)
    first.kill()
    assert (tmp_path / "endpoint.json").exists()
    second = launch()
    assert "all is ready" in until_ready(second)
    assert json.loads((tmp_path / "ports.json").read_text()) == ports
    with psycopg.connect(postgres.conninfo(home, ports["postgres"])) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    with Redis.from_url(cache.url(home, ports["valkey"]), protocol=2) as client:
        assert client.get("kept") == b"1"


def test_a_killed_database_comes_back_by_itself(tmp_path: Path, launch: Launch) -> None:
    process = launch()
    until_ready(process)
    home, port = Home(tmp_path), json.loads((tmp_path / "ports.json").read_text())["postgres"]
    os.kill(int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while "again" not in (tmp_path / "logs" / "rapport.log").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    while not postgres.is_ready(home, port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert postgres.is_ready(home, port)


def test_a_second_signal_ends_it_at_once(tmp_path: Path, launch: Launch) -> None:
    process = launch()
    until_ready(process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert not using(tmp_path)
