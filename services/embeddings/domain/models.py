"""Embedding models of a workspace: which serves, which is being filled, what they have cost today."""

from dataclasses import dataclass
from datetime import datetime

from services.embeddings.domain import Coverage, Matrix, ModelName


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model of a workspace. `replaced` is what served before it, `served_until` when it last stopped serving."""

    name: str
    dimensions: int
    state: str  # embedding, ready, serving, removing
    replaced: str | None
    added_at: datetime
    serving_since: datetime | None
    served_until: datetime | None
    is_idle: bool  # no request that began while it served can still be reading its vectors

    @property
    def key(self) -> ModelName:
        return ModelName(self.name, self.dimensions)


@dataclass(frozen=True, slots=True)
class CountedModel:
    """A model, how many contacts have a vector of it, and whether this process can ask it."""

    kept: KeptModel
    vectors: int
    configured: bool


@dataclass(frozen=True, slots=True)
class Spent:
    """The tokens a workspace has used since midnight (UTC), and how long until the next one."""

    tokens: int
    day_ends_in_s: int
    day_ends_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """Vectors as a provider made them, one row for each text, and the tokens they have cost."""

    matrix: Matrix
    tokens: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What serves, how many of the contacts have a vector of it, the other models, and what is spent of a limit."""

    serving: ModelName
    coverage: Coverage
    models: list[CountedModel]
    daily_tokens: int
    spent: Spent | None

    @property
    def is_used_up(self) -> bool:
        return self.spent is not None and self.spent.tokens >= self.daily_tokens
