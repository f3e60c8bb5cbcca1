"""Which model answers in a workspace: read with the rows it answers from, guessed before from what was read last."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from kit.cache import Server
from kit.db import Connection
from services.embeddings.domain import ModelName
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.store import models as rows
from services.embeddings.usecases.cached import Shelves

REMEMBERED_WORKSPACES = 10_000


@dataclass(frozen=True, slots=True)
class Served:
    """A model, and what is cached of it."""

    model: EmbeddingModel
    shelves: Shelves


class Serving:
    """What serves in each workspace, as one process knows it."""

    def __init__(self, models: Models, cache: Server) -> None:
        self.models = models
        self._cache = cache
        self._by_key: dict[ModelName, Served] = {}
        self._last: OrderedDict[UUID, Served] = OrderedDict()

    def guess(self, workspace_id: UUID) -> Served:
        """Return what served when this process last read it: right, but for the first request after a switch."""
        return self._last.get(workspace_id) or self._served(self.models.default.key)

    async def read(self, connection: Connection, workspace_id: UUID) -> Served:
        """Return what serves, for the rest of the transaction; the very object of `guess` where that was right."""
        found = self._served(await rows.serving(connection, workspace_id) or self.models.default.key)
        self._last[workspace_id] = found
        self._last.move_to_end(workspace_id)
        if len(self._last) > REMEMBERED_WORKSPACES:
            self._last.popitem(last=False)
        return found

    def _served(self, key: ModelName) -> Served:
        if key not in self._by_key:
            model = self.models[key]
            self._by_key[key] = Served(model, Shelves.of(self._cache, model))
        return self._by_key[key]
