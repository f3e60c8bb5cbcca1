"""People to meet, introductions and what was thought of them, as they go over the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from kit.readiness import Amount, amounts_of
from kit.wire import Instant
from services.recommend.domain import (
    Amounts,
    Candidate,
    Introduction,
    MutualContact,
    Reason,
    Recommendation,
    Recommendations,
)

_JEFF, _RICHARD, _ANNA = (
    "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20",
    "c1a4b7d0-92f3-4e0e-8a55-7d3b6e1f5a43",
    "0b7e8c46-3f0a-4a52-9d1e-55d2b5c5a1f0",
)
_REASON = {
    "code": "mutual_contacts",
    "direction": "up",
    "text": "3 mutual contacts: Anna, Ivan, Olga",
    "feature": "mutual_contacts",
    "value": 3,
    "comparison": 1.2,
    "contribution": 0.09,
}
_CONTACT = {
    "id": _RICHARD,
    "first_name": "Richard",
    "last_name": "Shapiro",
    "organization": "Regulatory and Government Affairs",
    "title": "Vice President of Regulatory Affairs",
}
_PARTS = {"mutual_contacts": 0.3, "semantic_similarity": 0.68, "influence": 0.9, "same_organization": 1}
_INTRODUCER = {"id": _ANNA, "first_name": "Anna", "last_name": "Lind", "strength": 0.8}
_ITEM = {
    "id": _RICHARD,
    "score": 0.81,
    "base": -2.1,
    "parts": _PARTS,
    "reason": _REASON["text"],
    "reasons": [_REASON],
    "contact": _CONTACT,
    "introducers": [_INTRODUCER],
}
_PEOPLE = {
    "contact_id": _JEFF,
    "status": "scored",
    "missing": [],
    "degraded": False,
    "model": {"name": "people_ranker", "version": "2026-11-22", "kind": "logistic_regression"},
    "link": "logit",
    "computed_at": "2026-11-23T04:16:02Z",
    "facts_as_of": "2026-11-23T04:15:00Z",
    "items": [_ITEM],
    "next_cursor": None,
    "below_min_score": 12,
}
_INTRODUCTIONS = {
    "items": [
        {
            "introducer": {"id": _ANNA, "name": "Anna Lind"},
            "target": {"id": _RICHARD, "name": "Richard Shapiro"},
            "score": 0.55,
            "reason": "Anna Lind can introduce you: you two spoke 6 days ago",
            "reasons": [_REASON | {"code": "own_tie", "feature": "strength", "value": 0.7, "contribution": -0.36}],
            "last_contact_at": "2026-11-17T10:00:00Z",
        }
    ],
    "next_cursor": None,
}
_FEEDBACK = {
    "kind": "contact",
    "target_id": _RICHARD,
    "action": "dismiss",
    "event_id": "7d7e1f60-6a2c-4b8e-9a0f-0a3b1f3c2d11",
    "occurred_at": "2026-11-23T10:02:00Z",
}

Score = Annotated[float, Field(ge=0, le=1)]


class ReasonOut(BaseModel, json_schema_extra={"examples": [_REASON]}):
    """Why a score is what it is."""

    code: str
    direction: Literal["up", "down"]
    text: str
    feature: str
    value: float | None
    comparison: float | None = Field(description="the average of the same contact's candidates")
    contribution: float = Field(description="on the scale `link` names")

    @classmethod
    def from_domain(cls, reason: Reason) -> Self:
        return cls(
            code=reason.code,
            direction=reason.direction,
            text=reason.text,
            feature=reason.feature,
            value=reason.value,
            comparison=reason.comparison,
            contribution=reason.contribution,
        )


class ModelOut(BaseModel):
    name: str
    version: str
    kind: str


class ContactOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None

    @classmethod
    def from_domain(cls, person: Candidate) -> Self:
        return cls(
            id=person.candidate_id,
            first_name=person.first_name,
            last_name=person.last_name,
            organization=person.organization,
            title=person.title,
        )


class MutualContactOut(BaseModel):
    """Somebody who knows both."""

    id: UUID
    first_name: str
    last_name: str
    strength: Score = Field(description="of the weaker of the two ties")

    @classmethod
    def from_domain(cls, person: MutualContact) -> Self:
        return cls(id=person.id, first_name=person.first_name, last_name=person.last_name, strength=person.strength)


class PartsOut(BaseModel):
    """The four parts of the plain rule, each 0–1; null where nothing is known."""

    mutual_contacts: Score | None
    semantic_similarity: Score | None
    influence: Score | None
    same_organization: Score | None

    @classmethod
    def from_domain(cls, person: Candidate) -> Self:
        return cls(
            mutual_contacts=min(person.mutual / 10, 1),
            semantic_similarity=person.semantic_similarity,
            influence=person.influence,
            same_organization=person.same_organization,
        )


class RecommendationOut(BaseModel, json_schema_extra={"examples": [_ITEM]}):
    """Somebody to meet."""

    id: UUID
    score: Score = Field(description="of the plain rule, or the percentile among all candidates of the run")
    parts: PartsOut
    reason: str
    reasons: list[ReasonOut]
    base: float = Field(description="base and contributions sum to the score on the scale `link` names")
    contact: ContactOut
    introducers: list[MutualContactOut] = Field(description="who knows both, the three strongest")

    @classmethod
    def from_domain(cls, one: Recommendation) -> Self:
        return cls(
            id=one.candidate.candidate_id,
            score=one.score,
            parts=PartsOut.from_domain(one.candidate),
            reason=one.reasons[0].text if one.reasons else "",
            reasons=[ReasonOut.from_domain(reason) for reason in one.reasons],
            base=one.base,
            contact=ContactOut.from_domain(one.candidate),
            introducers=[MutualContactOut.from_domain(person) for person in one.introducers],
        )


class RecommendationsOut(BaseModel, json_schema_extra={"examples": [_PEOPLE]}):
    """Whom a contact should meet, the best first; of each contact the 50 best are kept."""

    contact_id: UUID
    status: Literal["scored", "baseline", "stale", "insufficient_data"]
    missing: list[str] = Field(description="what to add where data is insufficient")
    degraded: bool = Field(description="services/embeddings was away: how like each other people are is unknown")
    model: ModelOut
    link: Literal["identity", "logit", "log"] = Field(description="the scale on which contributions sum")
    computed_at: datetime
    facts_as_of: datetime | None
    items: list[RecommendationOut]
    next_cursor: str | None = None
    below_min_score: int = Field(description="how many more there are that did not score enough")

    @classmethod
    def from_domain(cls, found: Recommendations, *, plain: ModelOut, now: datetime) -> Self:
        run = found.run
        return cls(
            contact_id=found.contact_id,
            status=found.status,
            missing=list(found.missing),
            degraded=run is not None and run.degraded,
            model=ModelOut(name=run.model_name, version=run.model_version, kind=run.model_kind) if run else plain,
            link=run.link if run else "identity",
            computed_at=run.computed_at if run else now,
            facts_as_of=run.facts_as_of if run else None,
            items=[RecommendationOut.from_domain(one) for one in found.items],
            below_min_score=found.below_min_score,
        )


class NamedOut(BaseModel):
    id: UUID
    name: str


class IntroductionOut(BaseModel):
    """Somebody who can introduce the caller, or his colleague, to a target."""

    introducer: NamedOut
    target: NamedOut
    score: Score
    reason: str
    reasons: list[ReasonOut]
    last_contact_at: datetime | None = Field(description="when the introducer was last spoken to")

    @classmethod
    def from_domain(cls, one: Introduction) -> Self:
        way = one.way
        return cls(
            introducer=NamedOut(id=way.introducer_id, name=way.introducer),
            target=NamedOut(id=way.target_id, name=way.target),
            score=one.score,
            reason=one.reason,
            reasons=[ReasonOut.from_domain(reason) for reason in one.reasons],
            last_contact_at=way.last_contact_at,
        )


class IntroductionsOut(BaseModel, json_schema_extra={"examples": [_INTRODUCTIONS]}):
    items: list[IntroductionOut]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, found: Sequence[Introduction]) -> Self:
        return cls(items=[IntroductionOut.from_domain(one) for one in found])


class FeedbackIn(BaseModel, extra="forbid", json_schema_extra={"examples": [_FEEDBACK]}):
    """What was thought of a recommendation; it counts once for each `event_id`."""

    kind: Literal["contact", "account"]
    target_id: UUID
    action: Literal["connect", "dismiss"] = Field(description="either takes the target off the list, for good")
    event_id: UUID
    occurred_at: Instant | None = Field(default=None, description="now where left out")
    contact_id: UUID | None = Field(default=None, description="to whom it was recommended; the caller's own card")
    decision_id: UUID | None = Field(default=None, description="of a decision about accounts")


class FeedbackOut(BaseModel, json_schema_extra={"examples": [{"status": "accepted"}]}):
    status: Literal["accepted", "duplicate"]


class ReadinessItem(Amount):
    kind: Literal["people", "links", "interactions", "feedback"]


_READINESS: list[dict[str, Any]] = [{"kind": "people", "have": 156, "minimum": 3, "optimal": 150}]
# What is enough: three people make one path of two steps; a ranker learns from fifty new ties, or fifty verdicts.
_ENOUGH: dict[str, tuple[int, int]] = {
    "people": (3, 150),
    "links": (2, 1_000),
    "interactions": (100, 10_000),
    "feedback": (50, 500),
}


class ReadinessOut(BaseModel, json_schema_extra={"examples": [{"items": _READINESS, "next_cursor": None}]}):
    """How much the workspace has of what recommendations are made from."""

    items: list[ReadinessItem]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, amounts: Amounts) -> Self:
        return cls(items=amounts_of(ReadinessItem, amounts, _ENOUGH))
