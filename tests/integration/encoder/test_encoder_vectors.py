"""The vectors: those that sentence-transformers gives, whatever stands beside a text and however long it is."""

import math
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf

from services.encoder.domain import ModelRefused
from services.encoder.model import Encoder
from services.encoder.model.source import find_source

Weights = dict[str, NDArray[np.float64]]

# First values of sentence-transformers' vectors, as other ports of the model publish them for their tests.
PUBLISHED = {
    "This is an example sentence": (0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273),
    "Each sentence is converted.": (0.07853645, 0.08856265, -0.00209270, -0.00717247, -0.01252624, 0.01881747),
    "Café déjà vu — 東京": (0.05083271, 0.00967685, 0.09635572, -0.00997369, -0.01987603, 0.01692343),
}
TEXTS = [
    "Anna leads machine learning research at a bank in Riga.",
    "Investor",
    "He sells fish at the harbour and knows every captain by name, " * 12,
    "Иван, директор по продажам",
    "CTO, Acme Inc.; tags: fintech, payments, mentor",
    " ",
    "\u0000\u200b\ufeff",
    "🎉🎉🎉",
    "word " * 400,
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return {name: np.asarray(value, np.float64) for name, value in load_file(find_source().weights).items()}


def test_vectors_are_those_of_sentence_transformers(fp32: Encoder) -> None:
    vectors = fp32.embed(list(PUBLISHED)).vectors
    np.testing.assert_allclose(vectors[:, :6], list(PUBLISHED.values()), atol=1e-6)


@pytest.mark.parametrize("text", TEXTS)
def test_the_graph_computes_what_bert_is_defined_as(fp32: Encoder, weights: Weights, text: str) -> None:
    [ids] = fp32.tokenize([text])
    np.testing.assert_allclose(fp32.run([ids])[0], bert(weights, np.array(ids)), atol=2e-6)


def test_int8_stays_near_fp32(fp32: Encoder, int8: Encoder) -> None:
    cosines = (fp32.embed(TEXTS).vectors * int8.embed(TEXTS).vectors).sum(axis=1)
    assert cosines.mean() > 0.98
    assert cosines.min() > 0.95


def test_in_int8_a_text_has_one_vector_in_any_company(int8: Encoder) -> None:
    together = int8.embed(TEXTS).vectors
    alone = np.concatenate([int8.embed([text]).vectors for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_in_fp32_a_text_has_one_vector_in_any_company(fp32: Encoder) -> None:
    together = fp32.embed(TEXTS * 5).vectors
    alone = np.concatenate([fp32.embed([text]).vectors for text in TEXTS])
    np.testing.assert_allclose(together, np.tile(alone, (5, 1)), atol=1e-6)


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_every_vector_has_length_one(precision: str, request: pytest.FixtureRequest) -> None:
    encoder: Encoder = request.getfixturevalue(precision)
    np.testing.assert_allclose(np.linalg.norm(encoder.embed(TEXTS).vectors, axis=1), 1, atol=1e-5)


def test_the_first_256_tokens_count(int8: Encoder) -> None:
    embedded = int8.embed(["word " * 254, "word " * 254 + "and much more about the sea", "word " * 253])
    np.testing.assert_array_equal(embedded.vectors[0], embedded.vectors[1])
    assert not np.array_equal(embedded.vectors[0], embedded.vectors[2])
    assert embedded.token_count == 256 + 256 + 255


def test_meaning_is_nearer_than_words(int8: Encoder) -> None:
    query, near, far = int8.embed(
        ["someone who invests in young companies", "venture capitalist", "young trees in companion planting"]
    ).vectors
    assert query @ near > query @ far


def test_a_book_as_one_text_takes_no_longer_than_a_page(int8: Encoder) -> None:
    started_at = time.perf_counter()
    int8.embed(["!" * 8_000_000])
    assert time.perf_counter() - started_at < 5


def test_a_model_that_is_not_what_it_says_fails_the_self_test(int8: Encoder) -> None:
    int8.self_test()
    with pytest.raises(ModelRefused, match="self_test"):
        Encoder(int8._session, int8._tokenizer, "fp32").self_test()


def bert(weights: Weights, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the vector in float64 straight from the definitions (Devlin 2018; Hendrycks 2016), one text, no batch."""
    table = "embeddings.{}_embeddings.weight".format
    hidden = weights[table("word")][ids] + weights[table("position")][: len(ids)] + weights[table("token_type")][0]
    hidden = norm(weights, "embeddings.LayerNorm", hidden)
    for layer in range(6):
        hidden = transformer_layer(weights, f"encoder.layer.{layer}", hidden)
    mean = hidden.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def transformer_layer(weights: Weights, name: str, hidden: NDArray[np.float64]) -> NDArray[np.float64]:
    query, key, value = (
        dense(weights, f"{name}.attention.self.{part}", hidden).reshape(-1, 12, 32).swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(32))
    mixed = (scores / scores.sum(axis=-1, keepdims=True) @ value).swapaxes(0, 1).reshape(-1, 384)
    hidden = norm(
        weights, f"{name}.attention.output.LayerNorm", hidden + dense(weights, f"{name}.attention.output.dense", mixed)
    )
    wide = dense(weights, f"{name}.intermediate.dense", hidden)
    gelu = wide * (1 + erf(wide / math.sqrt(2))) / 2
    return norm(weights, f"{name}.output.LayerNorm", hidden + dense(weights, f"{name}.output.dense", gelu))


def dense(weights: Weights, name: str, value: NDArray[np.float64]) -> NDArray[np.float64]:
    return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(weights: Weights, name: str, value: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = value - value.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return np.asarray(centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"])
