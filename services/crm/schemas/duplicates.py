"""Duplicates and merges on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.crm.schemas import examples

MERGE_LIMIT = 50


class DuplicatesOut(BaseModel, json_schema_extra=examples.DUPLICATES):
    """Contacts that may be one person."""

    ids: list[UUID]
    reasons: list[Literal["email", "phone", "name_and_organization"]]
    score: float = Field(ge=0, le=1, description="of the weakest tie that holds them together")


class DuplicatesPage(BaseModel):
    """A page of proposals, in the order of their first ids."""

    items: list[DuplicatesOut]
    next_cursor: str | None = None


class MergeIn(BaseModel, extra="forbid", json_schema_extra=examples.MERGE_IN):
    """One contact to keep, and those to merge into it."""

    keep: UUID
    merge: Annotated[list[UUID], Field(min_length=1, max_length=MERGE_LIMIT)]

    @model_validator(mode="after")
    def _are_different(self) -> Self:
        if len({self.keep, *self.merge}) <= len(self.merge):
            raise ValueError("keep and merge must name different contacts")
        return self


class MergeOut(BaseModel, json_schema_extra=examples.MERGE_OUT):
    """A merge; its `id` is what undoes it."""

    id: UUID
    kept_id: UUID
    merged_ids: list[UUID]
    recorded_at: datetime
