"""Embedding models on the wire: which serves, how far the others are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from kit.wire import Storable
from services.embeddings.domain.models import CountedModel, Readiness
from services.embeddings.schemas import ModelOut

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:/@-]+$"), Storable]


class NewModelIn(BaseModel, extra="forbid"):
    name: Name = Field(description="one of the models this installation is told of", examples=["all-MiniLM-L6-v2"])


class EmbeddingModelOut(ModelOut):
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


class EmbeddingModelsOut(BaseModel):
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


class ReadinessItem(BaseModel):
    kind: Literal["contacts"] = "contacts"
    have: int
    minimum: int
    optimal: int


class BudgetOut(BaseModel):
    """Tokens for vectors of contacts, a day (UTC); once they are used up, new vectors wait for the next one."""

    daily_tokens: int
    used_tokens: int
    used_up: bool
    resumes_at: datetime | None = Field(description="null while there are tokens left")


class ReadinessOut(BaseModel):
    """How much of the workspace can be compared: contacts with a vector of the model that serves, out of all."""

    model: ModelOut
    items: list[ReadinessItem]
    next_cursor: str | None = None
    models: list[EmbeddingModelOut] = Field(description="what serves first")
    budget: BudgetOut | None = Field(description="null where there is no limit")

    @classmethod
    def from_domain(cls, found: Readiness) -> Self:
        item = ReadinessItem(have=found.coverage.vectors, minimum=2, optimal=max(2, found.coverage.contacts))
        return cls(
            model=ModelOut.from_domain(found.serving),
            items=[item],
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
