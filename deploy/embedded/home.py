"""Where one installation keeps its state: the folders under RAPPORT_HOME, its lock and its kept ports."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy import secrets
from deploy.errors import StackError

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_HOME = REPOSITORY / ".rapport"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Home:
    root: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def identity(self) -> Path:
        return self.secrets / "identity"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def endpoint(self) -> Path:
        return self.root / "endpoint.json"

    def secret(self, name: str) -> str:
        return secrets.read(self.secrets, name)


def prepare(root: Path) -> Home:
    """The home with its folders and secrets; whatever exists is kept."""
    home = Home(root.resolve())
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        secrets.ensure(home.secrets)
        for folder in (home.logs, home.models):
            secrets.private_folder(folder)
    except OSError as error:
        raise StackError(
            f"cannot write to {home.root} ({error.strerror}): choose another folder with --home or RAPPORT_HOME"
        ) from error
    return home


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Keeps a second stack out of this home; the kernel lets go of the lock when this process dies."""
    path = home.root / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text().strip() or "unknown"
            raise StackError(
                f"a stack is already running in {home.root} (process {holder}): "
                "stop it with Ctrl-C there, or use another folder with --home"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on; all are held until the last is known, so that they differ."""
    held = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [int(holder.getsockname()[1]) for holder in held]
    for holder in held:
        holder.close()
    return ports


def is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def kept_port(home: Home, name: str) -> int:
    """The port this name had last time if it is still free, else another one, remembered for the next start."""
    path = home.root / "ports.json"
    ports: dict[str, int] = {}
    with suppress(OSError, ValueError):
        ports = json.loads(path.read_text())
    port = ports.get(name)
    if port is None or not is_free(port):
        port = free_ports(1)[0]
        secrets.write_private(path, json.dumps({**ports, name: port}).encode())
    return port
