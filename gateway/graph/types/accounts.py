"""Accounts and what is said of them, as GraphQL names them."""

from dataclasses import field
from typing import Any, Self
from uuid import UUID

import strawberry

from gateway.graph.reading import Known
from gateway.graph.types.loaded import asks_for, made, reading_of, told
from gateway.graph.types.scores import IcpScore


@strawberry.type(description="A firm in the CRM.")
class Account:
    id: UUID
    known: strawberry.Private[Known] = field(default_factory=dict)

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(id=UUID(one["id"]), known=one)

    @strawberry.field(graphql_type=str)
    def name(self, info: strawberry.Info) -> Any:
        return self._told(info, "name")

    @strawberry.field(graphql_type=str | None)
    def domain(self, info: strawberry.Info) -> Any:
        return self._told(info, "domain")

    @strawberry.field(graphql_type=str | None)
    def industry(self, info: strawberry.Info) -> Any:
        return self._told(info, "industry")

    @strawberry.field(graphql_type=int | None)
    def employee_count(self, info: strawberry.Info) -> Any:
        return self._told(info, "employee_count")

    @strawberry.field(graphql_type=IcpScore | None, description="how well it fits the ideal customer")
    def icp(self, info: strawberry.Info) -> Any:
        return icp_of(info, self.id)

    def _told(self, info: strawberry.Info, name: str) -> Any:
        return told(self.known, name, lambda: reading_of(info).accounts.load(self.id), "account")


def icp_of(info: strawberry.Info, account_id: UUID) -> Any:
    """Load a score; with its reasons, which cost, only where they are asked for."""
    return made(reading_of(info).icp.load((account_id, asks_for(info, "reasons"))), "icp", _score)


def _score(document: dict[str, Any]) -> IcpScore | None:
    return None if document["icp_score"] is None else IcpScore.read(document)


@strawberry.type(description="An account to pursue, and why.")
class AccountRecommendation:
    id: UUID
    score: float
    reason: str
    explore: bool = strawberry.field(description="shown to learn from, not for its score alone")
    account: Account

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        account_id = UUID(one["account_id"])
        return cls(
            id=account_id,
            score=one["score"],
            reason=one["reason"],
            explore=one["explore"],
            account=Account(id=account_id, known=one.get("account") or {}),
        )


@strawberry.type(description="Accounts to pursue, in the order they were drawn.")
class AccountRecommendations:
    decision_id: UUID = strawberry.field(description="feedback names it")
    items: list[AccountRecommendation]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        items = [AccountRecommendation.read(item) for item in one["items"]]
        return cls(decision_id=UUID(one["decision_id"]), items=items)
