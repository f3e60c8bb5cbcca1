"""Texts to unit vectors, synchronously on the caller's thread; queues and fairness are the use case's."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from services.encoder.domain import (
    DIMENSIONS,
    MAX_TOKENS_PER_TEXT,
    Embedded,
    ModelRefused,
    Precision,
    Vectors,
)
from services.encoder.model.artifact import read_or_build
from services.encoder.model.source import find_source

# Padded tokens of one batch. fp32: more is slower, the working set leaves the cache. int8 gains nothing from
# batches (see run), so they are only as long as a hand-over between threads costs little: 20 ms.
BATCH_TOKENS: dict[Precision, int] = {"fp32": 512, "int8": 128}
# A text is cut here before it is tokenized: the tokenizer reads a text to its end before it truncates, and
# takes a minute and 8 GB for 16 MB. The first 256 tokens of a language end by character 1,500.
MAX_CHARACTERS_PER_TEXT = 4_096

# The vector of a known text begins so: in fp32 as sentence-transformers publishes it, in int8 as measured here.
KNOWN_TEXT = "This is an example sentence"
KNOWN_VALUES: dict[Precision, tuple[float, ...]] = {
    "fp32": (0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273),
    "int8": (0.06322243, 0.06601311, 0.05087059, 0.08229075, 0.04667249, -0.00359017),
}
TOLERANCE: dict[Precision, float] = {"fp32": 1e-5, "int8": 0.004}

TokenIds = Sequence[int]
Rows = NDArray[np.intp]


class Encoder:
    """A loaded model. Its methods may be called from several threads at once."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, precision: Precision) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.precision = precision

    def tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the token ids of each text, at most 256, with the two that mark its ends."""
        shortened = [text[:MAX_CHARACTERS_PER_TEXT] for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(shortened)]

    def plan(self, lengths: Sequence[int]) -> Iterator[Rows]:
        """Yield the rows to run together, for texts of so many tokens."""
        return plan_batches(lengths, BATCH_TOKENS[self.precision])

    def run(self, batch: Sequence[TokenIds]) -> Vectors:
        """Return one unit vector a text; the same text gives the same vector in any company.

        In int8 each text runs alone: activations are quantized by the range of the whole batch, so neighbours
        would move a vector as far (cosine 0.99) as quantization itself.
        """
        if self.precision == "fp32":
            return self._run(batch)
        return np.concatenate([self._run([ids]) for ids in batch])

    def _run(self, batch: Sequence[TokenIds]) -> Vectors:
        ids, mask = pad(batch)
        vectors: Vectors = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    def embed(self, texts: Sequence[str]) -> Embedded:
        """Return the vectors of all texts in their order."""
        tokens = self.tokenize(texts)
        lengths = [len(ids) for ids in tokens]
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for rows in self.plan(lengths):
            vectors[rows] = self.run([tokens[row] for row in rows])
        return Embedded(vectors, sum(lengths))

    def self_test(self) -> None:
        """Raise ModelRefused unless a known text gives its known vector."""
        vector = self.run(self.tokenize([KNOWN_TEXT]))[0]
        known = KNOWN_VALUES[self.precision]
        drift = float(np.abs(vector[: len(known)] - known).max())
        length_error = abs(float(np.linalg.norm(vector)) - 1)
        if not (drift <= TOLERANCE[self.precision] and length_error <= 1e-4):
            raise ModelRefused("self_test", f"a known text came out {drift:.2g} away from its known vector")


def load_encoder(cache: Path, precision: Precision, *, threads: int = 1) -> Encoder:
    """Verify the weights, read or build the model, and prove it on a known text; raise ModelRefused."""
    source = find_source()
    tokenizer = Tokenizer.from_file(str(source.tokenizer))
    tokenizer.enable_truncation(MAX_TOKENS_PER_TEXT)  # shipped: 128
    tokenizer.no_padding()  # shipped: to 128, always; each batch is padded to its own longest text instead
    encoder = Encoder(open_session(read_or_build(cache, source, precision), threads), tokenizer, precision)
    encoder.self_test()
    encoder.self_test()
    return encoder


def open_session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def plan_batches(lengths: Sequence[int], batch_tokens: int) -> Iterator[Rows]:
    """Yield the rows of each batch: neighbours in length, together at most `batch_tokens` when padded."""
    order = np.argsort(np.asarray(lengths), kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or (end + 1 - start) * lengths[order[end]] > batch_tokens:
            yield order[start:end]
            start = end


def pad(batch: Sequence[TokenIds]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and mask, texts x longest, zero where there is no token."""
    width = max(len(ids) for ids in batch)
    ids, mask = np.zeros((2, len(batch), width), np.int64)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
