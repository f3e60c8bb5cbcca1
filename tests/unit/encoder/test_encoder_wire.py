"""The wire: what is taken, what is refused by name, and vectors that come out the same in both formats."""

import base64

import numpy as np
import pytest
from pydantic import ValidationError

from services.encoder.domain import Embedded
from services.encoder.routes.edge import openai_error, validation_error
from services.encoder.schemas import EmbeddingsIn, EmbeddingsOut

MODEL = "all-MiniLM-L6-v2"


def refusal(**body: object) -> tuple[int, str | None, str]:
    with pytest.raises(ValidationError) as caught:
        EmbeddingsIn.model_validate({"model": MODEL, "input": "x"} | body)
    detail = caught.value.errors()[0]
    error = validation_error({**detail, "loc": ("body", *detail["loc"])})
    return error.status, error.extra.get("param"), error.detail


def test_one_string_is_a_list_of_one() -> None:
    assert EmbeddingsIn.model_validate({"model": MODEL, "input": "Anna"}).input == ["Anna"]


def test_the_number_of_an_empty_text_is_named() -> None:
    status, param, _ = refusal(input=["a", "b", ""])
    assert (status, param) == (400, "input[2]")


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_are_refused_with_the_reason(tokens: object) -> None:
    status, param, detail = refusal(input=tokens)
    assert (status, param) == (400, "input")
    assert "another vocabulary" in detail


def test_too_many_texts_are_too_large() -> None:
    assert refusal(input=["x"] * 2_049)[:2] == (413, "input")


def test_no_text_at_all_is_refused() -> None:
    assert refusal(input=[])[:2] == (400, "input")


def test_a_number_among_the_texts_is_named() -> None:
    assert refusal(input=["a", 3])[:2] == (400, "input[1]")


def test_an_unknown_format_is_refused() -> None:
    assert refusal(encoding_format="hex")[:2] == (400, "encoding_format")


def test_a_misspelt_field_is_refused() -> None:
    assert refusal(dimension=384)[:2] == (400, "dimension")


def test_a_refusal_never_repeats_the_text() -> None:
    assert "Annabelle" not in refusal(input=["a", ["Annabelle"]])[2]


def test_both_formats_carry_the_same_bits() -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 384)).astype(np.float32)
    as_float = EmbeddingsOut.from_domain(Embedded(vectors, 9), "float")
    as_base64 = EmbeddingsOut.from_domain(Embedded(vectors, 9), "base64")
    for row, (plain, packed) in enumerate(zip(as_float.data, as_base64.data, strict=True)):
        assert plain.index == packed.index == row
        assert isinstance(packed.embedding, str)
        unpacked = np.frombuffer(base64.b64decode(packed.embedding), "<f4")
        np.testing.assert_array_equal(np.asarray(plain.embedding, np.float32), unpacked)
        np.testing.assert_array_equal(unpacked, vectors[row])
    assert as_float.usage.prompt_tokens == as_float.usage.total_tokens == 9


def test_an_error_of_ours_becomes_one_of_openai() -> None:
    problem = {"status": 404, "detail": "no such model", "code": "model_not_found", "param": "model"}
    error = {"message": "no such model", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    assert openai_error(problem) == {"error": error}


def test_a_fault_of_ours_is_a_server_error() -> None:
    error = openai_error({"status": 503, "detail": "later", "code": "overloaded"})["error"]
    assert (error["type"], error["param"]) == ("server_error", None)
