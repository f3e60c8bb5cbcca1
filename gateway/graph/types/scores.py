"""Scores and what they rest on, as GraphQL names them."""

from typing import Any, Self
from uuid import UUID

import strawberry


@strawberry.type(description="Why a score is what it is.")
class Reason:
    code: str
    direction: str = strawberry.field(description="up or down")
    text: str = strawberry.field(description="in the caller's language")
    contribution: float | None

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(code=one["code"], direction=one["direction"], text=one["text"], contribution=one.get("contribution"))


@strawberry.type(description="What to do about a tie that is at risk.")
class Intervention:
    code: str
    text: str
    contact_id: UUID | None = strawberry.field(description="whom it is about, beside the contact itself")

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(code=one["code"], text=one["text"], contact_id=uuid_or_none(one.get("contact_id")))


@strawberry.type(description="The parts of a tone, each -1 to 1; null without data.")
class SentimentComponents:
    tags: float | None
    notes: float | None
    interactions: float | None

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(tags=one.get("tags"), notes=one.get("notes"), interactions=one.get("interactions"))


@strawberry.type(description="The tone of a relationship, -1 to 1.")
class ContactSentiment:
    contact_id: UUID
    overall_sentiment: float | None
    label: str | None
    components: SentimentComponents | None

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        parts = one.get("components")
        return cls(
            contact_id=UUID(one["contact_id"]),
            overall_sentiment=one["overall_sentiment"],
            label=one["sentiment_label"],
            components=None if parts is None else SentimentComponents.read(parts),
        )


@strawberry.type(description="The tone of all relationships of the workspace.")
class SentimentStats:
    average_sentiment: float
    positive_count: int
    neutral_count: int
    negative_count: int

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(
            average_sentiment=one["average_sentiment"],
            positive_count=one["positive_count"],
            neutral_count=one["neutral_count"],
            negative_count=one["negative_count"],
        )


@strawberry.type(description="How well an account fits the ideal customer.")
class IcpScore:
    account_id: UUID
    icp_score: float = strawberry.field(description="1 to 10")
    priority: str = strawberry.field(description="high, medium or low")
    probability: float | None
    fit: float
    intent: float
    reasons: list[Reason]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Self:
        return cls(
            account_id=UUID(one["account_id"]),
            icp_score=one["icp_score"],
            priority=one["priority"],
            probability=one.get("probability"),
            fit=one["fit"],
            intent=one["intent"],
            reasons=[Reason.read(reason) for reason in one.get("reasons") or ()],
        )


def uuid_or_none(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
