"""Comparing many at once, for other services: pairs, and the nearest of each of many, as ids and numbers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.embeddings.domain import Hit, Person
from services.embeddings.schemas import JEFF, RICHARD, ModelOut, Similarity

PAIRS_LIMIT = 10_000
ANCHORS_LIMIT = 500
NEAREST_LIMIT = 50
_NEAR = {
    "items": [{"contact_id": JEFF, "ids": [RICHARD], "similarities": [0.68]}],
    "people": [
        {
            "id": RICHARD,
            "first_name": "Richard",
            "last_name": "Shapiro",
            "organization": "Regulatory and Government Affairs",
            "title": "Vice President of Regulatory Affairs",
            "tags": ["senior"],
        }
    ],
    "next_cursor": None,
}


class PairsIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"pairs": [[JEFF, RICHARD]]}]}):
    pairs: list[Annotated[list[UUID], Field(min_length=2, max_length=2)]] = Field(max_length=PAIRS_LIMIT)


_PAIRS = {"similarities": [0.68], "model": {"name": "all-MiniLM-L6-v2", "version": "384", "kind": "embedding"}}


class PairsOut(BaseModel, json_schema_extra={"examples": [_PAIRS]}):
    """How like each other the two of each pair are, in the order asked; null where one has no vector.

    Nobody asked about: which model would answer.
    """

    similarities: list[Similarity | None]
    model: ModelOut


class SimilarBatchIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"contact_ids": [JEFF], "limit": 10}]}):
    contact_ids: list[UUID] = Field(max_length=ANCHORS_LIMIT)
    limit: int = Field(default=10, ge=1, le=NEAREST_LIMIT, description="nearest of each")
    people: bool = Field(default=False, description="say who they are, too")


class NearOut(BaseModel):
    """Who is nearest to one contact, nearest first, as ids and numbers; nobody where it has no vector."""

    contact_id: UUID
    ids: list[UUID]
    similarities: list[Similarity]


class PersonOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    tags: list[str]

    @classmethod
    def from_domain(cls, person: Person) -> Self:
        return cls(
            id=person.id,
            first_name=person.first_name,
            last_name=person.last_name,
            organization=person.organization,
            title=person.title,
            tags=person.tags,
        )


class SimilarBatchOut(BaseModel, json_schema_extra={"examples": [_NEAR]}):
    """The nearest of each contact, in the order asked; each of them once in `people` where that was asked for."""

    items: list[NearOut]
    people: list[PersonOut] = Field(description="empty unless asked for; who has just been erased is left out")
    next_cursor: str | None = None

    @classmethod
    def from_domain(
        cls, asked: Sequence[UUID], found: Mapping[UUID, Sequence[Hit]], people: Sequence[Person] = ()
    ) -> Self:
        near = ((contact_id, found.get(contact_id, ())) for contact_id in dict.fromkeys(asked))
        return cls(
            people=[PersonOut.from_domain(person) for person in people],
            items=[
                NearOut(
                    contact_id=contact_id,
                    ids=[hit.contact_id for hit in hits],
                    similarities=[hit.similarity for hit in hits],
                )
                for contact_id, hits in near
            ],
        )
