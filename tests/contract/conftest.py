"""Every service on the real database, two gateways in front of them, and a workspace with one row of each kind."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.proxy.app import create_app as create_gateway
from gateway.proxy.settings import GatewaySettings
from kit.testing import Keys
from tests.conftest import House
from tests.contract.apps import build
from tests.contract.operations import Ids
from tests.contract.tokens import OUTSIDE_AUDIENCE, OUTSIDE_SECRET, Inside, Outside


@dataclass(frozen=True)
class Workspace:
    """A workspace with a contact, a user and a job of each service, named as the paths name them."""

    id: UUID
    ids: dict[str, Ids]  # by service


class Counted:
    """A service that counts what reaches it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class Gateway:
    """A gateway, what it believes, and what stands behind it."""

    client: httpx.AsyncClient
    believes: Outside
    behind: dict[str, Counted]


class Server(uvicorn.Server):
    """A server inside the tests' own process, whose signals are the tests'; it tells when it listens."""

    capture_signals = nullcontext  # type: ignore[assignment]

    def __init__(self, app: ASGIApp, *, lifespan: Literal["on", "off"]) -> None:
        super().__init__(uvicorn.Config(app, port=0, lifespan=lifespan, log_config=None, ws="none"))
        self.address = asyncio.get_running_loop().create_future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()
        self.address.set_result(f"http://{host}:{port}")


@asynccontextmanager
async def listening(app: ASGIApp, *, lifespan: Literal["on", "off"]) -> AsyncIterator[str]:
    """Serve an app on a port of its own; give its address."""
    server = Server(app, lifespan=lifespan)
    serving = asyncio.create_task(server.serve())
    yield await server.address
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
async def houses(crm: House, embeddings: House, recommend: House, keys: Keys) -> AsyncIterator[dict[str, House]]:
    """Return every service by name. The encoder's model is not loaded: what is asked here never gets that far."""
    transport = httpx.ASGITransport(build("encoder"))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        encoder = House("encoder", client, keys.signer("gateway"))
        yield {"crm": crm, "embeddings": embeddings, "recommend": recommend, "encoder": encoder}


@pytest.fixture(scope="session")
def inside(keys: Keys) -> Callable[[str], Inside]:
    return lambda service: Inside(keys, service)


WHEN = "2026-01-02T03:04:05Z"
KEY = {"source": "seed", "external_id": "1"}
OTHER = {"source": "seed", "external_id": "2"}

# Of a model that was never trained.
MODEL = {"name": "people_ranker", "version": "1"}

# One row of each kind by the name of its id in a path; of contacts enough for a merge and a proposal.
SEEDED: dict[str, Any] = {
    "contact_id": [
        KEY,
        OTHER,
        {"source": "seed", "external_id": "3"},
        {"source": "seed", "external_id": "4", "emails": ["ada@seed.example"]},
        {"source": "seed", "external_id": "5", "emails": ["ada@seed.example"]},
    ],
    "user_id": KEY,
    "account_id": {**KEY, "name": "Acme"},
    "link_id": {"contact_a": KEY, "contact_b": OTHER},
    "interaction_id": {**KEY, "contact_id": KEY, "kind": "email", "direction": "in", "occurred_at": WHEN},
    "account_signal_id": {**KEY, "account_id": KEY, "observed_at": WHEN},
    "research_run_id": {**KEY, "account_id": KEY, "ran_at": WHEN},
    "user_interaction_id": {**KEY, "user_id": KEY, "account_id": KEY, "action": "won", "occurred_at": WHEN},
}


@pytest.fixture(scope="session")
async def seeded(crm: House, embeddings: House, recommend: House) -> Workspace:
    workspace_id = uuid4()
    token = crm.token(workspace_id)
    rows = {}
    for one, row in SEEDED.items():
        kind = f"{one.removesuffix('_id')}s"
        first, *others = row if isinstance(row, list) else [row]
        pushed = await crm.client.put(f"/api/ml/crm/{kind}", json={"items": [first, *others]}, headers=token)
        rows[one] = UUID(pushed.raise_for_status().json()["results"][0]["id"])
        if one == "contact_id":
            keep, merge = (result["id"] for result in pushed.json()["results"][1:3])
    merged = await crm.client.post("/api/ml/crm/contacts/merge", json={"keep": keep, "merge": [merge]}, headers=token)
    rows["merge_id"] = UUID(merged.raise_for_status().json()["id"])
    file, form = {"file": b"first_name\nAda\n"}, {"kind": "contacts"}
    imported = await crm.client.post("/api/ml/crm/imports", files=file, data=form, headers=token)
    asked = await embeddings.client.post(
        "/api/ml/embeddings/jobs", json={"kind": "embed"}, headers=embeddings.token(workspace_id)
    )
    rows["entity_id"] = rows["contact_id"]
    trained = await recommend.client.post(
        "/api/ml/recommendations/jobs", json={"kind": "train"}, headers=recommend.token(workspace_id)
    )
    rows["target_id"] = rows["contact_id"]
    jobs = {"recommend": trained.json()["id"], "crm": imported.json()["id"], "embeddings": asked.json()["id"]}
    return Workspace(workspace_id, {house: {**rows, **MODEL, "job_id": job_id} for house, job_id in jobs.items()})


@pytest.fixture(scope="session", params=[False, True], ids=["shared secret", "published keys"])
async def gateway(
    request: pytest.FixtureRequest, crm: House, embeddings: House, recommend: House, keys: Keys, key_files: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Gateway]:  # fmt: skip
    """Give a gateway in front of the real services, once believing a shared secret, once an issuer's public keys."""
    issuer = Keys("issuer", "stranger")
    jwks = tmp_path_factory.mktemp("issuer") / "jwks.json"
    jwks.write_text(json.dumps({"keys": [key for key in issuer.jwks["keys"] if key["kid"] == "issuer"]}))
    believed = {"jwt_jwks_file": jwks} if request.param else {"jwt_secret": OUTSIDE_SECRET}
    behind = {house.service: Counted(app_of(house.client)) for house in (crm, embeddings, recommend)}
    async with (
        listening(behind["crm"], lifespan="off") as crm_url,
        listening(behind["embeddings"], lifespan="off") as embeddings_url,
        listening(behind["recommend"], lifespan="off") as recommend_url,
    ):
        settings = GatewaySettings(
            services={"crm": crm_url, "embeddings": embeddings_url, "recommend": recommend_url},
            signing_key_file=key_files / "gateway.pem",
            jwt_audience=OUTSIDE_AUDIENCE,
            log_level="warning",
            **believed,
        )
        async with (
            listening(create_gateway(settings), lifespan="on") as url,
            httpx.AsyncClient(base_url=url) as client,
        ):
            yield Gateway(client, Outside(issuer, Inside(keys, "crm"), published=request.param), behind)


def app_of(client: httpx.AsyncClient) -> ASGIApp:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app
