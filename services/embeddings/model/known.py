"""Every model this process can ask, and how many tokens their vectors may cost a workspace in a day."""

from collections.abc import Sequence
from typing import Self

import httpx2

from services.embeddings.domain import ModelName
from services.embeddings.model import EmbeddingModel, connect
from services.embeddings.settings import EmbeddingsSettings


class Models:
    """Models by name; the first is what serves where a workspace has chosen nothing else."""

    def __init__(self, models: Sequence[EmbeddingModel], *, daily_tokens: int = 0) -> None:
        self.default = models[0]
        self.daily_tokens = daily_tokens
        self._by_key = {one.key: one for one in models}

    @classmethod
    def connect(cls, settings: EmbeddingsSettings, *, http_client: httpx2.AsyncClient | None = None) -> Self:
        """Return the models of the settings; tests give a client of their own."""
        models = [connect(known, http_client=http_client) for known in settings.known_models()]
        return cls(models, daily_tokens=settings.daily_tokens)

    def __getitem__(self, key: ModelName) -> EmbeddingModel:
        """Return the model of this name and dimensions; one that is not configured is always Unavailable."""
        return self._by_key.get(key) or EmbeddingModel(key.name, key.dimensions)

    def named(self, name: str) -> EmbeddingModel | None:
        return next((one for one in self._by_key.values() if one.name == name), None)

    def names(self) -> list[str]:
        return [one.name for one in self._by_key.values()]

    async def close(self) -> None:
        for one in self._by_key.values():
            await one.close()
