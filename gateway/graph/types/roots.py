"""What a query or a mutation begins with: each field is one operation of the REST API, or one key of a batch."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import strawberry
from strawberry import UNSET

from gateway.graph import rest
from gateway.graph.types.accounts import Account, AccountRecommendations, icp_of
from gateway.graph.types.loaded import asks_for, made, reading_of
from gateway.graph.types.people import (
    MOST_MEMBERS,
    ChurnPrediction,
    ClusterDetails,
    Contact,
    ContactCluster,
    ContactRecommendation,
    churn_of,
)
from gateway.graph.types.scores import ContactSentiment, IcpScore, SentimentStats
from kit.http import Refused

Item_co = TypeVar("Item_co", covariant=True)


class Read(Protocol[Item_co]):
    """A type that is made of what a service answers."""

    def read(self, one: dict[str, Any], /) -> Item_co: ...


def items_of(kind: Read[Item_co]) -> Callable[[dict[str, Any]], list[Item_co]]:
    return lambda document: [kind.read(one) for one in document["items"]]


@strawberry.type
class Query:
    @strawberry.field(description="Who is most like somebody, nearest first.")
    async def similar_contacts(self, info: strawberry.Info, contact_id: UUID, limit: int | None = 10) -> list[Contact]:
        query = {"limit": limit}
        return await reading_of(info).list(info, rest.SIMILAR, items_of(Contact), query=query, contact_id=contact_id)

    @strawberry.field(description="Who answers a question in free text, best first.")
    async def search_contacts(self, info: strawberry.Info, query: str, limit: int | None = 10) -> list[Contact]:
        body = {"query": query} | ({} if limit is None else {"limit": limit})
        return await reading_of(info).list(info, rest.SEARCH, items_of(Contact), body=body)

    @strawberry.field(description="Whom a contact should meet; the caller's own card where none is named.")
    async def recommended_contacts(
        self,
        info: strawberry.Info,
        limit: int | None = 20,
        min_score: float | None = 0.6,
        contact_id: UUID | None = UNSET,
    ) -> list[ContactRecommendation]:
        query = {"limit": limit, "min_score": min_score, "contact_id": contact_id}
        return await reading_of(info).list(info, rest.PEOPLE_TO_MEET, items_of(ContactRecommendation), query=query)

    @strawberry.field(description="Which accounts the caller should pursue next.")
    async def recommended_accounts(self, info: strawberry.Info, limit: int | None = 20) -> AccountRecommendations:
        query = {"limit": limit}
        return await reading_of(info).list(info, rest.ACCOUNTS_TO_PURSUE, AccountRecommendations.read, query=query)

    @strawberry.field(graphql_type=ChurnPrediction | None, description="Is this person drifting away?")
    def churn_risk(self, info: strawberry.Info, contact_id: UUID) -> Any:
        return churn_of(info, contact_id)

    @strawberry.field(description="Who is drifting away; the next page's cursor is in the extensions of the answer.")
    async def all_churn_risks(
        self,
        info: strawberry.Info,
        risk_level: str | None = UNSET,
        limit: int | None = 50,
        cursor: str | None = UNSET,
    ) -> list[ChurnPrediction]:
        query = {"risk_level": risk_level, "limit": limit, "cursor": cursor}
        return await reading_of(info).list(info, rest.CHURN, items_of(ChurnPrediction), query=query)

    @strawberry.field(graphql_type=ContactSentiment | None, description="The tone of one relationship.")
    def contact_sentiment(self, info: strawberry.Info, contact_id: UUID) -> Any:
        return made(reading_of(info).sentiment.load(contact_id), "sentiment", ContactSentiment.read)

    @strawberry.field(description="The tone of all relationships.")
    async def sentiment_overview(self, info: strawberry.Info) -> SentimentStats:
        return await reading_of(info).list(info, rest.SENTIMENT_OVERVIEW, SentimentStats.read)

    @strawberry.field(description="The interest groups, the largest first.")
    async def contact_clusters(self, info: strawberry.Info) -> list[ContactCluster]:
        query = {"members": MOST_MEMBERS if asks_for(info, "members") else None}
        return await reading_of(info).list(info, rest.CLUSTERS, items_of(ContactCluster), query=query)

    @strawberry.field(description="One interest group.")
    async def cluster_details(self, info: strawberry.Info, cluster_id: int) -> ClusterDetails | None:
        try:
            return await reading_of(info).list(info, rest.CLUSTER, ClusterDetails.read, cluster_id=cluster_id)
        except Refused as refused:
            if refused.answered == 404:
                return None
            raise

    @strawberry.field(graphql_type=IcpScore | None, description="How well an account fits the ideal customer.")
    def icp_score(self, info: strawberry.Info, account_id: UUID) -> Any:
        return icp_of(info, account_id)

    @strawberry.field(graphql_type=Contact | None)
    def contact(self, info: strawberry.Info, id: UUID) -> Any:  # noqa: A002 the contract's name
        return made(reading_of(info).contacts.load(id), "crm", Contact.read)

    @strawberry.field(graphql_type=Account | None)
    def account(self, info: strawberry.Info, id: UUID) -> Any:  # noqa: A002
        return made(reading_of(info).accounts.load(id), "crm", Account.read)


@strawberry.type
class Mutation:
    @strawberry.mutation(description="What was thought of a recommendation; an event sent again changes nothing.")
    async def send_feedback(
        self,
        info: strawberry.Info,
        kind: str,
        target_id: UUID,
        action: str,
        event_id: UUID,
        decision_id: UUID | None = UNSET,
    ) -> bool:
        given = {"kind": kind, "target_id": target_id, "action": action, "event_id": event_id}
        given |= {} if not decision_id else {"decision_id": decision_id}
        body = {name: str(value) for name, value in given.items()}
        return await reading_of(info).rest.ask(rest.FEEDBACK, _taken, body=body)


def _taken(document: dict[str, Any]) -> bool:
    return cast(str, document["status"]) in {"accepted", "duplicate"}
