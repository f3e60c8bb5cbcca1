"""Who knows whom, and what passed between people, on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from kit.wire import Instant
from services.crm.schemas import examples
from services.crm.schemas.rows import Kept, Notes, RowId, RowIn, RowOut

InteractionKind = Literal["email", "meeting", "call", "message", "note", "sync"]
Direction = Literal["in", "out", "both"]

DERIVED = "derived"


class LinkIn(RowIn, json_schema_extra=examples.LINK_IN):
    """Two people who know each other, in either order: the pair is what names the row."""

    contact_a: RowId
    contact_b: RowId
    strength: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    since: Instant | None = None

    @model_validator(mode="after")
    def _has_identity(self) -> Self:
        if self.id is not None:
            raise ValueError("a link has no id of its own: contact_a and contact_b name it")
        if self.source == DERIVED:
            raise ValueError("source derived is what the graph job computes: give a source of your own")
        return self


class InteractionIn(RowIn, json_schema_extra=examples.INTERACTION_IN):
    """Something that passed between a contact and its counterpart.

    Without `counterpart_id` the counterpart is the workspace's own people. `direction` is seen from the counterpart:
    `in` came from the contact, `out` went to it.
    """

    contact_id: Annotated[RowId | None, Kept] = None
    counterpart_id: RowId | None = None
    user_id: RowId | None = None
    kind: Annotated[InteractionKind | None, Kept] = None
    direction: Annotated[Direction | None, Kept] = None
    occurred_at: Annotated[Instant | None, Kept] = None
    summary: Notes | None = None


class LinkOut(RowOut, json_schema_extra=examples.LINK_OUT):
    contact_a: UUID
    contact_b: UUID
    strength: float | None
    since: datetime | None
    recorded_at: datetime


class InteractionOut(RowOut, json_schema_extra=examples.INTERACTION_OUT):
    contact_id: UUID
    counterpart_id: UUID | None
    user_id: UUID | None
    kind: InteractionKind
    direction: Direction
    occurred_at: datetime
    summary: str | None
    recorded_at: datetime
