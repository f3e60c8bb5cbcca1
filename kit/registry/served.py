"""The models that serve, as one process holds them: loaded once, and again when another version serves."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from kit.db import Connection
from kit.logs import get_logger
from kit.registry import store
from kit.registry.domain import Artifact, ArtifactRefused

Loaded = TypeVar("Loaded")

log = get_logger(__name__)

HELD_WORKSPACES = 256


@dataclass(frozen=True, slots=True)
class _Held(Generic[Loaded]):
    """A loaded model; `asked_sha256` is the artifact it stands for, be it another that was refused."""

    version: str
    model: Loaded | None
    asked_sha256: bytes


class Served(Generic[Loaded]):
    """What serves under one name in each workspace.

    `load` turns an artifact into a model or raises ArtifactRefused, in a thread: it may take long, and others are
    answered meanwhile. A refused version is logged once, and the one this process held before it goes on serving here.
    """

    def __init__(self, name: str, load: Callable[[Artifact], Loaded]) -> None:
        self._name = name
        self._load = load
        self._held: OrderedDict[UUID, _Held[Loaded]] = OrderedDict()

    async def get(self, connection: Connection, workspace_id: UUID) -> tuple[str, Loaded] | None:
        """Return the version that serves and its model; None where the plain rule serves."""
        current = await store.serving_version(connection, workspace_id, self._name)
        if current is None:
            self._held.pop(workspace_id, None)
            return None
        held = self._held.get(workspace_id)
        if held is None or held.asked_sha256 != current[1]:
            held = await self._fetch(connection, workspace_id, held)
        self._keep(workspace_id, held)
        return None if held is None or held.model is None else (held.version, held.model)

    async def _fetch(
        self, connection: Connection, workspace_id: UUID, before: _Held[Loaded] | None
    ) -> _Held[Loaded] | None:
        artifact = await store.artifact(connection, workspace_id, self._name)
        if artifact is None:
            return before
        try:
            model: Loaded | None = await asyncio.to_thread(self._loaded, artifact)
            return _Held(artifact.version, model, artifact.content_sha256)
        except ArtifactRefused as error:
            log.error("artifact_refused", model=self._name, version=artifact.version, reason=error.reason)  # noqa: TRY400 the reason says all
            version, model = (before.version, before.model) if before else (artifact.version, None)
            return _Held(version, model, artifact.content_sha256)

    def _loaded(self, artifact: Artifact) -> Loaded:
        if hashlib.sha256(artifact.content).digest() != artifact.content_sha256:
            raise ArtifactRefused(artifact.name, artifact.version, "its content does not have the hash that was noted")
        return self._load(artifact)

    def _keep(self, workspace_id: UUID, held: _Held[Loaded] | None) -> None:
        if held is None:
            return
        self._held[workspace_id] = held
        self._held.move_to_end(workspace_id)
        if len(self._held) > HELD_WORKSPACES:
            self._held.popitem(last=False)
