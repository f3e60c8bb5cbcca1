"""Tones of texts, what tags mean, what was corrected and what there is to read, as they go over the wire."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from kit.readiness import Amount, amounts_of
from kit.wire import Storable
from services.sentiment.domain import Amounts, Label, Sentence, Tone, Tongue
from services.sentiment.schemas.relationships import MODEL, Labelled, ModelOut, Value

TAGS_LIMIT = 1_000
TEXTS_LIMIT = 100
LONGEST_TEXT = 100_000
_RESULT = {
    "polarity": 0.82,
    "label": "positive",
    "language": "en",
    "confidence": 0.95,
    "evidence": [{"text": "Thank you, great work!", "polarity": 0.82, "language": "en"}],
}
_ANALYZED = {"results": [_RESULT], "model": MODEL}
_TAGS = {"items": [{"tag": "mentor", "value": 0.9, "origin": "default"}], "next_cursor": None}

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"[^#\s]"), Storable
]


class AnalyzeIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"texts": ["Thank you, great work!"]}]}):
    """One text or several; a letter may hold markup and quotations, which are left out."""

    text: Text | None = None
    texts: list[Text] | None = Field(default=None, max_length=TEXTS_LIMIT)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise ValueError("send text or texts, one of the two")
        return self

    @property
    def all(self) -> list[str]:
        return self.texts if self.texts is not None else [self.text or ""]


class SentenceOut(BaseModel):
    text: str
    polarity: float
    language: Tongue | None

    @classmethod
    def from_domain(cls, one: Sentence) -> Self:
        return cls(text=one.text, polarity=one.polarity, language=one.language)


class ToneOut(BaseModel):
    """How a text sounds; the label `none` says that there is nothing we can read, and is never neutral."""

    polarity: Value
    label: Label
    language: Tongue | None
    confidence: float
    evidence: list[SentenceOut]

    @classmethod
    def from_domain(cls, tone: Tone, evidence: Sequence[Sentence]) -> Self:
        return cls(
            polarity=tone.polarity,
            label=tone.label,
            language=tone.language,
            confidence=tone.confidence,
            evidence=[SentenceOut.from_domain(one) for one in evidence],
        )


class AnalyzeOut(BaseModel, json_schema_extra={"examples": [_ANALYZED]}):
    results: list[ToneOut]
    model: ModelOut


class CorrectionIn(
    BaseModel,
    extra="forbid",
    json_schema_extra={"examples": [{"label": "Positive", "correction_id": "7d7e1f60-6a2c-4b8e-9a0f-0a3b1f3c2d11"}]},
):
    """What a relationship's tone is; it counts once for each `correction_id`."""

    label: Labelled
    correction_id: UUID


class CorrectionOut(BaseModel, json_schema_extra={"examples": [{"status": "accepted"}]}):
    status: Literal["accepted", "duplicate"]


class TagIn(BaseModel, extra="forbid"):
    tag: Tag
    value: Value = Field(allow_inf_nan=False, description="0: the tag says nothing here")


class LexiconIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"items": [{"tag": "vip", "value": 0.6}]}]}):
    """All that the workspace says of tags: what is left out says what it says everywhere."""

    items: list[TagIn] = Field(max_length=TAGS_LIMIT)


class TagOut(BaseModel):
    tag: str = Field(description="as it is looked up: without case, # and ё")
    value: Value
    origin: Literal["default", "workspace"]


class LexiconOut(BaseModel, json_schema_extra={"examples": [_TAGS]}):
    items: list[TagOut]
    next_cursor: str | None = None


class ReadinessItem(Amount):
    kind: Literal["tags", "notes", "summaries", "interactions", "corrections"]


_READINESS: list[dict[str, Any]] = [{"kind": "interactions", "have": 33_954, "minimum": 3, "optimal": 1_000}]
_ENOUGH: dict[str, tuple[int, int]] = {
    "tags": (1, 100),
    "notes": (1, 100),
    "summaries": (1, 1_000),
    "interactions": (3, 1_000),
    "corrections": (20, 100),
}


class ReadinessOut(BaseModel, json_schema_extra={"examples": [{"items": _READINESS, "next_cursor": None}]}):
    """How much the workspace has of what tones are made from."""

    items: list[ReadinessItem]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, amounts: Amounts) -> Self:
        return cls(items=amounts_of(ReadinessItem, amounts, _ENOUGH))
