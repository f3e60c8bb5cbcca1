"""Any process may be killed at any moment: every accepted write is there, and everything comes back by itself."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.e2e.conftest import Stack, free_port, start
from tests.e2e.test_journey import eventually

pytestmark = pytest.mark.e2e

BACK_S = 60.0
VICTIMS = {
    "crm": "services.crm.app",
    "crm-worker": "services.crm.jobs",
    "embeddings": "services.embeddings.app",
    "embeddings-worker": "services.embeddings.jobs",
    "recommend": "services.recommend.app",
    "recommend-worker": "services.recommend.jobs",
    "churn": "services.churn.app",
    "churn-worker": "services.churn.jobs",
    "sentiment": "services.sentiment.app",
    "sentiment-worker": "services.sentiment.jobs",
    "encoder": "services.encoder.app",
    "graph": "gateway.graph.app",
    "gateway": "gateway.proxy.app",
    "valkey": "valkey-server",
    "postgres": "postgres -D",
}


class Pusher:
    """A CRM that pushes one contact after another, tries again what was refused, and remembers what was accepted."""

    def __init__(self, stack: Stack) -> None:
        self.accepted: list[str] = []
        self.refused = 0
        self._client = stack.client()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            row = {"source": "killed", "external_id": str(number), "first_name": f"Person {number}"}
            try:
                answer = self._client.put("/crm/contacts", json={"items": [row]})
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                self.accepted.append(answer.json()["results"][0]["id"])
                number += 1
            else:
                self.refused += 1
                time.sleep(0.1)


@pytest.mark.parametrize("victim", VICTIMS)
def test_every_accepted_write_survives_the_death_of(stack: Stack, victim: str) -> None:
    with stack.client() as client, Pusher(stack) as pusher:
        eventually(lambda: len(pusher.accepted) > 3)
        for pid in find(stack, VICTIMS[victim]):
            os.kill(pid, signal.SIGKILL)
        before = len(pusher.accepted)
        eventually(lambda: len(pusher.accepted) > before + 3, timeout_s=BACK_S)
        eventually(lambda: find(stack, VICTIMS[victim]), timeout_s=BACK_S)
    with stack.client() as client:
        assert all(client.get(f"/crm/contacts/{contact_id}").status_code == 200 for contact_id in pusher.accepted)
        newest = pusher.accepted[-1]
        eventually(lambda: _is_compared(client, newest), timeout_s=BACK_S)


def test_the_launcher_itself_is_killed_and_started_again(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    first = start(home, port)
    with first.client() as client:
        row = {"source": "killed", "external_id": "1", "first_name": "Ada"}
        accepted = client.put("/crm/contacts", json={"items": [row]}).json()["results"][0]["id"]
    first.process.kill()
    first.process.wait()
    (home / "endpoint.json").unlink(missing_ok=True)
    second = start(home, port)
    try:
        with second.client() as client:
            assert client.get(f"/crm/contacts/{accepted}").json()["first_name"] == "Ada"
    finally:
        second.stop()
    assert not (home / "endpoint.json").exists()


def find(stack: Stack, words: str) -> list[int]:
    """Return the processes of this stack whose command line has these words."""
    return [pid for pid, command in descendants(stack.process.pid) if words in command]


def descendants(parent: int) -> Iterator[tuple[int, str]]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for child in map(int, children):
        try:
            command = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            yield child, command
            yield from descendants(child)
        except FileNotFoundError:
            continue


def _is_compared(client: httpx.Client, contact_id: str) -> bool:
    """Whether the follower has made this contact's vector: others find it."""
    readiness = client.get("/embeddings/readiness")
    if readiness.status_code != 200:
        return False
    item = readiness.json()["items"][0]
    return bool(item["have"] == item["optimal"]) and client.get(f"/similar/{contact_id}").status_code == 200
