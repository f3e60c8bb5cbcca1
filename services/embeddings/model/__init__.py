"""The embedding model, wherever it runs: one code path, the `openai` client against the provider's address."""

import asyncio
from collections.abc import Iterator, Sequence

import httpx2
import numpy as np
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient
from openai.types import CreateEmbeddingResponse

from kit.errors import Unavailable, UpstreamFailed
from services.embeddings.domain import Matrix, ModelName
from services.embeddings.domain.models import Made
from services.embeddings.model.pace import Pace
from services.embeddings.settings import FIELDS, KnownModel, TextField

# The provider's limits for one request.
BATCH_INPUTS = 2_048
BATCH_TOKENS = 300_000
BATCHES_AT_ONCE = 2
ASK_AGAIN_S = 2  # of a provider that is away, at the earliest


class _Client(AsyncOpenAI):
    """The library's, but for 429: it would ask too early again, and each request by itself."""

    def _should_retry(self, response: httpx2.Response) -> bool:
        return response.status_code != 429 and super()._should_retry(response)


class EmbeddingModel:
    """Turns texts into unit vectors. Without a client it is known by name only, and never there."""

    def __init__(
        self,
        name: str,
        dimensions: int,
        *,
        fields: Sequence[TextField] = FIELDS,
        client: AsyncOpenAI | None = None,
        lent: bool = False,
        pace: Pace | None = None,
    ) -> None:
        self.name = name
        self.dimensions = dimensions
        self.fields = tuple(fields)
        self._client = client
        self._lent = lent
        self._pace = pace or Pace()

    @property
    def key(self) -> ModelName:
        return ModelName(self.name, self.dimensions)

    @property
    def is_configured(self) -> bool:
        return self._client is not None

    async def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector for each text, shape (len(texts), dimensions); no text may be empty.

        Raises Unavailable while the provider is away or asks to wait, UpstreamFailed when it refuses or its answer
        cannot be used.
        """
        return (await self.make(texts)).matrix

    async def make(self, texts: Sequence[str]) -> Made:
        """As `embed`, with what it has cost."""
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)

        async def one(batch: Sequence[str]) -> Made:
            async with gate:
                return await self._request(batch)

        made = await asyncio.gather(*(one(batch) for batch in batches(texts)))
        matrix = np.concatenate([one.matrix for one in made]) if made else np.empty((0, self.dimensions), np.float32)
        return Made(matrix, sum(one.tokens for one in made))

    async def close(self) -> None:
        """Close the connections, unless they are another's."""
        if self._client is not None and not self._lent:
            await self._client.close()

    async def _request(self, texts: Sequence[str]) -> Made:
        try:
            answer = await self._ask(texts)
            vectors = {one.index: one.embedding for one in answer.data}
            in_order = [vectors[position] for position in sorted(vectors)]
        except (AttributeError, TypeError, ValueError) as error:  # what the client makes of a page of HTML, or no data
            raise _unusable("The embedding provider's answer holds no vectors.") from error
        if vectors and (min(vectors), max(vectors)) != (0, len(texts) - 1):
            raise _unusable("The embedding provider numbered its vectors wrongly.")
        return Made(self._checked(in_order, len(texts)), _cost(answer, texts))

    async def _ask(self, texts: Sequence[str]) -> CreateEmbeddingResponse:
        if self._client is None:
            raise Unavailable("This process is not told how to ask this model.", code="model_not_configured")
        self._pace.check()
        try:
            answer = await self._client.embeddings.create(model=self.name, input=list(texts))
        except openai.RateLimitError as error:
            raise self._pace.slowed(error.response.headers) from error
        except (openai.APIConnectionError, openai.InternalServerError) as error:
            raise Unavailable(
                "The embedding provider does not answer.", code="provider_unavailable", retry_after_s=ASK_AGAIN_S
            ) from error
        except openai.APIError as error:
            raise UpstreamFailed("The embedding provider refused the request.", code="provider_refused") from error
        self._pace.went_on()
        return answer

    def _checked(self, vectors: Sequence[Sequence[float]], expected: int) -> Matrix:
        """Return the vectors at unit length; refuse what a broken provider sends before it is stored."""
        try:
            lengths = {len(vector) for vector in vectors}
            matrix = np.asarray(vectors, np.float64) if lengths == {self.dimensions} else np.empty((0, 0))
        except (TypeError, ValueError):  # null or a word where a list of numbers belongs
            lengths, matrix = set(), np.empty((0, 0))
        if matrix.shape != (expected, self.dimensions):
            raise _unusable(
                f"The embedding provider sent {len(vectors)} vectors of {sorted(lengths)} dimensions;"
                f" {expected} of {self.dimensions} were asked for."
            )
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or not norms.all():
            raise _unusable("The embedding provider sent a vector without direction.")
        unit: Matrix = (matrix / norms).astype(np.float32)
        return unit


def connect(known: KnownModel, *, http_client: httpx2.AsyncClient | None = None) -> EmbeddingModel:
    """Return a model that asks its provider; tests give a client of their own."""
    client = _Client(
        base_url=known.base_url,
        api_key=known.api_key.get_secret_value(),
        timeout=known.timeout_s,
        max_retries=2,
        http_client=http_client or DefaultAioHttpClient(timeout=known.timeout_s),
    )
    lent = http_client is not None
    return EmbeddingModel(known.name, known.dimensions, fields=known.fields, client=client, lent=lent)


def _cost(answer: CreateEmbeddingResponse, texts: Sequence[str]) -> int:
    """Return the tokens as the provider counts them; where it says nothing sensible, no fewer than there can be."""
    said = getattr(getattr(answer, "usage", None), "total_tokens", None)
    return said if isinstance(said, int) and said >= len(texts) else most_tokens(texts)


def _unusable(detail: str) -> UpstreamFailed:
    return UpstreamFailed(detail, code="provider_bad_answer", retry_after_s=ASK_AGAIN_S)


def most_tokens(texts: Sequence[str]) -> int:
    """Return as many tokens as texts can have at most: one holds at least a byte of UTF-8, in any script."""
    return sum(len(text.encode()) for text in texts)


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into requests the provider accepts."""
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        cost = most_tokens([text])
        if position > start and (position - start == BATCH_INPUTS or tokens + cost > BATCH_TOKENS):
            yield texts[start:position]
            start, tokens = position, 0
        tokens += cost
    if start < len(texts):
        yield texts[start:]
