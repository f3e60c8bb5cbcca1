"""The embedding model, wherever it runs: one code path, the `openai` client against the provider's address."""

import asyncio
from collections.abc import Iterator, Sequence

import httpx2
import numpy as np
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from kit.errors import Unavailable, UpstreamFailed
from services.embeddings.domain import Matrix
from services.embeddings.settings import EmbeddingsSettings

# The provider's limits for one request.
BATCH_INPUTS = 2_048
BATCH_TOKENS = 300_000
BATCHES_AT_ONCE = 2


class EmbeddingModel:
    """Turns texts into unit vectors."""

    def __init__(self, settings: EmbeddingsSettings, *, http_client: httpx2.AsyncClient | None = None) -> None:
        self.name = settings.model
        self.dimensions = settings.dimensions
        self._client = AsyncOpenAI(
            base_url=settings.provider_url,
            api_key=settings.provider_key.get_secret_value(),
            timeout=settings.provider_timeout_s,
            max_retries=2,
            http_client=http_client or DefaultAioHttpClient(timeout=settings.provider_timeout_s),
        )

    async def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector for each text, shape (len(texts), dimensions); no text may be empty.

        Raises Unavailable while the provider is away or refuses, UpstreamFailed when its answer cannot be used.
        """
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)

        async def one(batch: Sequence[str]) -> Matrix:
            async with gate:
                return await self._request(batch)

        matrices = await asyncio.gather(*(one(batch) for batch in batches(texts)))
        return np.concatenate(matrices) if matrices else np.empty((0, self.dimensions), np.float32)

    async def close(self) -> None:
        await self._client.close()

    async def _request(self, texts: Sequence[str]) -> Matrix:
        try:
            answer = await self._client.embeddings.create(model=self.name, input=list(texts))
        except openai.RateLimitError as error:
            raise Unavailable("The embedding provider asks to slow down.", code="provider_rate_limited") from error
        except (openai.APIConnectionError, openai.InternalServerError) as error:
            raise Unavailable("The embedding provider does not answer.", code="provider_unavailable") from error
        except openai.APIError as error:
            raise UpstreamFailed("The embedding provider refused the request.", code="provider_refused") from error
        return self._checked([one.embedding for one in answer.data], len(texts))

    def _checked(self, vectors: Sequence[Sequence[float]], expected: int) -> Matrix:
        """Return the vectors at unit length; refuse what a broken provider sends before it is stored."""
        lengths = {len(vector) for vector in vectors}
        if len(vectors) != expected or lengths != {self.dimensions}:
            raise UpstreamFailed(
                f"The embedding provider sent {len(vectors)} vectors of {sorted(lengths)} dimensions;"
                f" {expected} of {self.dimensions} were asked for.",
                code="provider_bad_answer",
            )
        matrix = np.asarray(vectors, np.float32)
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        if not np.isfinite(matrix).all() or not norms.all():
            raise UpstreamFailed(
                "The embedding provider sent vectors that are not numbers.", code="provider_bad_answer"
            )
        unit: Matrix = matrix / norms
        return unit


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into requests the provider accepts; a token is at least two bytes of UTF-8 on average in any script."""
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        cost = len(text.encode()) // 2 + 1
        if position > start and (position - start == BATCH_INPUTS or tokens + cost > BATCH_TOKENS):
            yield texts[start:position]
            start, tokens = position, 0
        tokens += cost
    if start < len(texts):
        yield texts[start:]
