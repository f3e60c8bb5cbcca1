"""Embedding for many callers at once: what is refused, who waits, whose turn it is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ClassVar, TypeVar

import numpy as np
from prometheus_client import Counter, Gauge

from kit.errors import BadRequest, NotFound, RapportError, TooLarge, Unavailable
from services.encoder.domain import DIMENSIONS, MAX_TOKENS, MODEL, Embedded, ModelRefused
from services.encoder.model import Encoder, TokenIds

TOKENIZED_AT_ONCE = 32
ROUGH_TEXTS_PER_SECOND = 100  # of one thread; only tells a refused caller when to come again
MAX_RETRY_AFTER_S = 30

TEXTS = Counter("rapport_encoder_texts_total", "Texts embedded")
TOKENS = Counter("rapport_encoder_tokens_total", "Tokens embedded")
PENDING = Gauge("rapport_encoder_pending_texts", "Texts taken in and not yet answered")

Given = TypeVar("Given")
Done = TypeVar("Done")
Abandoned = Callable[[], Awaitable[bool]]


class CallerLeft(RapportError):
    """Nobody waits for the answer any more; the status is nginx's and reaches logs and metrics only."""

    status: ClassVar[int] = 499
    title: ClassVar[str] = "The caller left"
    code = "caller_left"


def check_model(name: str) -> None:
    if name != MODEL:
        detail = f"The model {name[:100]!r} does not exist here; {MODEL} does."
        raise NotFound(detail, code="model_not_found", extra={"param": "model"})


def check_dimensions(dimensions: int | None) -> None:
    if dimensions not in {None, DIMENSIONS}:
        detail = f"{MODEL} gives {DIMENSIONS} dimensions; its vectors cannot be shortened to {dimensions}."
        raise BadRequest(detail, code="unsupported_dimensions", extra={"param": "dimensions"})


class EncodingQueue:
    """Callers take turns of a few milliseconds each: a search does not wait until an import is done."""

    def __init__(self, encoder: Encoder, *, threads: int, capacity_texts: int) -> None:
        self._encoder = encoder
        self._threads = threads
        self._capacity_texts = capacity_texts
        self._pending_texts = 0
        self._turns = asyncio.Semaphore(threads)  # wakes in the order of asking, which makes turns go round
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encoder")

    async def embed(self, texts: Sequence[str], *, abandoned: Abandoned) -> Embedded:
        """Return one vector a text in their order; raise Unavailable when too much waits already, or TooLarge."""
        with self._admit(len(texts)):
            if len(texts) == 1:  # a search: tokenized and run in one turn instead of two
                embedded = await self._turn(self._encoder.embed, texts)
            else:
                embedded = await self._embed_in_turns(await self._tokenize(texts), abandoned)
        TEXTS.inc(len(texts))
        TOKENS.inc(embedded.token_count)
        return embedded

    async def self_test(self) -> None:
        """Embed a known text outside the turns, so that a long queue does not look like a broken model."""
        try:
            await asyncio.to_thread(self._encoder.self_test)
        except ModelRefused as refusal:
            raise Unavailable(str(refusal), code=f"{refusal.name}_failed") from refusal

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        tokens: list[TokenIds] = []
        for start in range(0, len(texts), TOKENIZED_AT_ONCE):
            tokens += await self._turn(self._encoder.tokenize, texts[start : start + TOKENIZED_AT_ONCE])
        return tokens

    async def _embed_in_turns(self, tokens: Sequence[TokenIds], abandoned: Abandoned) -> Embedded:
        lengths = [len(ids) for ids in tokens]
        if sum(lengths) > MAX_TOKENS:
            detail = f"This request has {sum(lengths)} tokens; one takes at most {MAX_TOKENS}."
            raise TooLarge(detail, code="max_tokens_per_request", extra={"param": "input", "limit": MAX_TOKENS})
        vectors = np.empty((len(tokens), DIMENSIONS), np.float32)
        batches = self._encoder.plan(lengths)

        async def take_turns() -> None:
            for rows in batches:  # the lanes share the one iterator
                if await abandoned():
                    raise CallerLeft
                vectors[rows] = await self._turn(self._encoder.run, [tokens[row] for row in rows])

        await _together([take_turns() for _ in range(self._threads)])
        return Embedded(vectors, sum(lengths))

    async def _turn(self, work: Callable[[Given], Done], given: Given) -> Done:
        async with self._turns:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, given)

    @contextmanager
    def _admit(self, text_count: int) -> Iterator[None]:
        if self._pending_texts + text_count > self._capacity_texts:
            seconds = self._pending_texts // (ROUGH_TEXTS_PER_SECOND * self._threads)
            retry_after_s = min(max(seconds, 1), MAX_RETRY_AFTER_S)
            detail = f"{self._pending_texts} texts wait already; try again in a while."
            raise Unavailable(detail, code="overloaded", retry_after_s=retry_after_s)
        self._pending_texts += text_count
        PENDING.inc(text_count)
        try:
            yield
        finally:
            self._pending_texts -= text_count
            PENDING.dec(text_count)


async def _together(lanes: Sequence[Awaitable[None]]) -> None:
    """Await all lanes; the first error ends the others and is raised as itself, not as a group."""
    tasks = [asyncio.ensure_future(lane) for lane in lanes]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
