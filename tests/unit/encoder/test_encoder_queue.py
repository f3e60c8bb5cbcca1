"""The queue: order kept, turns that go round, a bound, and no work for callers who left."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import pytest

from kit.errors import TooLarge, Unavailable
from services.encoder.domain import DIMENSIONS, Embedded, Vectors
from services.encoder.model import Encoder, TokenIds
from services.encoder.model.encode import Rows, plan_batches
from services.encoder.usecases import CallerLeft, EncodingQueue


class LengthEncoder:
    """Gives each text its length as vector; a gate can hold it, `seen` keeps the order of work."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        self.gate.wait(5)
        return [[1] * len(text) for text in texts]

    def plan(self, lengths: Sequence[int]) -> Iterator[Rows]:
        return plan_batches(lengths, 8)

    def run(self, batch: Sequence[TokenIds]) -> Vectors:
        self.gate.wait(5)
        self.seen.append([len(ids) for ids in batch])
        return np.array([[len(ids)] * DIMENSIONS for ids in batch], np.float32)

    def embed(self, texts: Sequence[str]) -> Embedded:
        vectors = self.run(self.tokenize(texts))
        return Embedded(vectors, sum(map(len, texts)))


async def stays() -> bool:
    return False


@pytest.fixture
def encoder() -> LengthEncoder:
    return LengthEncoder()


def queue_of(encoder: LengthEncoder, *, threads: int = 1, capacity_texts: int = 100) -> EncodingQueue:
    return EncodingQueue(cast("Encoder", encoder), threads=threads, capacity_texts=capacity_texts)


@pytest.mark.parametrize("threads", [1, 3])
async def test_vectors_come_in_the_order_of_the_texts(encoder: LengthEncoder, threads: int) -> None:
    texts = ["x" * length for length in (7, 1, 4, 2, 7, 3)]
    embedded = await queue_of(encoder, threads=threads).embed(texts, abandoned=stays)
    assert embedded.vectors[:, 0].tolist() == [7, 1, 4, 2, 7, 3]
    assert embedded.token_count == 24


async def test_a_search_does_not_wait_for_the_whole_import(encoder: LengthEncoder) -> None:
    queue = queue_of(encoder)
    encoder.gate.clear()
    bulk = asyncio.create_task(queue.embed(["x" * 5] * 20, abandoned=stays))
    await asyncio.sleep(0.01)
    search = asyncio.create_task(queue.embed(["xyz"], abandoned=stays))
    await asyncio.sleep(0.01)
    encoder.gate.set()
    await asyncio.gather(bulk, search)
    assert encoder.seen.index([3]) <= 1
    assert len(encoder.seen) == 21


async def test_too_much_waiting_is_refused_with_a_time_to_come_again(encoder: LengthEncoder) -> None:
    queue = queue_of(encoder, capacity_texts=10)
    encoder.gate.clear()
    waiting = asyncio.create_task(queue.embed(["x"] * 8, abandoned=stays))
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable) as refused:
        await queue.embed(["x"] * 3, abandoned=stays)
    encoder.gate.set()
    await waiting
    assert refused.value.code == "overloaded"
    assert refused.value.headers["Retry-After"] == "1"
    assert len((await queue.embed(["x"] * 10, abandoned=stays)).vectors) == 10


async def test_work_stops_when_the_caller_left(encoder: LengthEncoder) -> None:
    async def gone_after_three() -> bool:
        return len(encoder.seen) >= 3

    with pytest.raises(CallerLeft):
        await queue_of(encoder, threads=2).embed(["x" * 5] * 20, abandoned=gone_after_three)
    assert len(encoder.seen) <= 5


async def test_a_failed_request_frees_its_place(encoder: LengthEncoder) -> None:
    async def gone() -> bool:
        return True

    queue = queue_of(encoder, capacity_texts=10)
    for _ in range(3):
        with pytest.raises(CallerLeft):
            await queue.embed(["x"] * 10, abandoned=gone)


async def test_more_tokens_than_a_request_may_have_are_too_large(encoder: LengthEncoder) -> None:
    with pytest.raises(TooLarge) as refused:
        await queue_of(encoder).embed(["x" * 150_000, "x" * 150_001], abandoned=stays)
    assert refused.value.extra == {"param": "input", "limit": 300_000}
    assert encoder.seen == []
