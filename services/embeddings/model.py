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
        self._lent = http_client is not None
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
        """Close the connections, unless they are another's."""
        if not self._lent:
            await self._client.close()

    async def _request(self, texts: Sequence[str]) -> Matrix:
        try:
            answer = await self._client.embeddings.create(model=self.name, input=list(texts))
            vectors = {one.index: one.embedding for one in answer.data}
            in_order = [vectors[position] for position in sorted(vectors)]
        except openai.RateLimitError as error:
            raise Unavailable("The embedding provider asks to slow down.", code="provider_rate_limited") from error
        except (openai.APIConnectionError, openai.InternalServerError) as error:
            raise Unavailable("The embedding provider does not answer.", code="provider_unavailable") from error
        except openai.APIError as error:
            raise UpstreamFailed("The embedding provider refused the request.", code="provider_refused") from error
        except (AttributeError, TypeError, ValueError) as error:  # what the client makes of a page of HTML, or no data
            raise UpstreamFailed(
                "The embedding provider's answer holds no vectors.", code="provider_bad_answer"
            ) from error
        if vectors and (min(vectors), max(vectors)) != (0, len(texts) - 1):
            raise UpstreamFailed("The embedding provider numbered its vectors wrongly.", code="provider_bad_answer")
        return self._checked(in_order, len(texts))

    def _checked(self, vectors: Sequence[Sequence[float]], expected: int) -> Matrix:
        """Return the vectors at unit length; refuse what a broken provider sends before it is stored."""
        try:
            lengths = {len(vector) for vector in vectors}
            matrix = np.asarray(vectors, np.float64) if lengths == {self.dimensions} else np.empty((0, 0))
        except (TypeError, ValueError):  # null or a word where a list of numbers belongs
            lengths, matrix = set(), np.empty((0, 0))
        if matrix.shape != (expected, self.dimensions):
            raise UpstreamFailed(
                f"The embedding provider sent {len(vectors)} vectors of {sorted(lengths)} dimensions;"
                f" {expected} of {self.dimensions} were asked for.",
                code="provider_bad_answer",
            )
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or not norms.all():
            raise UpstreamFailed("The embedding provider sent a vector without direction.", code="provider_bad_answer")
        unit: Matrix = (matrix / norms).astype(np.float32)
        return unit


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into requests the provider accepts; a token holds at least one byte of UTF-8, in any script."""
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        cost = len(text.encode())
        if position > start and (position - start == BATCH_INPUTS or tokens + cost > BATCH_TOKENS):
            yield texts[start:position]
            start, tokens = position, 0
        tokens += cost
    if start < len(texts):
        yield texts[start:]
