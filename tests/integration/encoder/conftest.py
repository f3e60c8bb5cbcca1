"""The real model, built once for a run of the tests in both precisions, and its server without a network."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI

from services.encoder.app import create_app
from services.encoder.model import Encoder, load_encoder
from services.encoder.settings import EncoderSettings

KEY = "a-key-of-sixteen-or-more"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def fp32(cache: Path) -> Encoder:
    return load_encoder(cache, "fp32")


@pytest.fixture(scope="session")
def int8(cache: Path) -> Encoder:
    return load_encoder(cache, "int8")


@pytest.fixture(scope="session")
async def openai_client(cache: Path, int8: Encoder) -> AsyncIterator[AsyncOpenAI]:
    """The real client, at its defaults, on the real server."""
    assert int8.precision == "int8"  # built before the server starts, or it would build it again
    app = create_app(EncoderSettings.model_validate({"api_key": KEY, "cache_dir": cache, "log_level": "error"}))
    transport = httpx2.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport) as http:
        yield AsyncOpenAI(api_key=KEY, base_url="http://encoder/v1", http_client=http, max_retries=0)
