"""The embedding model: requests within the provider's limits, and nothing wrong that it answers is kept."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import RapportError, Unavailable, UpstreamFailed
from services.embeddings.domain import Matrix
from services.embeddings.model import BATCH_INPUTS, BATCH_TOKENS, EmbeddingModel, batches, connect
from services.embeddings.settings import EmbeddingsSettings

Answer = Callable[[httpx2.Request], httpx2.Response]
VECTORS = [[3.0, 4.0], [0.0, -2.0], [1e30, 0.0]]


def model_of(answer: Answer) -> EmbeddingModel:
    settings = EmbeddingsSettings(
        database_url="postgresql://",
        direct_database_url="postgresql://",
        jwks_file=Path("unused"),
        signing_key_file=Path("unused"),
        model="test",
        dimensions=2,
        OPENAI_BASE_URL="http://provider/v1",
        OPENAI_API_KEY="unused",
    )
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return connect(settings.known_models()[0], http_client=client)


async def embed(answer: Answer, texts: list[str]) -> Matrix:
    model = model_of(answer)
    try:
        return await model.embed(texts)
    finally:
        await model.close()


def answering(data: object, *, status: int = 200) -> Answer:
    document = {"object": "list", "model": "test", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return lambda _request: httpx2.Response(status, json=document, headers={"x-should-retry": "false"})


def listed(vectors: list[Any]) -> list[dict[str, Any]]:
    return [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]


def base64_of(vector: list[float]) -> str:
    return base64.b64encode(np.asarray(vector, np.float32).tobytes()).decode()


@pytest.mark.parametrize("encode", [list, base64_of])
async def test_vectors_come_at_unit_length_in_the_order_of_their_texts(encode: Callable[[list[float]], Any]) -> None:
    shuffled = listed([encode(vector) for vector in VECTORS])[::-1]
    matrix = await embed(answering(shuffled), ["a", "b", "c"])
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, np.array([[0.6, 0.8], [0.0, -1.0], [1.0, 0.0]]), atol=1e-6)


async def test_no_texts_cost_no_request() -> None:
    assert (await embed(lambda _request: httpx2.Response(500), [])).shape == (0, 2)


@pytest.mark.parametrize(
    "data",
    [
        [],
        None,
        listed([[1, 2]]),
        listed([[1, 2]] * 3),
        listed([[1, 2], [1, 2, 3]]),
        listed([[1, 2, 3]] * 2),
        listed([[1, 2], [0, 0]]),
        listed([[1, 2], [1, "x"]]),
        listed([[1, 2], None]),
        listed([[1, 2], [1, None]]),
        listed([[1, 2], [[1], [2]]]),
        listed([[1, 2], "%%%"]),
        [{"object": "embedding", "index": 5, "embedding": [1, 2]}] * 2,
        [{"object": "embedding", "index": 0}],
        "vectors",
    ],
    ids=repr,
)
async def test_an_answer_that_is_not_one_vector_for_each_text_is_refused(data: object) -> None:
    with pytest.raises(UpstreamFailed) as refused:
        await embed(answering(data), ["a", "b"])
    assert refused.value.code == "provider_bad_answer"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(number: str) -> None:
    text = json.dumps({"object": "list", "model": "m", "data": listed([[1.5, 2.5]])}).replace("2.5", number)
    with pytest.raises(UpstreamFailed):
        await embed(
            lambda _request: httpx2.Response(200, text=text, headers={"content-type": "application/json"}), ["a"]
        )


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
async def test_a_page_of_html_is_no_answer(kind: str) -> None:
    page = httpx2.Response(200, text="<html>sign in</html>", headers={"content-type": kind})
    with pytest.raises(UpstreamFailed) as refused:
        await embed(lambda _request: page, ["a"])
    assert refused.value.code == "provider_bad_answer"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (answering([], status=429), Unavailable, "provider_rate_limited"),
        (answering([], status=500), Unavailable, "provider_unavailable"),
        (answering([], status=400), UpstreamFailed, "provider_refused"),
        (answering([], status=401), UpstreamFailed, "provider_refused"),
    ],
)
async def test_a_provider_that_is_away_is_told_apart_from_one_that_refuses(
    answer: Answer, error: type[RapportError], code: str
) -> None:
    with pytest.raises(error) as failed:
        await embed(answer, ["a"])
    assert failed.value.code == code


async def test_no_request_passes_the_number_of_inputs_the_provider_takes() -> None:
    sizes: list[int] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        texts = json.loads(request.content)["input"]
        sizes.append(len(texts))
        return answering(listed([[float(text) + 1, 1.0] for text in texts]))(request)

    matrix = await embed(answer, [str(number) for number in range(5_000)])
    assert sorted(sizes) == [904, BATCH_INPUTS, BATCH_INPUTS]
    slopes = matrix[:, 0] / matrix[:, 1]
    np.testing.assert_allclose(slopes, np.arange(1, 5_001), rtol=1e-3)


@given(st.lists(st.text(min_size=1, max_size=20) | st.sampled_from(["x" * 40_000, "字" * 2_600]), max_size=60))
def test_batches_hold_every_text_once_in_order_and_no_more_than_the_provider_takes(texts: list[str]) -> None:
    cut = list(batches(texts))
    assert [text for batch in cut for text in batch] == texts
    assert all(0 < len(batch) <= BATCH_INPUTS for batch in cut)
    assert all(sum(len(text.encode()) for text in batch) <= BATCH_TOKENS for batch in cut)


async def test_after_429_nobody_asks_again_before_the_time_the_provider_named() -> None:
    requests = 0

    def answer(_request: httpx2.Request) -> httpx2.Response:
        nonlocal requests
        requests += 1
        return httpx2.Response(429, json={"error": {"message": "slow down"}}, headers={"retry-after": "3600"})

    model = model_of(answer)
    for _ in range(3):
        with pytest.raises(Unavailable) as slowed:
            await model.embed(["a"])
        assert (slowed.value.code, slowed.value.retry_after_s) == ("provider_rate_limited", 3_600)
    assert requests == 1


@pytest.mark.parametrize(("said", "tokens"), [(7, 7), (1, 4), (None, 4), ("many", 4)])
async def test_the_cost_is_what_the_provider_says_or_as_much_as_it_can_be(said: object, tokens: int) -> None:
    document = {"object": "list", "model": "test", "data": listed([[1, 2], [2, 1]]), "usage": {"total_tokens": said}}
    made = await model_of(lambda _request: httpx2.Response(200, json=document)).make(["ab", "cd"])
    assert made.tokens == tokens
    document.pop("usage")
    made = await model_of(lambda _request: httpx2.Response(200, json=document)).make(["ab", "cd"])
    assert made.tokens == 4


async def test_a_model_nobody_is_told_how_to_ask_is_away() -> None:
    with pytest.raises(Unavailable) as away:
        await EmbeddingModel("gone", 2).embed(["a"])
    assert away.value.code == "model_not_configured"
