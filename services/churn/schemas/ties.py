"""What is said of ties now: one, a page of all, the answers of a batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from kit.wire import Instant
from services.churn.domain import Direction, Intervention, Reason, RiskLevel, Saying, State, Told

MOST_AT_ONCE = 1_000
_RICHARD, _JEFF = (
    "c1a4b7d0-92f3-4e0e-8a55-7d3b6e1f5a43",
    "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20",
)
_REASON = {
    "code": "silence",
    "direction": "up",
    "text": "47 days of silence, you usually speak every 20 days",
    "feature": "days since the last interaction",
    "value": 47,
    "comparison": 20,
    "contribution": 0.92,
}
_REACH_OUT = {
    "code": "reach_out",
    "text": "Reach out: 47 days of silence, you usually speak every 20 days",
    "contact_id": None,
}
_MODEL = {"name": "churn", "version": "prior-1", "kind": "blend"}
_CHURN = {
    "contact_id": _RICHARD,
    "ego_contact_id": _JEFF,
    "status": "scored",
    "missing": [],
    "churn_probability": 0.74,
    "risk_level": "HIGH",
    "state": "active",
    "horizon_days": 90,
    "interactions": 38,
    "days_since_last": 47.2,
    "usual_gap_days": 20,
    "link": "logit",
    "base": 0.13,
    "reasons": [_REASON],
    "interventions": [_REACH_OUT],
    "feedback": None,
    "model": _MODEL,
    "computed_at": "2026-11-23T04:31:02Z",
    "facts_as_of": "2026-11-23T04:30:00Z",
}

Probability = Annotated[float, Field(gt=0, lt=1)]


class ReasonOut(BaseModel, json_schema_extra={"examples": [_REASON]}):
    """Why a probability is what it is; a positive contribution speaks for silence."""

    code: str
    direction: Direction
    text: str
    feature: str
    value: float | None
    comparison: float | None = Field(description="what the value is held against: the tie's own past, or all ties")
    contribution: float = Field(description="what it adds to the log-odds")

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


class InterventionOut(BaseModel, json_schema_extra={"examples": [_REACH_OUT]}):
    """What to do about a tie."""

    code: Literal["reach_out", "schedule_meeting", "introduce"]
    text: str
    contact_id: UUID | None = Field(description="whom it takes beside the two: to whom the contact is introduced")

    @classmethod
    def from_domain(cls, one: Intervention) -> Self:
        return cls.model_validate({"code": one.code, "text": one.text, "contact_id": one.contact_id})


class ModelOut(BaseModel):
    name: str
    version: str
    kind: str


class SaidOut(BaseModel):
    """What somebody said of a tie and is still so: it is off the list that asks for nothing else."""

    action: Saying
    until: datetime


class ChurnOut(BaseModel, json_schema_extra={"examples": [_CHURN]}):
    """How likely it is that nothing passes on a tie within the horizon, why, and what to do."""

    contact_id: UUID
    ego_contact_id: UUID | None = Field(description="from whom it is seen; null: the workspace's own people")
    status: Literal["scored", "stale", "insufficient_data"]
    missing: list[str] = Field(description="what to add where data is insufficient")
    churn_probability: Probability | None = Field(description="null where there is too little to say")
    risk_level: RiskLevel | None = Field(description="HIGH above 0.7, MEDIUM above 0.4")
    state: State = Field(description="lost: silent for more than a year")
    horizon_days: int = Field(description="90, or twice the tie's own median gap where that is longer, or as asked")
    interactions: int = Field(description="those looked at: the newest thousand")
    days_since_last: float | None
    usual_gap_days: float | None = Field(description="median days between days with an interaction")
    link: Literal["logit"] = "logit"
    base: float | None = Field(description="base and contributions sum to the log-odds of the probability")
    reasons: list[ReasonOut]
    interventions: list[InterventionOut]
    feedback: SaidOut | None
    model: ModelOut
    computed_at: datetime
    facts_as_of: datetime

    @classmethod
    def from_domain(cls, told: Told) -> Self:
        return cls(**_fields(told))


def _fields(told: Told) -> dict[str, Any]:
    score = told.score
    said = score.feedback is not None and score.feedback_until is not None
    return {
        "contact_id": score.contact_id,
        "ego_contact_id": score.ego_id,
        "status": told.status,
        "missing": list(told.missing),
        "churn_probability": score.probability,
        "risk_level": told.risk_level,
        "state": score.state,
        "horizon_days": round(score.horizon_days),
        "interactions": score.interactions,
        "days_since_last": score.days_since_last,
        "usual_gap_days": score.usual_gap_days,
        "base": told.base,
        "reasons": [ReasonOut.from_domain(reason) for reason in told.reasons],
        "interventions": [InterventionOut.from_domain(one) for one in told.interventions],
        "feedback": {"action": score.feedback, "until": score.feedback_until} if said else None,
        "model": ModelOut(name=score.model_name, version=score.model_version, kind=score.model_kind),
        "computed_at": score.computed_at,
        "facts_as_of": score.facts_as_of,
    }


class ChurnsOut(
    BaseModel,
    json_schema_extra={
        "examples": [
            {"items": [_CHURN], "next_cursor": None, "ego_contact_id": _JEFF, "status": "scored", "missing": []}
        ]
    },
):
    """Ties of one ego by the last run, the likeliest to fall silent first."""

    items: list[ChurnOut]
    next_cursor: str | None = None
    ego_contact_id: UUID | None
    status: Literal["scored", "insufficient_data"] = Field(description="insufficient_data: no run has ended yet")
    missing: list[str]

    @classmethod
    def from_domain(cls, items: Sequence[Told], *, ego_id: UUID | None, has_run: bool, next_cursor: str | None) -> Self:
        return cls(
            items=[ChurnOut.from_domain(one) for one in items],
            next_cursor=next_cursor,
            ego_contact_id=ego_id,
            status="scored" if has_run else "insufficient_data",
            missing=[] if has_run else ["run"],
        )


class BatchIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"contact_ids": [_RICHARD]}]}):
    """Which ties; everything else as in the question about one."""

    contact_ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    ego_contact_id: UUID | None = None
    as_of: Instant | None = None
    horizon_days: int | None = Field(default=None, ge=1, le=3_650)
    explain: bool = Field(default=False, description="give reasons too: at most 200 contacts then")


class BatchItemOut(BaseModel):
    """One answer of a batch: the tie, or why there is none."""

    index: int = Field(description="place in the question")
    contact_id: UUID
    error: Literal["contact_not_found"] | None
    churn_probability: Probability | None
    risk_level: RiskLevel | None
    state: State | None
    horizon_days: int | None
    churn: ChurnOut | None


class BatchOut(
    BaseModel,
    json_schema_extra={
        "examples": [
            {
                "items": [
                    {
                        "index": 0,
                        "contact_id": _RICHARD,
                        "error": None,
                        "churn_probability": 0.74,
                        "risk_level": "HIGH",
                        "state": "active",
                        "horizon_days": 90,
                        "churn": _CHURN,
                    }
                ]
            }
        ]
    },
):
    """The answers in the order of the question."""

    items: list[BatchItemOut]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, asked: Sequence[UUID], found: Mapping[UUID, Told]) -> Self:
        return cls(items=[_item(index, one, found.get(one)) for index, one in enumerate(asked)])


def _item(index: int, contact_id: UUID, told: Told | None) -> BatchItemOut:
    churn = None if told is None else ChurnOut.from_domain(told)
    return BatchItemOut(
        index=index,
        contact_id=contact_id,
        error="contact_not_found" if churn is None else None,
        churn_probability=churn.churn_probability if churn else None,
        risk_level=churn.risk_level if churn else None,
        state=churn.state if churn else None,
        horizon_days=churn.horizon_days if churn else None,
        churn=churn,
    )
