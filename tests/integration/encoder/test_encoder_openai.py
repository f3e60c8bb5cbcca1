"""The `openai` client against the real server: what it asks by default, and the errors it knows by class."""

import asyncio
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
from openai import AsyncOpenAI

from services.encoder.model import Encoder

MODEL = "all-MiniLM-L6-v2"


async def test_the_defaults_of_the_client_give_the_vectors(openai_client: AsyncOpenAI, int8: Encoder) -> None:
    texts = ["Anna, CTO at Acme", "Fisherman"]
    answer = await openai_client.embeddings.create(model=MODEL, input=texts)
    np.testing.assert_array_equal([item.embedding for item in answer.data], int8.embed(texts).vectors)
    assert [item.index for item in answer.data] == [0, 1]
    assert answer.model == MODEL
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == int8.embed(texts).token_count


async def test_base64_and_float_give_the_same_numbers(openai_client: AsyncOpenAI) -> None:
    packed = await openai_client.embeddings.create(model=MODEL, input="Anna, CTO at Acme")
    plain = await openai_client.embeddings.create(model=MODEL, input="Anna, CTO at Acme", encoding_format="float")
    assert packed.data[0].embedding == plain.data[0].embedding


async def test_the_order_of_mixed_lengths_is_kept(openai_client: AsyncOpenAI, int8: Encoder) -> None:
    texts = [("tide and sail " * (index * 7 % 40 + 1)) + str(index) for index in range(90)]
    answer = await openai_client.embeddings.create(model=MODEL, input=texts)
    alone = np.concatenate([int8.embed([text]).vectors for text in texts])
    np.testing.assert_array_equal([item.embedding for item in answer.data], alone)


async def test_callers_at_once_each_get_their_own(openai_client: AsyncOpenAI, int8: Encoder) -> None:
    groups = [[f"group {group}, person {person}" for person in range(group + 1)] for group in range(8)]
    answers = await asyncio.gather(*(openai_client.embeddings.create(model=MODEL, input=group) for group in groups))
    for group, answer in zip(groups, answers, strict=True):
        np.testing.assert_array_equal([item.embedding for item in answer.data], int8.embed(group).vectors)


async def test_what_the_client_may_add_is_taken(openai_client: AsyncOpenAI) -> None:
    answer = await openai_client.embeddings.create(model=MODEL, input="x", dimensions=384, user="somebody")
    assert len(answer.data[0].embedding) == 384


async def test_the_model_can_be_looked_up(openai_client: AsyncOpenAI) -> None:
    assert [model.id async for model in openai_client.models.list()] == [MODEL]
    assert (await openai_client.models.retrieve(MODEL)).owned_by == "sentence-transformers"


@pytest.mark.parametrize(
    ("body", "error", "param"),
    [
        ({"model": "text-embedding-3-small"}, openai.NotFoundError, "model"),
        ({"dimensions": 256}, openai.BadRequestError, "dimensions"),
        ({"input": ["a", ""]}, openai.BadRequestError, "input[1]"),
        ({"input": [[101, 102]]}, openai.BadRequestError, "input"),
        ({"input": ["word " * 300] * 1_200}, openai.APIStatusError, "input"),
    ],
)
async def test_a_refusal_names_its_field(
    openai_client: AsyncOpenAI, body: dict[str, Any], error: type[openai.APIStatusError], param: str
) -> None:
    with pytest.raises(error) as refused:
        await openai_client.embeddings.create(**{"model": MODEL, "input": "x"} | body)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"
    assert refused.value.request_id


async def test_a_wrong_key_is_an_authentication_error(openai_client: AsyncOpenAI) -> None:
    with pytest.raises(openai.AuthenticationError) as refused:
        await openai_client.with_options(api_key="wrong").embeddings.create(model=MODEL, input="x")
    assert refused.value.code == "invalid_api_key"


async def test_ready_means_a_known_text_gave_its_known_vector(openai_client: AsyncOpenAI) -> None:
    answer = await openai_client._client.get("http://encoder/readyz")
    assert isinstance(answer, httpx2.Response)
    assert (answer.status_code, answer.json()["checks"]) == (200, {"model": "ok"})
