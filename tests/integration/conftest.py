"""Workers' parts, for tests that call a worker's handlers themselves."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pgvector.psycopg import register_vector_async

from deploy.embedded import postgres, valkey
from kit.db import Pool, open_pool
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from tests.conftest import Provider


@pytest.fixture(scope="session")
async def embeddings_pool(database: postgres.Server) -> AsyncIterator[Pool]:
    conninfo = database.conninfo("embeddings")
    async with open_pool(conninfo, name="test", max_size=6, configure=register_vector_async) as pool:
        yield pool


@pytest.fixture(scope="session")
def models(embeddings_settings: EmbeddingsSettings, provider: Provider) -> Models:
    return Models.connect(embeddings_settings, http_client=provider.client)


@pytest.fixture(scope="session")
def model(models: Models) -> EmbeddingModel:
    return models.default


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[valkey.Server]:
    """Give a Valkey for all tests that leave it running; keys keep apart by workspace."""
    with valkey.running(tmp_path_factory.mktemp("valkey")) as server:
        yield server
