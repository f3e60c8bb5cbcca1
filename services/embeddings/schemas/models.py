"""Embedding models on the wire: which serves, how far the others are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from kit.readiness import Amount
from kit.wire import Storable
from services.embeddings.domain.models import CountedModel, Readiness
from services.embeddings.schemas import STANDING, ModelOut

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:/@-]+$"), Storable]


_SERVES = {
    **STANDING["model"],
    "state": "serving",
    "configured": True,
    "vectors": 156,
    "added_at": "2026-11-20T08:00:00Z",
    "serving_since": "2026-11-20T08:00:00Z",
}
_FILLS = {
    **_SERVES,
    "name": "text-embedding-3-small",
    "version": "1536",
    "state": "embedding",
    "vectors": 96,
    "added_at": "2026-11-23T09:12:00Z",
    "serving_since": None,
}
_MODELS = {
    "items": [_SERVES, _FILLS],
    "next_cursor": None,
    "serving": {_SERVES["name"]: _SERVES["version"]},
    "available": ["text-embedding-3-large"],
}
_BUDGET = {"daily_tokens": 1_000_000, "used_tokens": 52_480, "used_up": False, "resumes_at": None}
_READINESS = {
    "model": STANDING["model"],
    "items": [
        {"kind": "contacts", "have": 156, "minimum": 2, "optimal": 156},
        {"kind": "words", "have": 156, "minimum": 1, "optimal": 156},
    ],
    "next_cursor": None,
    "models": [_SERVES, _FILLS],
    "budget": _BUDGET,
}


class NewModelIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"name": _FILLS["name"]}]}):
    name: Name = Field(description="one of the models this installation is told of")


class EmbeddingModelOut(ModelOut, json_schema_extra={"examples": [_SERVES]}):
    """A model of the workspace; `version` is the number of its dimensions."""

    state: Literal["embedding", "ready", "serving", "removing"] = Field(
        description="embedding: its vectors are being made; ready: it may serve; removing: its vectors are going"
    )
    configured: bool = Field(description="whether this installation is still told how to ask it")
    vectors: int = Field(ge=0, description="contacts with a vector of it")
    added_at: datetime
    serving_since: datetime | None = Field(description="when it last began to serve")

    @classmethod
    def of(cls, model: CountedModel) -> Self:
        return cls(
            name=model.kept.name,
            version=f"{model.kept.dimensions}",
            state=model.kept.state,
            configured=model.configured,
            vectors=model.vectors,
            added_at=model.kept.added_at,
            serving_since=model.kept.serving_since,
        )


class EmbeddingModelsOut(BaseModel, json_schema_extra={"examples": [_MODELS]}):
    """The models of a workspace, what serves first; `available` are those that can be added."""

    items: list[EmbeddingModelOut]
    next_cursor: str | None = None
    serving: dict[str, str] = Field(description="name and version of what serves")
    available: list[str]

    @classmethod
    def from_domain(cls, found: Readiness, *, known: Sequence[str]) -> Self:
        there = {one.kept.name for one in found.models} | {found.serving.name}
        return cls(
            items=[EmbeddingModelOut.of(one) for one in found.models],
            serving={found.serving.name: f"{found.serving.dimensions}"},
            available=[name for name in known if name not in there],
        )


class ReadinessItem(Amount):
    kind: Literal["contacts", "words"] = Field(
        description="contacts that have a vector, or that words and filters find"
    )


class BudgetOut(BaseModel):
    """Tokens for vectors of contacts, a day (UTC); once they are used up, new vectors wait for the next one."""

    daily_tokens: int
    used_tokens: int
    used_up: bool
    resumes_at: datetime | None = Field(description="null while there are tokens left")


class ReadinessOut(BaseModel, json_schema_extra={"examples": [_READINESS]}):
    """How much of the workspace can be compared and searched: contacts with a vector of the model that serves, and
    with words, out of all.
    """

    model: ModelOut
    items: list[ReadinessItem]
    next_cursor: str | None = None
    models: list[EmbeddingModelOut] = Field(description="what serves first")
    budget: BudgetOut | None = Field(description="null where there is no limit")

    @classmethod
    def from_domain(cls, found: Readiness) -> Self:
        have = found.coverage
        vectors = ReadinessItem(kind="contacts", have=have.vectors, minimum=2, optimal=max(2, have.contacts))
        words = ReadinessItem(kind="words", have=have.documents, minimum=1, optimal=max(1, have.contacts))
        return cls(
            model=ModelOut.from_domain(found.serving),
            items=[vectors, words],
            models=[EmbeddingModelOut.of(one) for one in found.models],
            budget=_budget(found),
        )


def _budget(found: Readiness) -> BudgetOut | None:
    if found.spent is None:
        return None
    used_up = found.is_used_up
    return BudgetOut(
        daily_tokens=found.daily_tokens,
        used_tokens=found.spent.tokens,
        used_up=used_up,
        resumes_at=found.spent.day_ends_at if used_up else None,
    )
