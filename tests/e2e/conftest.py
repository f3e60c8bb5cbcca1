"""The whole stack as a user starts it: one `rapport up` for the run, in a home of its own, reached by its gateway."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

RAPPORT = Path(sys.executable).with_name("rapport")
START_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 60.0
DEMO_TIMEOUT_S = 300


@dataclass
class Stack:
    """A running stack and the ways to it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def endpoint(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "endpoint.json").read_text())
        return content

    def rapport(self, *arguments: str) -> str:
        """Run the command as a user would; return what it prints."""
        done = subprocess.run(  # noqa: S603 our own command
            [RAPPORT, *arguments, "--home", str(self.home)], capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout.strip()

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.rapport('token')}"}
        return httpx.Client(base_url=f"{self.endpoint['url']}/api/ml", headers=headers, timeout=30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_TIMEOUT_S)


def start(home: Path, port: int, **environment: str) -> Stack:
    """Start a stack and wait until it says where it is."""
    log = (home.parent / "launcher.log").open("ab")
    process = subprocess.Popen(  # noqa: S603 our own command
        [RAPPORT, "up", "--home", str(home), "--port", str(port), "--no-logs"],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )
    log.close()
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (home / "endpoint.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the stack did not start: {(home.parent / 'launcher.log').read_text()[-3000:]}")
        time.sleep(0.1)
    return Stack(home, port, process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def demo(home: Path) -> str:
    """Run it to its end; return what it says, each line whole."""
    command = [str(RAPPORT), "demo", "--home", str(home), "--port", str(free_port()), "--exit-when-ready"]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(  # noqa: S603 our own command
        command, capture_output=True, text=True, check=True, timeout=DEMO_TIMEOUT_S, env=environment
    )
    return done.stdout


@dataclass(frozen=True)
class Sampled:
    """A home in which the demo ran once, and what it said."""

    home: Path
    said: str


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Sampled:
    home = tmp_path_factory.mktemp("sampled") / "home"
    return Sampled(home, demo(home))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = start(tmp_path_factory.mktemp("stack") / "home", free_port())
    yield running
    running.stop()
