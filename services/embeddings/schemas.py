"""What goes over the wire: people and how like each other they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.embeddings.domain import Anchor, Comparison, Coverage, Hit, Neighbour, Person, Profile

CANDIDATES_LIMIT = 1_000
PAIRS_LIMIT = 10_000
ANCHORS_LIMIT = 500
NEAREST_LIMIT = 50
_JEFF, _RICHARD = "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20", "c1a4b7d0-92f3-4e0e-8a55-7d3b6e1f5a43"

Similarity = Annotated[float, Field(ge=0, le=1, description="cosine, clipped to 0–1")]


class ModelOut(BaseModel):
    name: str
    version: str
    kind: Literal["embedding"] = "embedding"

    @classmethod
    def of(cls, name: str, dimensions: int) -> Self:
        return cls(name=name, version=f"{dimensions}")


class Scored(BaseModel):
    """What every answer about scores says of itself."""

    status: Literal["scored", "stale", "insufficient_data"]
    missing: list[str] = Field(description="what to add where data is insufficient")
    degraded: bool = Field(description="the provider is away: older vectors served, or none")
    model: ModelOut
    computed_at: datetime
    facts_as_of: datetime | None


class MatchOut(BaseModel):
    """Something two people share."""

    field: Literal["organization", "title", "tags"]
    value: str


class SimilarContactOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    similarity: Similarity
    match: list[MatchOut]

    @classmethod
    def from_domain(cls, neighbour: Neighbour, anchor: Profile) -> Self:
        person = neighbour.person
        return cls(
            id=person.id,
            first_name=person.first_name,
            last_name=person.last_name,
            organization=person.organization,
            title=person.title,
            similarity=neighbour.similarity,
            match=_shared(person, anchor),
        )


class SimilarOut(Scored):
    """The people most like one, nearest first."""

    items: list[SimilarContactOut]
    next_cursor: str | None = None
    exhaustive: bool = Field(
        description="everybody who can be compared was: none is still to come, none passed over by an index"
    )

    @classmethod
    def from_domain(cls, found: Comparison, *, model: ModelOut, computed_at: datetime) -> Self:
        profile = found.anchor.profile
        return cls(
            **_standing(found.anchor, model, computed_at),
            items=[SimilarContactOut.from_domain(neighbour, profile) for neighbour in found.neighbours],
            exhaustive=found.exhaustive,
        )


class SimilaritiesIn(BaseModel, extra="forbid"):
    contact_id: UUID
    candidate_ids: list[UUID] = Field(max_length=CANDIDATES_LIMIT)


class SimilaritiesOut(Scored):
    """How like one contact each candidate is; `unknown` are those without a vector."""

    similarities: dict[UUID, Similarity]
    unknown: list[UUID]

    @classmethod
    def from_domain(
        cls,
        anchor: Anchor,
        similarities: dict[UUID, float],
        *,
        asked: Sequence[UUID],
        model: ModelOut,
        computed_at: datetime,
    ) -> Self:
        return cls(
            **_standing(anchor, model, computed_at),
            similarities=similarities,
            unknown=[contact_id for contact_id in dict.fromkeys(asked) if contact_id not in similarities],
        )


class PairsIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"pairs": [[_JEFF, _RICHARD]]}]}):
    pairs: list[Annotated[list[UUID], Field(min_length=2, max_length=2)]] = Field(max_length=PAIRS_LIMIT)


class PairsOut(BaseModel, json_schema_extra={"examples": [{"similarities": [0.68]}]}):
    """How like each other the two of each pair are, in the order asked; null where one has no vector."""

    similarities: list[Similarity | None]


class SimilarBatchIn(
    BaseModel, extra="forbid", json_schema_extra={"examples": [{"contact_ids": [_JEFF], "limit": 10}]}
):
    contact_ids: list[UUID] = Field(max_length=ANCHORS_LIMIT)
    limit: int = Field(default=10, ge=1, le=NEAREST_LIMIT, description="nearest of each")


class NearOut(BaseModel):
    """Who is nearest to one contact, nearest first, as ids and numbers; nobody where it has no vector."""

    contact_id: UUID
    ids: list[UUID]
    similarities: list[Similarity]


class SimilarBatchOut(
    BaseModel,
    json_schema_extra={
        "examples": [{"items": [{"contact_id": _JEFF, "ids": [_RICHARD], "similarities": [0.68]}], "next_cursor": None}]
    },
):
    """The nearest of each contact, in the order asked."""

    items: list[NearOut]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, asked: Sequence[UUID], found: Mapping[UUID, Sequence[Hit]]) -> Self:
        near = ((contact_id, found.get(contact_id, ())) for contact_id in dict.fromkeys(asked))
        return cls(
            items=[
                NearOut(
                    contact_id=contact_id,
                    ids=[hit.contact_id for hit in hits],
                    similarities=[hit.similarity for hit in hits],
                )
                for contact_id, hits in near
            ]
        )


class ReadinessItem(BaseModel):
    kind: Literal["contacts"] = "contacts"
    have: int
    minimum: int
    optimal: int


class ReadinessOut(BaseModel):
    """How much of the workspace can be compared: contacts with a vector, out of all."""

    model: ModelOut
    items: list[ReadinessItem]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, coverage: Coverage, *, model: ModelOut) -> Self:
        item = ReadinessItem(have=coverage.vectors, minimum=2, optimal=max(2, coverage.contacts))
        return cls(model=model, items=[item])


class ErasureOut(BaseModel):
    entity_id: UUID
    erased: bool


def _standing(anchor: Anchor, model: ModelOut, computed_at: datetime) -> dict[str, Any]:
    """What a comparison with `anchor` says of itself."""
    return {
        "status": anchor.status,
        "missing": list(anchor.missing),
        "degraded": anchor.degraded,
        "model": model,
        "computed_at": computed_at,
        "facts_as_of": anchor.facts_as_of,
    }


def _shared(person: Person, anchor: Profile) -> list[MatchOut]:
    shared: list[MatchOut] = []
    if person.organization and person.organization == anchor.organization:
        shared.append(MatchOut(field="organization", value=person.organization))
    if person.title and person.title == anchor.title:
        shared.append(MatchOut(field="title", value=person.title))
    theirs = set(anchor.tags)
    return shared + [MatchOut(field="tags", value=tag) for tag in person.tags if tag in theirs]
