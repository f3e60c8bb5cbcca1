"""Values of one kind and one model version in the cache: typed, many at a time, numbers and ids only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from prometheus_client import Counter

from kit.cache.server import LIFETIME_S, Server

Value = TypeVar("Value")

LOOKUPS = Counter("rapport_cache_lookups_total", "Values looked for", ["service", "result"])
NO_EPOCH = "-"


@dataclass(frozen=True, slots=True)
class Look(Generic[Value]):
    """What was found, and the epoch it was looked for in: what is computed from here on belongs to that one."""

    workspace_id: UUID
    epoch: str | None
    found: Mapping[str, Value]


class Shelf(Generic[Value]):
    """Look before the facts are read, keep afterwards.

    `kind` is what msgspec decodes: a value that is not of it counts as none. No kind may hold a name or a text. Values
    that do not depend on facts, such as a question's vector, outlive the epochs.
    """

    def __init__(
        self,
        server: Server,
        model_version: str,
        kind: type[Value],
        *,
        lifetime_s: int = LIFETIME_S,
        follows_facts: bool = True,
    ) -> None:
        self._server = server
        self._model_version = model_version.replace(":", "_")
        self._lifetime_s = lifetime_s
        self._follows_facts = follows_facts
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._encoder = msgspec.msgpack.Encoder()

    async def look(self, workspace_id: UUID, names: Iterable[str]) -> Look[Value]:
        """Return the values that are there, by name; none while Redis is away."""
        wanted = list(dict.fromkeys(names))
        epoch = None if self._follows_facts else NO_EPOCH
        looked = await self._server.read(workspace_id, self._model_version, wanted, epoch=epoch) if wanted else None
        if looked is None:
            self._count("away", len(wanted))
            return Look(workspace_id, None, {})
        values = {name: self._decoded(raw) for name, raw in zip(wanted, looked[1], strict=True)}
        found = {name: value for name, value in values.items() if value is not None}
        self._count("hit", len(found))
        self._count("miss", len(wanted) - len(found))
        return Look(workspace_id, looked[0], found)

    async def keep(self, look: Look[Value], values: Mapping[str, Value]) -> None:
        """Keep what was computed since `look`, by name; nothing happens while Redis is away."""
        if look.epoch is None or not values:
            return
        encoded = {
            self._server.key(look.workspace_id, self._model_version, look.epoch, name): self._encoder.encode(value)
            for name, value in values.items()
        }
        await self._server.write(encoded, self._lifetime_s)

    def _decoded(self, raw: bytes | None) -> Value | None:
        try:
            return None if raw is None else self._decoder.decode(raw)
        except (msgspec.DecodeError, ValueError):
            return None

    def _count(self, result: str, count: int) -> None:
        LOOKUPS.labels(self._server.service, result).inc(count)
