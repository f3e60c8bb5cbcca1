"""How like each other people are, as services/embeddings knows it: asked in bulk, kept in the cache by person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
import numpy as np

from kit.auth import Identity
from kit.cache import Server, Shelf
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import ServiceClient
from kit.logs import describe, get_logger
from services.recommend.domain import Also, Candidates, Numbers, Values

log = get_logger(__name__)

PAIRS_AT_ONCE = 10_000
PEOPLE_AT_ONCE = 500
MEASURE = "cosine-1"

Pair: TypeAlias = tuple[UUID, UUID]


class Like(msgspec.Struct, array_like=True, frozen=True):
    """How like one person some others are. What is unknown is not kept: a vector may be there a moment later."""

    ids: list[UUID]
    similarities: list[float]


@dataclass(slots=True)
class Likeness:
    """Asks for one workspace; once services/embeddings is away, everything further is unknown: `degraded`.

    What is kept is kept by the model that compared: the first question is which one serves.
    """

    client: ServiceClient
    cache: Server
    workspace_id: UUID
    degraded: bool = field(default=False, init=False)
    _model: str | None = field(default=None, init=False)

    async def of(self, ids: Sequence[UUID], candidates: Candidates) -> Values:
        """Return the similarity of each pair, 0–1, NaN where it is unknown."""
        who, whom = candidates.who.tolist(), candidates.whom.tolist()
        pairs = [(ids[one], ids[other]) for one, other in zip(who, whom, strict=True)]
        shelf = await self._shelf() if pairs else None
        if shelf is None:
            return np.full(len(pairs), np.nan, np.float32)
        model, look = self._model, await shelf.look(self.workspace_id, [_name(ids[one]) for one in dict.fromkeys(who)])
        known = _pairs(look.found)
        missing = [pair for pair in pairs if pair not in known]
        fresh = await self._ask_pairs(missing)
        known |= fresh
        if self._model == model:  # else another one has begun to serve: its similarities are not kept with the others'
            changed = {one for one, _other in fresh}
            await shelf.keep(look, _by_person([pair for pair in pairs if pair[0] in changed], known))
        return np.array([known.get(pair) for pair in pairs], np.float64).astype(np.float32)

    async def _shelf(self) -> Shelf[Like] | None:
        """Return where the similarities of the model that serves are kept; None while nobody says which one does."""
        if self._model is None:
            await self._ask_some([])
        return None if self._model is None else Shelf(self.cache, f"{MEASURE}-{self._model}", Like)

    async def neighbours(self, ids: Sequence[UUID], asked: Numbers, *, limit: int) -> Also:
        """Return who is most like each of some people, nobody for those without a vector."""
        numbers = {one: number for number, one in enumerate(ids)}
        found: dict[UUID, list[int]] = {}
        for start in range(0, len(asked), PEOPLE_AT_ONCE):
            some = [str(ids[number]) for number in asked[start : start + PEOPLE_AT_ONCE]]
            answer = await self._ask("/api/ml/similar/batch", {"contact_ids": some, "limit": limit})
            for item in answer.get("items", ()):
                like = [numbers.get(UUID(one)) for one in item["ids"]]
                found[UUID(item["contact_id"])] = [number for number in like if number is not None]
        own = [found.get(ids[number], []) for number in asked]
        offsets = np.concatenate([[0], np.cumsum([len(like) for like in own])]).astype(np.int64)
        return Also(offsets, np.array([number for like in own for number in like], np.int32))

    async def _ask_pairs(self, pairs: Sequence[Pair]) -> dict[Pair, float | None]:
        found: dict[Pair, float | None] = {}
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            some = pairs[start : start + PAIRS_AT_ONCE]
            similarities = await self._ask_some(some)
            if len(similarities) == len(some):
                found |= zip(some, similarities, strict=True)
        return found

    async def _ask_some(self, some: Sequence[Pair]) -> Sequence[float | None]:
        """Return how like each other some pairs are, nothing while nobody says; note which model compared them."""
        body = {"pairs": [(str(one), str(other)) for one, other in some]}
        answer = await self._ask("/api/ml/similarities/pairs", body)
        if isinstance(model := answer.get("model"), dict):
            self._model = f"{model.get('name')}-{model.get('version')}"
        similarities: Sequence[float | None] = answer.get("similarities", ())
        return similarities

    async def _ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.degraded:
            return {}
        identity = Identity("recommend", self.workspace_id, None, frozenset({"ml:read"}))
        try:
            return await self.client.post_json("embeddings", path, identity, body)
        except (Unavailable, UpstreamFailed, UpstreamTimeout) as error:
            log.warning("similarity_unknown", workspace_id=str(self.workspace_id), **describe(error))
            self.degraded = True
            return {}


@dataclass(frozen=True, slots=True)
class Compares:
    """Who to ask, for every workspace."""

    client: ServiceClient
    cache: Server

    def within(self, workspace_id: UUID) -> Likeness:
        return Likeness(self.client, self.cache, workspace_id)


def _name(contact_id: UUID) -> str:
    return f"like.{contact_id}"


def _pairs(found: Mapping[str, Like]) -> dict[Pair, float | None]:
    kept = ((UUID(name.removeprefix("like.")), like) for name, like in found.items())
    return {
        (one, other): similarity
        for one, like in kept
        for other, similarity in zip(like.ids, like.similarities, strict=False)
    }


def _by_person(pairs: Sequence[Pair], known: Mapping[Pair, float | None]) -> dict[str, Like]:
    made: dict[str, Like] = {}
    for one, other in pairs:
        similarity = known.get((one, other))
        if similarity is not None:
            like = made.setdefault(_name(one), Like([], []))
            like.ids.append(other)
            like.similarities.append(similarity)
    return made
