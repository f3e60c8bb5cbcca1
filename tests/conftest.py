"""The real PostgreSQL, migrated once for a run; apps of every service on it. Tests keep apart by workspace."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import httpx2
import numpy as np
import pytest

from deploy.embedded import postgres
from kit.auth import Signer
from kit.migrate import migrate
from kit.testing import Keys, caller, serving
from services.churn.app import create_app as create_churn
from services.churn.settings import ChurnSettings
from services.crm.app import create_app as create_crm
from services.crm.settings import CrmSettings
from services.embeddings.app import create_app as create_embeddings
from services.embeddings.settings import EmbeddingsSettings
from services.recommend.app import create_app as create_recommend
from services.recommend.settings import RecommendSettings
from services.sentiment.app import create_app as create_sentiment
from services.sentiment.settings import SentimentSettings

SERVICES = ("crm", "embeddings", "recommend", "churn", "sentiment")
DIMENSIONS, OTHER_DIMENSIONS = 16, 24
OTHER_MODEL = f"other-{OTHER_DIMENSIONS}"
ERASURE_KEY = "of nobody, and long enough for a test"


@dataclass(frozen=True)
class House:
    """Everything a test needs to reach one service as anybody."""

    service: str
    client: httpx.AsyncClient
    signer: Signer

    def token(self, workspace_id: UUID, *scopes: str, user_id: UUID | None = None) -> dict[str, str]:
        """Return the header of a caller with every scope, or with those named."""
        token = self.signer.token(caller(workspace_id, *scopes, user_id=user_id), self.service)
        return {"Authorization": f"Bearer {token}"}


class Provider:
    """An embedding provider that is wrong only when told to be; it counts what it is asked.

    A name that ends in a number is of a model of so many dimensions.
    """

    def __init__(self) -> None:
        self.inputs = 0
        self.requests = 0
        self.asked: list[tuple[str, list[str]]] = []
        self.failure: int | None = None
        self.failing: set[str] = set()  # models
        self.client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        asked = json.loads(request.content)
        if self.failure is not None or asked["model"] in self.failing:
            headers = {"x-should-retry": "false"}  # the client waits between its attempts; tests need not
            return httpx2.Response(self.failure or 500, json={"error": {"message": "told to fail"}}, headers=headers)
        texts, size = asked["input"], int(asked["model"].partition("-")[2] or DIMENSIONS)
        self.inputs += len(texts)
        self.asked.append((asked["model"], texts))
        data = [{"object": "embedding", "index": i, "embedding": _vector(text, size)} for i, text in enumerate(texts)]
        words = sum(len(text.split()) for text in texts)
        usage = {"prompt_tokens": words, "total_tokens": words}
        return httpx2.Response(200, json={"object": "list", "model": "test", "data": data, "usage": usage})


def _vector(text: str, dimensions: int) -> list[float]:
    """Return a sum of one random direction for each word: texts that share words are near each other."""
    words = text.lower().replace(".", " ").replace(",", " ").split()
    seeds = [int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") for word in words]
    return list(np.sum([np.random.default_rng(seed).normal(size=dimensions) for seed in seeds], axis=0))


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys("gateway", "graph", *SERVICES, "stranger")


@pytest.fixture(scope="session")
def key_files(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every service's key and the JWKS; the stranger's public key is not in it."""
    folder = tmp_path_factory.mktemp("identity")
    known = [key for key in keys.jwks["keys"] if key["kid"] != "stranger"]
    (folder / "jwks.json").write_text(json.dumps({"keys": known}))
    for service in ("gateway", "graph", *SERVICES):
        (folder / f"{service}.pem").write_bytes(keys.pem(service))
    return folder


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    with postgres.running(tmp_path_factory.mktemp("home"), durable=False) as server:
        for service in (*SERVICES, "gateway"):
            migrate(server.conninfo(f"{service}_owner"), service)
        yield server


@pytest.fixture
def workspace_id() -> UUID:
    return uuid4()


@pytest.fixture(scope="session")
def provider() -> Provider:
    return Provider()


@pytest.fixture(scope="session")
def crm_settings(database: postgres.Server, key_files: Path) -> CrmSettings:
    return CrmSettings(
        database_url=database.conninfo("crm"),
        direct_database_url=database.conninfo("crm"),
        jwks_file=key_files / "jwks.json",
        signing_key_file=key_files / "crm.pem",
        erasure_key=ERASURE_KEY,
        log_level="warning",
    )


@pytest.fixture(scope="session")
def embeddings_settings(database: postgres.Server, key_files: Path) -> EmbeddingsSettings:
    return EmbeddingsSettings(
        database_url=database.conninfo("embeddings"),
        direct_database_url=database.conninfo("embeddings"),
        jwks_file=key_files / "jwks.json",
        signing_key_file=key_files / "embeddings.pem",
        log_level="warning",
        model="test",
        dimensions=DIMENSIONS,
        models=[{"name": OTHER_MODEL, "dimensions": OTHER_DIMENSIONS}],
        OPENAI_BASE_URL="http://provider/v1",
        OPENAI_API_KEY="unused",
    )


@pytest.fixture(scope="session")
async def crm(crm_settings: CrmSettings, keys: Keys) -> AsyncIterator[House]:
    async with serving(create_crm(crm_settings)) as client:
        yield House("crm", client, keys.signer("gateway"))


@pytest.fixture(scope="session")
async def embeddings(embeddings_settings: EmbeddingsSettings, keys: Keys, provider: Provider) -> AsyncIterator[House]:
    async with serving(create_embeddings(embeddings_settings, provider=provider.client)) as client:
        yield House("embeddings", client, keys.signer("gateway"))


@pytest.fixture(scope="session")
def recommend_settings(database: postgres.Server, key_files: Path) -> RecommendSettings:
    return RecommendSettings(
        database_url=database.conninfo("recommend"),
        direct_database_url=database.conninfo("recommend"),
        jwks_file=key_files / "jwks.json",
        signing_key_file=key_files / "recommend.pem",
        embeddings_url="http://embeddings",
        log_level="warning",
    )


@pytest.fixture(scope="session")
async def recommend(recommend_settings: RecommendSettings, embeddings: House, keys: Keys) -> AsyncIterator[House]:
    async with serving(create_recommend(recommend_settings, embeddings=embeddings.client._transport)) as client:
        yield House("recommend", client, keys.signer("gateway"))


@pytest.fixture(scope="session")
def churn_settings(database: postgres.Server, key_files: Path) -> ChurnSettings:
    return ChurnSettings(
        database_url=database.conninfo("churn"),
        direct_database_url=database.conninfo("churn"),
        jwks_file=key_files / "jwks.json",
        signing_key_file=key_files / "churn.pem",
        log_level="warning",
    )


@pytest.fixture(scope="session")
async def churn(churn_settings: ChurnSettings, keys: Keys) -> AsyncIterator[House]:
    async with serving(create_churn(churn_settings)) as client:
        yield House("churn", client, keys.signer("gateway"))


@pytest.fixture(scope="session")
def sentiment_settings(database: postgres.Server, key_files: Path) -> SentimentSettings:
    return SentimentSettings(
        database_url=database.conninfo("sentiment"),
        direct_database_url=database.conninfo("sentiment"),
        jwks_file=key_files / "jwks.json",
        signing_key_file=key_files / "sentiment.pem",
        log_level="warning",
    )


@pytest.fixture(scope="session")
async def sentiment(sentiment_settings: SentimentSettings, keys: Keys) -> AsyncIterator[House]:
    async with serving(create_sentiment(sentiment_settings)) as client:
        yield House("sentiment", client, keys.signer("gateway"))
