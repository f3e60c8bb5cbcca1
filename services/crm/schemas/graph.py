"""Communities and influence on the wire."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.crm.domain import Community, Influential
from services.crm.schemas import examples


class MemberOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    influence_score: float | None


class CommunityOut(BaseModel, json_schema_extra=examples.COMMUNITY):
    """People who know each other; ids stay the same from run to run where they can."""

    id: int
    size: int = Field(ge=1)
    top_members: list[MemberOut] = Field(description="the five most influential")

    @classmethod
    def from_domain(cls, community: Community) -> Self:
        members = [MemberOut.model_validate(member) for member in community.top_members]
        return cls(id=community.id, size=community.size, top_members=members)


class CommunitiesOut(BaseModel):
    items: list[CommunityOut]
    next_cursor: str | None = None


class InfluentialOut(BaseModel, json_schema_extra=examples.INFLUENTIAL):
    """A person and his influence: the share of people with links whose PageRank is below his."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    influence_score: float = Field(ge=0, le=1)
    community_id: int | None

    @classmethod
    def from_domain(cls, person: Influential) -> Self:
        return cls(
            id=person.id,
            first_name=person.first_name,
            last_name=person.last_name,
            organization=person.organization,
            title=person.title,
            influence_score=person.influence_score,
            community_id=person.community_id,
        )


class InfluenceOut(BaseModel):
    items: list[InfluentialOut]
    next_cursor: str | None = None
