"""Tones of relationships, one, many, all together and over time, as they go over the wire."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.sentiment.domain import (
    Counts,
    Evidence,
    Kept,
    Reason,
    RelationshipLabel,
    Sentiment,
    Side,
    Status,
    Week,
)

CONTACTS_LIMIT = 1_000

JEFF = "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20"
MODEL = {"name": "tone", "version": "2026-11-28", "kind": "linear"}
_SENTENCE = {
    "code": "sentence",
    "text": "Thank you, great work!",
    "value": 0.82,
    "source": "summary",
    "at": "2026-11-20T09:12:00Z",
    "direction": "in",
}
_TAG_EVIDENCE = {"code": "tag", "text": "mentor", "value": 0.9, "source": "tags", "at": None, "direction": None}
_REASON = {
    "code": "tags",
    "direction": "up",
    "text": "tags: mentor",
    "feature": "tags",
    "value": 0.9,
    "comparison": None,
    "contribution": 0.36,
}
_SENTIMENT = {
    "contact_id": JEFF,
    "status": "scored",
    "missing": [],
    "overall_sentiment": 0.58,
    "sentiment_label": "Very Positive",
    "components": {"tags": 0.9, "notes": 0.5, "interactions": 0.25},
    "confidence": {"tags": 0.5, "notes": 0.6, "interactions": 0.9},
    "directions": {"in": {"polarity": 0.6, "texts": 7}, "out": {"polarity": 0.3, "texts": 5}},
    "evidence": [_TAG_EVIDENCE, _SENTENCE],
    "reasons": [_REASON],
    "base": 0,
    "link": "identity",
    "model": MODEL,
    "computed_at": "2026-11-23T04:46:00Z",
    "facts_as_of": "2026-11-23T04:45:00Z",
}
_OVERVIEW = {
    "status": "scored",
    "average_sentiment": 0.17,
    "positive_count": 61,
    "neutral_count": 80,
    "negative_count": 15,
    "labels": {"Very Positive": 11, "Positive": 50, "Neutral": 80, "Negative": 12, "Very Negative": 3},
    "model": MODEL,
    "computed_at": "2026-11-23T04:46:00Z",
    "facts_as_of": "2026-11-23T04:45:00Z",
}
_WEEK = {
    "week": "2026-11-16",
    "average_sentiment": 0.17,
    "contacts": 156,
    "positive_count": 61,
    "neutral_count": 80,
    "negative_count": 15,
}
Value = Annotated[float, Field(ge=-1, le=1)]
Labelled = Literal["Very Positive", "Positive", "Neutral", "Negative", "Very Negative"]


class ModelOut(BaseModel):
    name: str
    version: str
    kind: str


class ReasonOut(BaseModel):
    """Why a score is what it is: one reason for each part, contributions summing to the score."""

    code: str
    direction: Literal["up", "down"]
    text: str
    feature: str
    value: float | None
    comparison: float | None
    contribution: float

    @classmethod
    def from_domain(cls, one: Reason) -> Self:
        return cls(
            code=one.code,
            direction=one.direction,
            text=one.text,
            feature=one.feature,
            value=one.value,
            comparison=one.comparison,
            contribution=one.contribution,
        )


class EvidenceOut(BaseModel):
    """A tag or a sentence that pushed."""

    code: Literal["tag", "sentence"]
    text: str
    value: float
    source: Literal["tags", "notes", "summary"]
    at: datetime | None
    direction: Literal["in", "out", "both"] | None = Field(description="in: they wrote it; out: we did")

    @classmethod
    def from_domain(cls, one: Evidence) -> Self:
        return cls(code=one.code, text=one.text, value=one.value, source=one.source, at=one.at, direction=one.direction)


class ComponentsOut(BaseModel):
    """The three parts, -1 to 1, null where there is no data; or how sure each is, 0 to 1."""

    tags: float | None
    notes: float | None
    interactions: float | None


class SideOut(BaseModel):
    polarity: float
    texts: int = Field(description="how many could be read")

    @classmethod
    def from_domain(cls, one: Side | None) -> Self | None:
        return None if one is None else cls(polarity=one.polarity, texts=one.texts)


class DirectionsOut(BaseModel):
    """What they said, and what we wrote: kept apart."""

    received: SideOut | None = Field(alias="in", serialization_alias="in")
    sent: SideOut | None = Field(alias="out", serialization_alias="out")


class SentimentOut(BaseModel, json_schema_extra={"examples": [_SENTIMENT]}):
    """The tone of a relationship; lists and batches leave out directions, evidence and reasons."""

    contact_id: UUID
    status: Status
    missing: list[Literal["tags", "notes", "interactions"]] = Field(description="parts without data")
    overall_sentiment: Value | None
    sentiment_label: Labelled | None
    components: ComponentsOut
    confidence: ComponentsOut
    directions: DirectionsOut | None = None
    evidence: list[EvidenceOut] = []
    reasons: list[ReasonOut] = []
    base: float = 0.0
    link: Literal["identity"] = "identity"
    model: ModelOut
    computed_at: datetime
    facts_as_of: datetime

    @classmethod
    def from_domain(
        cls,
        one: Sentiment,
        *,
        label: RelationshipLabel | None,
        model: ModelOut,
        computed_at: datetime,
        facts_as_of: datetime,
        evidence: Sequence[Evidence] = (),
        reasons: Sequence[Reason] = (),
    ) -> Self:
        shares = {share.part: share for share in one.shares}
        return cls(
            contact_id=one.contact_id,
            status=_status(one.overall, model),
            missing=[part for part in ("tags", "notes", "interactions") if part not in shares],
            overall_sentiment=one.overall,
            sentiment_label=label,
            components=ComponentsOut(**_each({part: share.value for part, share in shares.items()})),
            confidence=ComponentsOut(**_each({part: share.confidence for part, share in shares.items()})),
            directions=DirectionsOut.model_validate(
                {"in": SideOut.from_domain(one.received), "out": SideOut.from_domain(one.sent)}
            ),
            evidence=[EvidenceOut.from_domain(each) for each in evidence],
            reasons=[ReasonOut.from_domain(each) for each in reasons],
            model=model,
            computed_at=computed_at,
            facts_as_of=facts_as_of,
        )

    @classmethod
    def from_kept(cls, one: Kept, *, label: RelationshipLabel, model: ModelOut) -> Self:
        parts = {"tags": one.tags, "notes": one.notes, "interactions": one.interactions}
        sure = {
            "tags": one.tags_confidence,
            "notes": one.notes_confidence,
            "interactions": one.interactions_confidence,
        }
        return cls(
            contact_id=one.contact_id,
            status=_status(one.overall, model),
            missing=[part for part in ("tags", "notes", "interactions") if parts[part] is None],
            overall_sentiment=one.overall,
            sentiment_label=label,
            components=ComponentsOut(**parts),
            confidence=ComponentsOut(**sure),
            model=model,
            computed_at=one.computed_at,
            facts_as_of=one.facts_as_of,
        )


def _status(overall: float | None, model: ModelOut) -> Status:
    if overall is None:
        return "insufficient_data"
    return "scored" if model.kind == "linear" else "baseline"


def _each(values: Mapping[str, float]) -> dict[str, float | None]:
    return {part: values.get(part) for part in ("tags", "notes", "interactions")}


class SentimentsOut(BaseModel, json_schema_extra={"examples": [{"items": [_SENTIMENT], "next_cursor": None}]}):
    """Relationships in the order of their contacts' ids; those of which nothing is known are left out."""

    items: list[SentimentOut]
    next_cursor: str | None = None


class BatchIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"contact_ids": [JEFF]}]}):
    contact_ids: list[UUID] = Field(max_length=CONTACTS_LIMIT)


class BatchItem(BaseModel):
    contact_id: UUID
    sentiment: SentimentOut | None = None
    error: Literal["contact_not_found"] | None = None


class BatchOut(
    BaseModel,
    json_schema_extra={"examples": [{"items": [{"contact_id": JEFF, "sentiment": _SENTIMENT, "error": None}]}]},
):
    """An item for each id, in the order asked."""

    items: list[BatchItem]
    next_cursor: str | None = None


class OverviewOut(BaseModel, json_schema_extra={"examples": [_OVERVIEW]}):
    """How the relationships of a workspace stand; positive and negative count their very ones too."""

    status: Status
    average_sentiment: float = Field(description="0 where there is no relationship with data")
    positive_count: int
    neutral_count: int
    negative_count: int
    labels: dict[Labelled, int]
    model: ModelOut
    computed_at: datetime | None
    facts_as_of: datetime | None

    @classmethod
    def from_domain(cls, counts: Counts, *, model: ModelOut) -> Self:
        labels: dict[Labelled, int] = {
            "Very Positive": counts.very_positive,
            "Positive": counts.positive,
            "Neutral": counts.neutral,
            "Negative": counts.negative,
            "Very Negative": counts.very_negative,
        }
        return cls(
            status=_status(counts.average if counts.all else None, model),
            average_sentiment=counts.average,
            positive_count=counts.very_positive + counts.positive,
            neutral_count=counts.neutral,
            negative_count=counts.negative + counts.very_negative,
            labels=labels,
            model=model,
            computed_at=counts.computed_at,
            facts_as_of=counts.facts_as_of,
        )


class WeekOut(BaseModel):
    """The newest figure of each contact in a week, by its Monday (UTC)."""

    week: date
    average_sentiment: float
    contacts: int
    positive_count: int
    neutral_count: int
    negative_count: int

    @classmethod
    def from_domain(cls, one: Week) -> Self:
        return cls(
            week=one.week,
            average_sentiment=one.average,
            contacts=one.contacts,
            positive_count=one.positive,
            neutral_count=one.neutral,
            negative_count=one.negative,
        )


class TrendOut(BaseModel, json_schema_extra={"examples": [{"items": [_WEEK], "next_cursor": None}]}):
    items: list[WeekOut] = Field(description="oldest first")
    next_cursor: str | None = None
