"""What was said of ties and how it came true, what people say of them, how much there is to judge by."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from kit.readiness import Amount, amounts_of
from kit.wire import Instant
from services.churn.domain import Amounts, Past, RiskLevel, Run, Saying, State
from services.churn.schemas.ties import ModelOut, Probability

_MODEL = {"name": "churn", "version": "prior-1", "kind": "blend"}
_INTERVAL = {"value": 0.81, "low": 0.78, "high": 0.84}
_BACKTEST = {
    "as_of": "2026-08-25T00:00:00Z",
    "until": "2026-11-23T04:30:00Z",
    "ties": 412,
    "not_over_yet": 0,
    "fell_silent": 170,
    "auc": _INTERVAL,
    "auc_of_recency": 0.76,
    "brier": {"value": 0.17, "low": 0.15, "high": 0.19},
    "brier_of_base_rate": 0.242,
    "calibration_error": 0.04,
    "reliability": [{"ties": 41, "predicted": 0.11, "observed": 0.12}],
    "levels": [{"risk_level": "HIGH", "ties": 120, "fell_silent": 99}],
    "model": _MODEL,
}
_FEEDBACK = {
    "event_id": "7d7e1f60-6a2c-4b8e-9a0f-0a3b1f3c2d11",
    "action": "snooze",
    "until": "2026-12-24T00:00:00Z",
    "occurred_at": "2026-11-23T10:02:00Z",
}


class FeedbackIn(BaseModel, extra="forbid", json_schema_extra={"examples": [_FEEDBACK]}):
    """What is thought of a tie; it counts once for each `event_id`."""

    event_id: UUID
    action: Saying = Field(description="snooze: say nothing `until`; not_at_risk: nor for the tie's own horizon")
    until: Instant | None = Field(default=None, description="a snooze needs it")
    occurred_at: Instant | None = Field(default=None, description="now where left out")
    ego_contact_id: UUID | None = Field(default=None, description="from whom the tie is seen, as in the question")


class FeedbackOut(BaseModel, json_schema_extra={"examples": [{"status": "accepted", "until": "2026-12-24T00:00:00Z"}]}):
    status: Literal["accepted", "duplicate"]
    until: datetime


_PAST = {
    "facts_as_of": "2026-11-22T04:30:00Z",
    "state": "active",
    "churn_probability": 0.71,
    "risk_level": "HIGH",
    "horizon_days": 90,
    "model_version": "prior-1",
}


class PastOut(BaseModel, json_schema_extra={"examples": [_PAST]}):
    """What was said of a tie from then on until the next entry."""

    facts_as_of: datetime
    state: State
    churn_probability: Probability | None
    risk_level: RiskLevel | None
    horizon_days: int
    model_version: str

    @classmethod
    def from_domain(cls, past: Past, level: RiskLevel | None) -> Self:
        return cls(
            facts_as_of=past.facts_as_of,
            state=past.state,
            churn_probability=past.probability,
            risk_level=level,
            horizon_days=round(past.horizon_days),
            model_version=past.model_version,
        )


class HistoryOut(BaseModel):
    """An entry whenever the probability, to two places, the state or the model changed; the newest first."""

    items: list[PastOut]
    next_cursor: str | None = None


class IntervalOut(BaseModel, json_schema_extra={"examples": [_INTERVAL]}):
    value: float
    low: float = Field(description="lower end of the 95 % interval")
    high: float


class TenthOut(BaseModel):
    ties: int
    predicted: float
    observed: float


class LevelOut(BaseModel):
    risk_level: RiskLevel
    ties: int
    fell_silent: int


class BacktestOut(BaseModel, json_schema_extra={"examples": [_BACKTEST]}):
    """What would have been said at an instant, against what has happened since; null: it cannot be told."""

    as_of: datetime
    until: datetime = Field(description="what has happened by then is what counts")
    ties: int = Field(description="active ties whose horizon is over")
    not_over_yet: int
    fell_silent: int
    auc: IntervalOut | None
    auc_of_recency: float | None = Field(description="of days of silence alone")
    brier: IntervalOut | None
    brier_of_base_rate: float | None
    calibration_error: float | None
    reliability: list[TenthOut] = Field(description="tenths of the ties by probability")
    levels: list[LevelOut]
    model: ModelOut

    @classmethod
    def from_domain(cls, run: Run) -> Self:
        model = ModelOut(name=run.model_name, version=run.model_version, kind=run.model_kind)
        return cls.model_validate({**(run.report or {}), "as_of": run.facts_as_of, "model": model})


Kind = Literal["people", "interactions", "ties", "feedback"]


class ReadinessItem(Amount):
    kind: Kind


_READINESS: list[dict[str, Any]] = [{"kind": "interactions", "have": 33954, "minimum": 3, "optimal": 10000}]
# Three interactions make a tie that can be judged; a model of one's own takes hundreds of ties.
_ENOUGH: dict[str, tuple[int, int]] = {
    "people": (1, 150),
    "interactions": (3, 10_000),
    "ties": (1, 500),
    "feedback": (0, 100),
}


class ReadinessOut(BaseModel, json_schema_extra={"examples": [{"items": _READINESS, "next_cursor": None}]}):
    """How much the workspace has of what ties are judged by."""

    items: list[ReadinessItem]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, amounts: Amounts) -> Self:
        return cls(items=amounts_of(ReadinessItem, amounts, _ENOUGH))
