"""People, what is said of them, and lists of them, as GraphQL names them."""

from collections.abc import Awaitable
from dataclasses import field
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry import UNSET

from gateway.graph import rest
from gateway.graph.reading import Known, Neighbours
from gateway.graph.texts import said
from gateway.graph.types.loaded import asks_for, made, reading_of, told
from gateway.graph.types.scores import ContactSentiment, Intervention, Reason
from kit.errors import FieldError, Invalid

MOST_MEMBERS = 50  # that come with a cluster unless another number is asked for
EXPLAINED = ("reasons", "interventions", "interventionDetails")
MOST_SIMILAR = 50  # of each contact, where many are asked about at once


@strawberry.type(description="Somebody in the CRM.")
class Contact:
    id: UUID
    similarity: float | None = strawberry.field(default=None, description="0 to 1, only where the query compares")
    known: strawberry.Private[Known] = field(default_factory=dict)

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        """Make one of an item of a list that shows people; what it does not show is loaded when asked for."""
        return cls(id=UUID(one["id"]), similarity=one.get("similarity"), known=one)

    @strawberry.field(graphql_type=str)
    def first_name(self, info: strawberry.Info) -> Any:
        return self._told(info, "first_name")

    @strawberry.field(graphql_type=str)
    def last_name(self, info: strawberry.Info) -> Any:
        return self._told(info, "last_name")

    @strawberry.field(graphql_type=str | None)
    def organization(self, info: strawberry.Info) -> Any:
        return self._told(info, "organization")

    @strawberry.field(graphql_type=str | None)
    def title(self, info: strawberry.Info) -> Any:
        return self._told(info, "title")

    @strawberry.field(graphql_type=list[str])
    def tags(self, info: strawberry.Info) -> Any:
        return self._told(info, "tags")

    @strawberry.field(graphql_type=float | None, description="0 to 1; null without a link to anybody")
    def influence(self, info: strawberry.Info) -> Any:
        return self._told(info, "influence_score")

    @strawberry.field(graphql_type="ChurnPrediction | None", description="is this person drifting away")
    def churn(self, info: strawberry.Info) -> Any:
        return churn_of(info, self.id)

    @strawberry.field(graphql_type=ContactSentiment | None)
    def sentiment(self, info: strawberry.Info) -> Any:
        return made(reading_of(info).sentiment.load(self.id), "sentiment", ContactSentiment.read)

    @strawberry.field(graphql_type=list["Contact"], description="who is most like this person; at most 50")
    def similar(self, info: strawberry.Info, limit: int | None = 10) -> Any:
        return _neighbours(info, self.id, 10 if limit is None else limit)

    def _told(self, info: strawberry.Info, name: str) -> Any:
        return told(self.known, name, lambda: reading_of(info).contacts.load(self.id), "contact")


def _neighbours(info: strawberry.Info, contact_id: UUID, limit: int) -> Awaitable[list[Contact]]:
    """Begin to look for a contact's neighbours; raise Invalid at once for a limit that no batch takes."""
    if not 1 <= limit <= MOST_SIMILAR:
        where = FieldError("#/limit", said("limit_invalid", limit=MOST_SIMILAR), "query", {"ge": 1, "le": MOST_SIMILAR})
        raise Invalid(where.detail, code="limit_invalid", fields=[where], extra={"limit": MOST_SIMILAR})
    return _as_contacts(reading_of(info).similar.load((contact_id, limit)))


async def _as_contacts(found: Awaitable[Neighbours | None]) -> list[Contact]:
    return [Contact(id=UUID(one["id"]), similarity=similarity, known=one) for similarity, one in await found or ()]


def churn_of(info: strawberry.Info, contact_id: UUID) -> Any:
    """Load a prediction; with what follows from its reasons, which cost, only where that is asked for."""
    key = (contact_id, asks_for(info, *EXPLAINED))
    return made(reading_of(info).churn.load(key), "churn", ChurnPrediction.read)


@strawberry.type(description="How likely a tie is to fall silent.")
class ChurnPrediction:
    contact_id: UUID
    probability: float | None = strawberry.field(description="null without enough history")
    risk_level: str | None = strawberry.field(description="HIGH, MEDIUM or LOW")
    state: str
    horizon_days: int
    intervention_details: list[Intervention]
    reasons: list[Reason]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(
            contact_id=UUID(one["contact_id"]),
            probability=one["churn_probability"],
            risk_level=one["risk_level"],
            state=one["state"],
            horizon_days=one["horizon_days"],
            intervention_details=[Intervention.read(each) for each in one.get("interventions") or ()],
            reasons=[Reason.read(each) for each in one.get("reasons") or ()],
        )

    @strawberry.field(description="the texts of interventionDetails")
    def interventions(self) -> list[str]:
        return [each.text for each in self.intervention_details]

    @strawberry.field
    def contact(self) -> Contact | None:
        return Contact(id=self.contact_id)


@strawberry.type(description="Somebody to meet, and why.")
class ContactRecommendation:
    id: UUID
    score: float
    reason: str
    reasons: list[Reason]
    contact: Contact
    first_name: str
    last_name: str
    organization: str | None
    influence: float | None

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        contact = one["contact"]
        return cls(
            id=UUID(one["id"]),
            score=one["score"],
            reason=one["reason"],
            reasons=[Reason.read(each) for each in one["reasons"]],
            contact=Contact.read(contact),
            first_name=contact["first_name"],
            last_name=contact["last_name"],
            organization=contact["organization"],
            influence=one["parts"]["influence"],
        )


@strawberry.type(description="An interest group.")
class ContactCluster:
    id: int
    size: int
    top_topics: list[str]
    x: float
    y: float
    first: strawberry.Private[list[Contact]]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(
            id=one["id"],
            size=one["size"],
            top_topics=one["top_topics"],
            x=one["x"],
            y=one["y"],
            first=[Contact.read(member) for member in one.get("members") or ()],
        )

    @strawberry.field(description="the most typical first")
    async def members(self, info: strawberry.Info, limit: int | None = MOST_MEMBERS) -> list[Contact]:
        here = limit is None or 1 <= limit <= MOST_MEMBERS
        return self.first[:limit] if here else await read_members(info, self.id, limit, None)


@strawberry.type(description="An interest group and who is in it, the most typical first.")
class ClusterDetails:
    id: int
    size: int
    top_topics: list[str]
    silhouette: float | None
    first: strawberry.Private[list[Contact]]
    goes_on: strawberry.Private[bool]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(
            id=one["id"],
            size=one["size"],
            top_topics=one["top_topics"],
            silhouette=one["silhouette"],
            first=[Contact.read(member) for member in one["members"]],
            goes_on=one["next_cursor"] is not None,
        )

    @strawberry.field
    async def members(
        self, info: strawberry.Info, limit: int | None = MOST_MEMBERS, cursor: str | None = UNSET
    ) -> list[Contact]:
        fits = limit is None or limit == MOST_MEMBERS or (limit > len(self.first) and not self.goes_on)
        return self.first if fits and not cursor else await read_members(info, self.id, limit, cursor)


async def read_members(info: strawberry.Info, cluster_id: int, limit: int | None, cursor: str | None) -> list[Contact]:
    """Return a page of a cluster's members; the cursor of the next is in the extensions of the answer."""
    query = {"limit": limit, "cursor": cursor}
    return await reading_of(info).list(info, rest.CLUSTER, _members, query=query, cluster_id=cluster_id)


def _members(document: dict[str, Any]) -> list[Contact]:
    return [Contact.read(member) for member in document["members"]]
