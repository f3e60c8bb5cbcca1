"""What goes over the wire: people and how like each other they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.wire import Storable
from services.embeddings.domain import Anchor, Comparison, Filters, ModelName, Neighbour, Person, Profile
from services.embeddings.domain.search import Answer, Found

CANDIDATES_LIMIT = 1_000
QUERY_LIMIT = 10_000

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUERY_LIMIT), Storable]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Storable]
Organization = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Storable]

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


class SimilarOut(Scored):
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
        computed_at: datetime,
    ) -> Self:
        return cls(
            **_standing(anchor, computed_at),
            similarities=similarities,
            unknown=[contact_id for contact_id in dict.fromkeys(asked) if contact_id not in similarities],
        )


class FiltersIn(BaseModel, extra="forbid"):
    """Who may be found; upper and lower case make no difference."""

    tags: list[Tag] = Field(default=[], max_length=20, description="only people with all of these tags")
    organization: Organization | None = Field(default=None, description="only people of the organization of this name")

    def to_domain(self) -> Filters:
        return Filters(tuple(self.tags), self.organization)


class SearchIn(BaseModel, extra="forbid"):
    query: Query = Field(examples=["gas traders who know Houston"])
    limit: int = Field(default=10, ge=1, le=200)
    filters: FiltersIn = Field(default_factory=FiltersIn)
    min_similarity: float = Field(
        default=0.0, ge=0, le=1, allow_inf_nan=False, description="people whose similarity is not known are kept"
    )


class SearchMatchOut(BaseModel):
    """Where words of the query were found; `value` is what the field says, of notes the part around them."""

    field: Literal["name", "title", "organization", "tags", "notes"]
    value: str
    terms: list[str] = Field(description="words of the query, as they are compared: without case and accents")


class FoundContactOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    similarity: Similarity | None = Field(description="to the query; null without the provider, or a vector")
    match: list[SearchMatchOut] = Field(description="empty when only the meaning is near")

    @classmethod
    def from_domain(cls, found: Found) -> Self:
        profile = found.profile
        return cls(
            id=profile.id,
            first_name=profile.first_name,
            last_name=profile.last_name,
            organization=profile.organization,
            title=profile.title,
            similarity=found.similarity,
            match=[SearchMatchOut(field=m.field, value=m.value, terms=list(m.terms)) for m in found.matches],
        )


class SearchOut(Scored):
    """Who answers a query, best first: by likeness and by how much of the query is found in words, together.

    `status` is `baseline` when words alone answered.
    """

    items: list[FoundContactOut]
    next_cursor: str | None = None
    exhaustive: bool = Field(description="everybody who can be compared was, by meaning too")

    @classmethod
    def from_domain(cls, answer: Answer, *, computed_at: datetime) -> Self:
        return cls(
            status=answer.status,
            missing=list(answer.missing),
            degraded=answer.degraded,
            model=ModelOut.from_domain(answer.model),
            computed_at=computed_at,
            facts_as_of=answer.facts_as_of,
            items=[FoundContactOut.from_domain(found) for found in answer.items],
            exhaustive=answer.exhaustive,
        )


class ErasureOut(BaseModel):
    entity_id: UUID
    erased: bool


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
