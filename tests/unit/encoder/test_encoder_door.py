"""The door: nothing but health without the key, errors in OpenAI's shape, ready only with a model."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from services.encoder.app import create_app
from services.encoder.settings import EncoderSettings

KEY = "a-key-of-sixteen-or-more"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An app whose lifespan has not started: there is no model yet."""
    app = create_app(EncoderSettings.model_validate({"api_key": KEY, "cache_dir": tmp_path, "log_level": "error"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://encoder") as client:
        yield client


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer é"])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/embeddings", "/v1/nothing", "/", "/docs", "/openapi.json"])
async def test_nothing_answers_without_the_key(client: httpx.AsyncClient, path: str, header: str) -> None:
    answer = await client.get(path, headers=[(b"Authorization", header.encode())])
    assert answer.status_code == 401


async def test_a_wrong_key_is_refused_in_the_shape_of_openai(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/models", headers={"Authorization": "Bearer wrong"})
    assert answer.json()["error"] == {
        "message": "The API key is not the right one.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-request-id"]


async def test_health_answers_without_a_key(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200


async def test_it_is_not_ready_before_the_model_is_loaded(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"model": "loading"})


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'{"input": ', "malformed_json"), (b"[]", "invalid_value"), (b'{"input": "\\ud800"}', "invalid_value")],
)
async def test_what_cannot_be_read_is_400(client: httpx.AsyncClient, content: bytes, code: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "content-type": "application/json"}
    answer = await client.post("/v1/embeddings", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_an_oversized_body_is_413_in_the_shape_of_openai(client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "content-type": "application/json"}
    answer = await client.post("/v1/embeddings", content=b"x" * (16 * 1024 * 1024 + 1), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/models/gpt-4", 404, "model_not_found"),
        ("GET", "/v1/nothing", 404, "unknown_path"),
        ("GET", "/v1/embeddings", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_named(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path, headers={"Authorization": f"Bearer {KEY}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_the_one_model_is_listed(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/models", headers={"Authorization": f"Bearer {KEY}"})).json()
    one = (await client.get("/v1/models/all-MiniLM-L6-v2", headers={"Authorization": f"Bearer {KEY}"})).json()
    assert listed == {"object": "list", "data": [one]}


@pytest.mark.parametrize("wrong", [{"api_key": "short"}, {"threads": 0}, {"precision": "fp16"}, {"queue_texts": 9}])
def test_settings_out_of_their_range_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EncoderSettings.model_validate({"api_key": KEY, "cache_dir": tmp_path} | wrong)


def test_a_misspelt_setting_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER_THREAD", "2")
    with pytest.raises(ValidationError, match="ENCODER_THREAD;"):
        EncoderSettings.model_validate({"api_key": KEY, "cache_dir": tmp_path})
