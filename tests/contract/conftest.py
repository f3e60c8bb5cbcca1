"""Every service on the real database, two gateways in front of them, and a workspace with one row of each kind."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, LiteralString
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.embedded import postgres
from gateway.proxy.api_keys import usecases
from gateway.proxy.api_keys.usecases import Randomness, Wish
from gateway.proxy.app import create_app as create_gateway
from gateway.proxy.settings import GatewaySettings
from kit.auth import SCOPES
from kit.db import Pool, open_pool
from kit.testing import Keys, caller
from tests.conftest import DIMENSIONS, OTHER_DIMENSIONS, OTHER_MODEL, House
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
async def houses(
    crm: House, embeddings: House, recommend: House, churn: House, sentiment: House, keys: Keys
) -> AsyncIterator[dict[str, House]]:
    """Return every service by name. The encoder's model is not loaded: what is asked here never gets that far."""
    transport = httpx.ASGITransport(build("encoder"))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        encoder = House("encoder", client, keys.signer("gateway"))
        yield {
            "crm": crm,
            "embeddings": embeddings,
            "recommend": recommend,
            "churn": churn,
            "sentiment": sentiment,
            "encoder": encoder,
        }


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


# A cluster with one member, as a night would leave it.
CLUSTER = (
    "SELECT set_config('app.workspace_id', %(workspace_id)s, true)",
    """
    INSERT INTO cluster_runs (workspace_id, job_id, model, n_clusters, report, facts_as_of)
    VALUES (%(workspace_id)s, %(contact_id)s, 'test', 5, '{}', now())
    """,
    """
    INSERT INTO clusters (workspace_id, id, model, centroid, top_topics, x, y, radius)
    VALUES (%(workspace_id)s, 1, 'test', array_fill(1.0::real, ARRAY[%(dimensions)s])::halfvec, '{}', 0, 0, 0)
    """,
    """
    INSERT INTO cluster_members (workspace_id, contact_id, cluster_id, similarity)
    VALUES (%(workspace_id)s, %(contact_id)s, 1, 1)
    """,
)


# A score, what was said before, and a look back, as nights would leave them.
SCORES = (
    "SELECT set_config('app.workspace_id', %(workspace_id)s, true)",
    """
    INSERT INTO runs (
        workspace_id, run_id, state, model_name, model_version, model_kind, features, codes, report, facts_as_of
    )
    VALUES
        (%(workspace_id)s, gen_random_uuid(), 'current', 'churn', 'test', 'test', '{}', '{silence}', NULL, now()),
        (%(workspace_id)s, gen_random_uuid(), 'past', 'churn', 'test', 'test', '{}', '{silence}',
         '{"until": "2026-01-02T00:00:00Z", "ties": 0, "not_over_yet": 0, "fell_silent": 0, "auc": null,
           "auc_of_recency": null, "brier": null, "brier_of_base_rate": null, "calibration_error": null,
           "reliability": [], "levels": []}', '2025-01-02')
    """,
    """
    INSERT INTO scores (
        workspace_id, run_id, ego_id, contact_id, state, probability, horizon_days, interactions, days_since_last,
        usual_gap_days, features, shown, compared, base, contributions, facts_as_of
    )
    SELECT %(workspace_id)s, run_id, '00000000-0000-0000-0000-000000000000', %(contact_id)s, 'active', 0.8, 90, 5, 47,
           20, '{}', '{47}', '{20}', 0, '{1.386}', now()
    FROM runs WHERE state = 'current'
    """,
    """
    INSERT INTO history (workspace_id, ego_id, contact_id, facts_as_of, state, probability, horizon_days, model_version)
    VALUES (%(workspace_id)s, '00000000-0000-0000-0000-000000000000', %(contact_id)s, now(), 'active', 0.8, 90, 'test')
    """,
)


async def put(statements: Iterable[LiteralString], conninfo: str, workspace_id: UUID, contact_id: UUID) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        given = {"workspace_id": str(workspace_id), "contact_id": contact_id, "dimensions": DIMENSIONS}
        for statement in statements:
            await connection.execute(statement, given)


@pytest.fixture(scope="session")
async def seeded(
    crm: House, embeddings: House, recommend: House, churn: House, sentiment: House, database: postgres.Server
) -> Workspace:
    return await seed(crm, embeddings, recommend, churn, sentiment, database)


