"""Search on the wire: what is asked, and who answers it."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.wire import Storable
from services.embeddings.domain import Filters
from services.embeddings.domain.search import Answer, Found
from services.embeddings.schemas import RICHARD, STANDING, ModelOut, Scored, Similarity

QUERY_LIMIT = 10_000

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUERY_LIMIT), Storable]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Storable]
Organization = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Storable]

_ASKED = {"query": "regulatory affairs in California", "limit": 10, "filters": {"tags": ["legal"]}}
_FOUND = {
    "id": RICHARD,
    "first_name": "Richard",
    "last_name": "Shapiro",
    "organization": "Regulatory and Government Affairs",
    "title": "Vice President of Regulatory Affairs",
    "similarity": 0.61,
    "match": [{"field": "title", "value": "Vice President of Regulatory Affairs", "terms": ["regulatory", "affairs"]}],
}
_ANSWER = {**STANDING, "items": [_FOUND], "next_cursor": None, "exhaustive": True}


class FiltersIn(BaseModel, extra="forbid"):
    """Who may be found; upper and lower case make no difference."""

    tags: list[Tag] = Field(default=[], max_length=20, description="only people with all of these tags")
    organization: Organization | None = Field(default=None, description="only people of the organization of this name")

    def to_domain(self) -> Filters:
        return Filters(tuple(self.tags), self.organization)


class SearchIn(BaseModel, extra="forbid", json_schema_extra={"examples": [_ASKED]}):
    query: Query
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


class SearchOut(Scored, json_schema_extra={"examples": [_ANSWER]}):
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
