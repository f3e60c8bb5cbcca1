"""What goes over the wire: people and how like each other they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.embeddings.domain import Anchor, Comparison, ModelName, Neighbour, Person, Profile

CANDIDATES_LIMIT = 1_000
JEFF, RICHARD = "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20", "c1a4b7d0-92f3-4e0e-8a55-7d3b6e1f5a43"
STANDING: dict[str, Any] = {
    "status": "scored",
    "missing": [],
    "degraded": False,
    "model": {"name": "all-MiniLM-L6-v2", "version": "384", "kind": "embedding"},
    "computed_at": "2026-11-23T09:30:00Z",
    "facts_as_of": "2026-11-23T09:29:58Z",
}
_NEIGHBOUR = {
    "id": RICHARD,
    "first_name": "Richard",
    "last_name": "Shapiro",
    "organization": "Regulatory and Government Affairs",
    "title": "Vice President of Regulatory Affairs",
    "similarity": 0.68,
    "match": [{"field": "organization", "value": "Regulatory and Government Affairs"}],
}
_SIMILAR = {**STANDING, "items": [_NEIGHBOUR], "next_cursor": None, "exhaustive": True}
_SIMILARITIES = {**STANDING, "similarities": {RICHARD: 0.68}, "unknown": []}

Similarity = Annotated[float, Field(ge=0, le=1, description="cosine, clipped to 0–1")]


class ModelOut(BaseModel):
    name: str
    version: str
    kind: Literal["embedding"] = "embedding"

    @classmethod
    def from_domain(cls, model: ModelName) -> Self:
        return cls(name=model.name, version=f"{model.dimensions}")


class Scored(BaseModel):
    """What every answer about scores says of itself."""

    status: Literal["scored", "baseline", "stale", "insufficient_data"]
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


class SimilarOut(Scored, json_schema_extra={"examples": [_SIMILAR]}):
    """The people most like one, nearest first."""

    items: list[SimilarContactOut]
    next_cursor: str | None = None
    exhaustive: bool = Field(
        description="everybody who can be compared was: none is still to come, none passed over by an index"
    )

    @classmethod
    def from_domain(cls, found: Comparison, *, computed_at: datetime) -> Self:
        profile = found.anchor.profile
        return cls(
            **_standing(found.anchor, computed_at),
            items=[SimilarContactOut.from_domain(neighbour, profile) for neighbour in found.neighbours],
            exhaustive=found.exhaustive,
        )


class SimilaritiesIn(
    BaseModel, extra="forbid", json_schema_extra={"examples": [{"contact_id": JEFF, "candidate_ids": [RICHARD]}]}
):
    contact_id: UUID
    candidate_ids: list[UUID] = Field(max_length=CANDIDATES_LIMIT)


class SimilaritiesOut(Scored, json_schema_extra={"examples": [_SIMILARITIES]}):
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
        computed_at: datetime,
    ) -> Self:
        return cls(
            **_standing(anchor, computed_at),
            similarities=similarities,
            unknown=[contact_id for contact_id in dict.fromkeys(asked) if contact_id not in similarities],
        )


def _standing(anchor: Anchor, computed_at: datetime) -> dict[str, Any]:
    """What a comparison with `anchor` says of itself."""
    return {
        "status": anchor.status,
        "missing": list(anchor.missing),
        "degraded": anchor.degraded,
        "model": ModelOut.from_domain(anchor.model),
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
