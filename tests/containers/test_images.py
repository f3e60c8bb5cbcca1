"""The real thing: images built, the whole system started in containers, used through the gateway and stopped."""

import json
import os
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

pytestmark = pytest.mark.containers

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = REPOSITORY / "deploy/containers"
IMAGES = ("crm", "embeddings", "recommend", "churn", "sentiment", "encoder", "gateway")
BUILD_TIMEOUT_S = 1800.0
START_TIMEOUT_S = 600.0
FRESH_S = 60.0  # the change feed's promise
PEOPLE: list[dict[str, Any]] = [
    {"first_name": "Anna", "title": "Machine learning engineer", "tags": ["python", "deep learning"]},
    {"first_name": "Boris", "title": "Data scientist", "notes": "Deep learning, mostly in Python."},
    {"first_name": "Carla", "title": "Pastry chef", "notes": "Cakes and bread."},
]


@dataclass(frozen=True)
class System:
    """A running system and the ways to it; `environment` says which of several on this machine."""

    home: Path
    environment: dict[str, str]

    def run(self, script: str, *arguments: str, timeout_s: float = START_TIMEOUT_S, check: bool = True) -> str:
        """Run one of deploy/containers' scripts as a user would; return what it prints."""
        done = subprocess.run(  # noqa: S603 our own scripts
            [str(SCRIPTS / script), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=check,
            timeout=timeout_s,
        )
        return done.stdout

    def inside(self, service: str, *command: str) -> str:
        return self.run("compose", "exec", "-T", service, *command)

    def client(self) -> httpx.Client:
        rapport = Path(sys.executable).with_name("rapport")
        command = [str(rapport), "token", "--home", str(self.home)]
        token = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
        url = json.loads((self.home / "endpoint.json").read_text())["url"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{url}/api/ml", headers=headers, timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = tmp_path_factory.mktemp("containers")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    names = {
        "RAPPORT_CONTAINERS_HOME": str(home),
        "RAPPORT_CONTAINERS_PROJECT": f"rapport-test-{os.getpid()}",
        "RAPPORT_PORT": str(port),
    }
    system = System(home, {**os.environ, **names})
    system.run("images", timeout_s=BUILD_TIMEOUT_S)
    try:
        system.run("up")
        yield system
    finally:
        if request.session.testsfailed:
            sys.stdout.write(system.run("compose", "logs", "--tail", "30", check=False))
        system.run("down", "--volumes")


@pytest.fixture(scope="module")
def contacts(system: System) -> list[str]:
    rows = [{"source": "test", "external_id": str(number), **person} for number, person in enumerate(PEOPLE)]
    with system.client() as client:
        answer = client.put("/crm/contacts", json={"items": rows})
    assert answer.status_code == 200, answer.text
    return [result["id"] for result in answer.json()["results"]]


def similar(client: httpx.Client, contact_id: str, count: int) -> list[dict[str, Any]]:
    """Ask until there are `count` similar people or the promised time is over."""
    deadline = time.monotonic() + FRESH_S
    while True:
        answer = client.get(f"/similar/{contact_id}", params={"limit": 10})
        items: list[dict[str, Any]] = answer.json().get("items", [])
        if len(items) == count or time.monotonic() > deadline:
            return items
        time.sleep(0.5)


def test_a_pushed_contact_becomes_similar_to_others(system: System, contacts: list[str]) -> None:
    with system.client() as client:
        items = similar(client, contacts[0], 2)
    assert [item["id"] for item in items] == [contacts[1], contacts[2]]
    assert items[0]["similarity"] > items[1]["similarity"] + 0.1


def test_without_a_token_nothing_but_health_answers(system: System, contacts: list[str]) -> None:
    with system.client() as client:
        del client.headers["Authorization"]
        assert client.get(f"/similar/{contacts[0]}").status_code == 401
        assert client.get(client.base_url.join("/livez")).status_code == 200


@pytest.mark.parametrize(
    "service", [*IMAGES, "crm-worker", "embeddings-worker", "recommend-worker", "churn-worker", "sentiment-worker"]
)
def test_a_process_runs_as_nobody_on_a_file_system_it_cannot_write(system: System, service: str) -> None:
    probe = (
        "import os, pathlib\n"
        "writable = [place for place in ('/', '/app', '/venv', '/tmp') if os.access(place, os.W_OK)]\n"
        "status = dict(line.split(':\\t', 1) for line in pathlib.Path('/proc/1/status').read_text().splitlines())\n"
        "print(os.getuid(), writable, int(status['CapEff'], 16), status['NoNewPrivs'])"
    )
    assert system.inside(service, "python", "-c", probe).split("\n")[0] == "10001 ['/tmp'] 0 1"


def test_a_service_holds_its_own_house_only(system: System) -> None:
    houses = system.inside("crm", "python", "-c", "import os; print(sorted(os.listdir('/app/services')))")
    assert houses.strip() == "['crm']"


def test_the_facts_have_no_way_out(system: System) -> None:
    probe = (
        "import socket\n"
        "try: socket.create_connection(('192.0.2.1', 443), 3)\n"
        "except TimeoutError: print('a route leads outside')\n"
        "except OSError as error: print(error.strerror)"
    )
    assert system.inside("crm", "python", "-c", probe).strip() == "Network is unreachable"


def test_a_second_start_finds_its_data(system: System, contacts: list[str]) -> None:
    system.run("down")
    system.run("up")
    with system.client() as client:
        assert len(similar(client, contacts[0], 2)) == 2
