"""The registry: what passes the gate serves, one call goes back, everything is noted, a bad artifact is refused."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from deploy.embedded import postgres
from kit.app import create_app
from kit.auth import read_verifier
from kit.db import Pool, open_pool, workspace
from kit.registry import Artifact, ArtifactRefused, Gate, Metric, Served, Training, models_router, publish, store
from kit.settings import Settings
from kit.testing import Keys, caller, serving

NAME = "ranker"
METRICS = {"auc": Metric(0.81, 0.79, 0.83, baseline=0.77)}


@pytest.fixture(scope="module")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("embeddings"), name="test", max_size=4) as pool:
        yield pool


@pytest.fixture(scope="module")
async def client(pool: Pool, key_files: Path) -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = pool
        yield

    app = create_app(
        Settings(log_level="warning"),
        name="embeddings",
        title="models",
        routers=[models_router("embeddings", {NAME: "orders people"})],
        lifespan=lifespan,
        verifier=read_verifier("embeddings", key_files / "jwks.json"),
        checks={},
    )
    async with serving(app) as client:
        yield client


def trained(version: str, *, passed: bool = True, artifact: bytes = b"good") -> Training:
    gate = Gate(passed, "better by 0.04 [0.02, 0.06]" if passed else "not better", compared_with="recency")
    return Training(NAME, version, "logistic_regression", artifact, ["recency"], {"numpy": "2"}, METRICS, gate)


async def publish_one(pool: Pool, workspace_id: UUID, training: Training) -> bool:
    async with workspace(pool, workspace_id) as connection:
        return await publish(connection, workspace_id, training, actor="service:test")


class Caller:
    """One caller of the model endpoints."""

    def __init__(self, client: httpx.AsyncClient, keys: Keys, workspace_id: UUID, *scopes: str) -> None:
        token = keys.signer("gateway").token(caller(workspace_id, *scopes), "embeddings")
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str = "", status: int = 200) -> dict[str, Any]:
        answer = await self._client.request(method, f"/api/ml/embeddings/models{path}", headers=self._headers)
        assert answer.status_code == status, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def serving(self) -> str | None:
        version: str | None = (await self.call("GET"))["serving"][NAME]
        return version


@pytest.fixture
def who(client: httpx.AsyncClient, keys: Keys, workspace_id: UUID) -> Caller:
    return Caller(client, keys, workspace_id)


async def test_what_passes_its_gate_serves_and_what_does_not_is_kept_and_refused(
    pool: Pool, workspace_id: UUID, who: Caller
) -> None:
    assert await who.serving() is None
    assert await publish_one(pool, workspace_id, trained("1"))
    assert not await publish_one(pool, workspace_id, trained("2", passed=False))
    listed = await who.call("GET")
    assert [(one["version"], one["state"]) for one in listed["items"]] == [("1", "serving"), ("2", "candidate")]
    assert listed["items"][0]["metrics"]["auc"] == {"value": 0.81, "low": 0.79, "high": 0.83, "baseline": 0.77}
    refused = await who.call("POST", f"/{NAME}/versions/2/promote", status=409)
    assert (refused["code"], refused["gate"]["reason"]) == ("gate_not_passed", "not better")
    assert await who.serving() == "1"


async def test_publishing_again_changes_nothing(pool: Pool, workspace_id: UUID, who: Caller) -> None:
    assert await publish_one(pool, workspace_id, trained("1"))
    assert await publish_one(pool, workspace_id, trained("2"))
    assert not await publish_one(pool, workspace_id, trained("1"))
    assert await who.serving() == "2"
    assert len((await who.call("GET", f"/{NAME}/events"))["items"]) == 4


async def test_what_happened_is_read_page_by_page(pool: Pool, workspace_id: UUID, who: Caller) -> None:
    for version in ("1", "2"):
        await publish_one(pool, workspace_id, trained(version))
    whole = await who.call("GET", f"/{NAME}/events")
    first = await who.call("GET", f"/{NAME}/events?limit=3")
    rest = await who.call("GET", f"/{NAME}/events?limit=3&cursor={first['next_cursor']}")
    assert (len(whole["items"]), whole["next_cursor"], rest["next_cursor"]) == (4, None, None)
    assert first["items"] + rest["items"] == whole["items"]


async def test_one_call_goes_back_and_the_last_one_back_is_the_plain_rule(
    pool: Pool, workspace_id: UUID, who: Caller
) -> None:
    for version in ("1", "2", "3"):
        await publish_one(pool, workspace_id, trained(version))
    served = [(await who.call("POST", f"/{NAME}/rollback"))["serving"] for _ in range(3)]
    assert [one and one["version"] for one in served] == ["2", "1", None]
    assert (await who.call("POST", f"/{NAME}/rollback", status=409))["code"] == "nothing_to_roll_back"
    assert (await who.call("POST", f"/{NAME}/versions/2/promote"))["state"] == "serving"
    events = (await who.call("GET", f"/{NAME}/events", status=200))["items"]
    assert [(one["action"], one["version"]) for one in events[:4]] == [
        ("promoted", "2"),
        ("rolled_back", None),
        ("rolled_back", "1"),
        ("rolled_back", "2"),
    ]
    assert events[0]["actor"] == "service:gateway"


async def test_only_an_admin_decides_and_only_in_his_own_workspace(
    pool: Pool, client: httpx.AsyncClient, keys: Keys, workspace_id: UUID, who: Caller
) -> None:
    await publish_one(pool, workspace_id, trained("1"))
    writer = Caller(client, keys, workspace_id, "ml:read", "ml:write")
    assert (await writer.call("POST", f"/{NAME}/rollback", status=403))["code"] == "scope_missing"
    stranger = Caller(client, keys, UUID(int=7))
    assert (await stranger.call("POST", f"/{NAME}/versions/1/promote", status=404))["code"] == "model_not_found"
    assert await who.serving() == "1"


async def test_what_is_noted_cannot_be_unsaid(pool: Pool, workspace_id: UUID) -> None:
    await publish_one(pool, workspace_id, trained("1"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with workspace(pool, workspace_id) as connection:
            await connection.execute("DELETE FROM ml_model_events WHERE workspace_id = %s", (workspace_id,))


async def test_an_artifact_is_stored_with_its_own_hash_or_not_at_all(pool: Pool, workspace_id: UUID) -> None:
    await publish_one(pool, workspace_id, trained("1"))
    with pytest.raises(psycopg.errors.CheckViolation):
        async with workspace(pool, workspace_id) as connection:
            await connection.execute("UPDATE ml_models SET artifact = 'other' WHERE workspace_id = %s", (workspace_id,))


def load(artifact: Artifact) -> str:
    if artifact.content == b"bad":
        raise ArtifactRefused(artifact.name, artifact.version, "another list of features")
    return artifact.content.decode()


async def held(pool: Pool, workspace_id: UUID, served: Served[str]) -> tuple[str, str] | None:
    async with workspace(pool, workspace_id) as connection:
        return await served.get(connection, workspace_id)


async def test_a_process_serves_what_is_promoted_and_keeps_it_when_the_next_artifact_is_refused(
    pool: Pool, workspace_id: UUID
) -> None:
    served = Served(NAME, load)
    assert await held(pool, workspace_id, served) is None
    await publish_one(pool, workspace_id, trained("1", artifact=b"one"))
    assert await held(pool, workspace_id, served) == ("1", "one")
    await publish_one(pool, workspace_id, trained("2", artifact=b"bad"))
    assert await held(pool, workspace_id, served) == ("1", "one")
    assert await held(pool, workspace_id, Served(NAME, load)) is None
    await publish_one(pool, workspace_id, trained("3", artifact=b"three"))
    assert await held(pool, workspace_id, served) == ("3", "three")


async def test_an_artifact_is_loaded_beside_the_event_loop(pool: Pool, workspace_id: UUID) -> None:
    """What takes long to load keeps nobody else waiting: the loop goes on while it is being loaded."""
    went_on = threading.Event()

    def slowly(artifact: Artifact) -> str:
        assert went_on.wait(10)
        return artifact.version

    await publish_one(pool, workspace_id, trained("1"))
    loading = asyncio.create_task(held(pool, workspace_id, Served(NAME, slowly)))
    await asyncio.sleep(0.1)
    went_on.set()
    assert await loading == ("1", "1")


async def test_a_served_artifact_is_read_once(pool: Pool, workspace_id: UUID) -> None:
    loads: list[str] = []

    def note(artifact: Artifact) -> str:
        loads.append(artifact.version)
        return artifact.version

    served = Served(NAME, note)
    await publish_one(pool, workspace_id, trained("1"))
    for _ in range(3):
        await held(pool, workspace_id, served)
    assert loads == ["1"]


async def test_old_versions_go_and_what_serves_stays(pool: Pool, workspace_id: UUID) -> None:
    await publish_one(pool, workspace_id, trained("0", artifact=b"serves"))
    for number in range(1, 25):
        await publish_one(pool, workspace_id, trained(str(number), passed=False))
    async with workspace(pool, workspace_id) as connection:
        kept = await store.models(connection, workspace_id, limit=200)
    assert len(kept) == 21
    assert (kept[0].version, kept[0].artifact_sha256) == ("0", hashlib.sha256(b"serves").digest())
