"""Which models a process knows, and what it may tell each of them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.embeddings.settings import FIELDS, EmbeddingsSettings


def settings(**more: Any) -> EmbeddingsSettings:
    return EmbeddingsSettings(
        database_url="postgresql://",
        direct_database_url="postgresql://",
        jwks_file=Path("unused"),
        signing_key_file=Path("unused"),
        model="local",
        dimensions=384,
        OPENAI_BASE_URL="http://encoder/v1",
        OPENAI_API_KEY="own",
        **more,
    )


def test_what_another_model_leaves_out_is_as_for_the_first() -> None:
    other = {"name": "org/remote-3", "dimensions": 8, "base_url": "https://r/v1", "api_key": "k", "fields": ["name"]}
    first, near, far = settings(models=[{"name": "near", "dimensions": 16}, other]).known_models()
    assert (first.name, first.dimensions, first.fields) == ("local", 384, FIELDS)
    assert (near.base_url, near.api_key.get_secret_value(), near.fields) == ("http://encoder/v1", "own", FIELDS)
    assert (far.base_url, far.api_key.get_secret_value(), far.fields) == ("https://r/v1", "k", ("name",))


@pytest.mark.parametrize(
    "more",
    [
        {"models": [{"name": "local", "dimensions": 8}]},
        {"models": [{"name": "a", "dimensions": 8}, {"name": "a", "dimensions": 9}]},
        {"models": [{"name": "a", "dimensions": 8, "base_url": "https://elsewhere/v1"}]},
        {"models": [{"name": "a", "dimensions": 8, "api_key": "k"}]},
        {"models": [{"name": "a", "dimensions": 0}]},
        {"models": [{"name": "a?b", "dimensions": 8}]},
        {"models": [{"name": "a", "dimensions": 8, "key": "k"}]},
        {"models": [{"name": "a", "dimensions": 8, "fields": []}]},
        {"fields": ["emails"]},
        {"fields": []},
        {"daily_tokens": -1},
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_start(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**more)


def test_a_models_key_is_in_no_message_and_in_no_picture_of_the_settings() -> None:
    other = {"name": "far", "dimensions": 8, "base_url": "https://r/v1", "api_key": "hush-hush"}
    assert "hush-hush" not in repr(settings(models=[other]))
    with pytest.raises(ValidationError) as refused:
        settings(models=[other | {"dimensions": "x"}])
    assert "hush-hush" not in str(refused.value)


def test_the_environment_is_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_MODELS", '[{"name": "near", "dimensions": 16}]')
    monkeypatch.setenv("EMBEDDINGS_FIELDS", '["name", "title"]')
    monkeypatch.setenv("EMBEDDINGS_DAILY_TOKENS", "1000000")
    read = settings()
    assert [one.name for one in read.known_models()] == ["local", "near"]
    assert (read.fields, read.daily_tokens) == (("name", "title"), 1_000_000)