async def seed(
    crm: House, embeddings: House, recommend: House, churn: House, sentiment: House, database: postgres.Server
) -> Workspace:
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
            rows |= {
                f"{word}_contact_id": UUID(pushed.json()["results"][n]["id"])
                for n, word in {3: "fourth", 4: "fifth"}.items()
            }
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
    read = await sentiment.client.post(
        "/api/ml/sentiment/jobs", json={"kind": "analyze"}, headers=sentiment.token(workspace_id)
    )
    rows["target_id"] = rows["contact_id"]
    predicted = await churn.client.post(
        "/api/ml/churn/jobs", json={"kind": "predict"}, headers=churn.token(workspace_id)
    )
    await put(CLUSTER, database.conninfo("embeddings"), workspace_id, rows["contact_id"])
    await put(SCORES, database.conninfo("churn"), workspace_id, rows["contact_id"])
    answers = {"recommend": trained, "crm": imported, "embeddings": asked, "churn": predicted, "sentiment": read}
    jobs = {house: answer.json()["id"] for house, answer in answers.items()}
    ids: dict[str, Ids] = {
        house: {**rows, **MODEL, "cluster_id": "1", "job_id": job_id} for house, job_id in jobs.items()
    }
    other = {"name": OTHER_MODEL, "version": str(OTHER_DIMENSIONS)}
    ids["embeddings"] = {**ids["embeddings"], **other}
    ids["churn"] = {**ids["churn"], "name": "churn"}
    ids["sentiment"] = {**ids["sentiment"], "name": "tone"}
    return Workspace(workspace_id, ids)


@pytest.fixture(scope="session", params=[False, True], ids=["shared secret", "published keys"])
async def gateway(
    request: pytest.FixtureRequest, crm: House, embeddings: House, recommend: House, churn: House, sentiment: House,
    keys: Keys, gateway_settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Gateway]:  # fmt: skip
    """Give a gateway in front of the real services, once believing a shared secret, once an issuer's public keys."""
    issuer = Keys("issuer", "stranger")
    jwks = tmp_path_factory.mktemp("issuer") / "jwks.json"
    jwks.write_text(json.dumps({"keys": [key for key in issuer.jwks["keys"] if key["kid"] == "issuer"]}))
    believed = {"jwt_jwks_file": jwks} if request.param else {"jwt_secret": OUTSIDE_SECRET}
    behind = {house.service: Counted(app_of(house.client)) for house in (crm, embeddings, recommend, churn, sentiment)}
    outside = Outside(issuer, Inside(keys, "crm"), published=request.param)
    async with before(behind, gateway_settings | believed) as url, httpx.AsyncClient(base_url=url) as client:
        yield Gateway(client, outside, behind)


@pytest.fixture(scope="session")
async def one_gateway(
    crm: House,
    embeddings: House,
    recommend: House,
    churn: House,
    sentiment: House,
    keys: Keys,
    gateway_settings: dict[str, Any],
) -> AsyncIterator[Gateway]:
    """Give the gateway of the shared secret, for what has nothing to do with whose tokens it believes."""
    behind = {house.service: Counted(app_of(house.client)) for house in (crm, embeddings, recommend, churn, sentiment)}
    settings = gateway_settings | {"jwt_secret": OUTSIDE_SECRET}
    outside = Outside(Keys("issuer", "stranger"), Inside(keys, "crm"), published=False)
    async with before(behind, settings) as url, httpx.AsyncClient(base_url=url) as client:
        yield Gateway(client, outside, behind)


@pytest.fixture(scope="session")
def gateway_settings(key_files: Path, database: postgres.Server) -> dict[str, Any]:
    """Return a gateway's settings but for whom it believes and what stands behind it."""
    return {
        "signing_key_file": key_files / "gateway.pem",
        "jwt_audience": OUTSIDE_AUDIENCE,
        "database_url": SecretStr(database.conninfo("gateway")),
        "log_level": "warning",
    }


@asynccontextmanager
async def before(services: Mapping[str, ASGIApp], settings: Mapping[str, Any]) -> AsyncIterator[str]:
    """Serve a gateway before running services; give its address."""
    async with AsyncExitStack() as open_:
        urls = {name: await open_.enter_async_context(listening(app, lifespan="off")) for name, app in services.items()}
        app = create_gateway(GatewaySettings(**{"services": urls, **settings}))
        yield await open_.enter_async_context(listening(app, lifespan="on"))


@pytest.fixture(scope="session")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    """Give the gateway's own database."""
    async with open_pool(database.conninfo("gateway"), name="test", max_size=2) as opened:
        yield opened


async def make_key(
    pool: Pool,
    workspace_id: UUID,
    scopes: Iterable[str] = SCOPES,
    *,
    made: timedelta = timedelta(0),
    good_for: timedelta | None = None,
) -> tuple[UUID, str]:
    """Return the id of a new API key, and the key."""
    now = datetime.now(UTC) - made
    wish = Wish("contract", tuple(scopes), None, None if good_for is None else now + good_for)
    chance = Randomness(uuid4(), uuid4().hex * 2)
    key, secret = await usecases.create(pool, caller(workspace_id), wish, chance=chance, now=now)
    return key.id, secret


def app_of(client: httpx.AsyncClient) -> ASGIApp:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app
