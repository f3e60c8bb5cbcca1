"""Contacts and users on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from kit.wire import Instant, JsonObject, Storable
from services.crm.schemas import examples
from services.crm.schemas.rows import CreatedAt, Email, Name, Notes, Phone, Phrase, RowId, RowIn, RowOut, Tag, Url


class ContactIn(RowIn, json_schema_extra=examples.CONTACT_IN):
    """A contact to write: an absent field stays, null clears."""

    first_name: Name | None = Field(default=None, examples=["Ada"])
    last_name: Name | None = Field(default=None, examples=["Lovelace"])
    organization: Phrase | None = None
    title: Phrase | None = None
    emails: Annotated[list[Email], Field(max_length=50)] | None = None
    phones: Annotated[list[Phone], Field(max_length=50)] | None = None
    urls: Annotated[list[Url], Field(max_length=50)] | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = None
    notes: Notes | None = None
    account_id: RowId | None = None
    influence_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    community_id: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    custom: JsonObject | None = None
    archived_at: Instant | None = None
    created_at: CreatedAt = None


class UserIn(RowIn, json_schema_extra=examples.USER_IN):
    """A user to write: `contact_id` is his own card, by id or by source and external_id."""

    contact_id: RowId | None = None
    name: Name | None = None
    email: Email | None = None
    role: Annotated[str, StringConstraints(max_length=100), Storable] | None = None
    created_at: CreatedAt = None


class ContactOut(RowOut, json_schema_extra=examples.CONTACT_OUT):
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    emails: list[str]
    phones: list[str]
    urls: list[str]
    tags: list[str]
    notes: str | None
    account_id: UUID | None
    influence_score: float | None
    community_id: int | None
    custom: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    recorded_at: datetime


class ContactVersionOut(ContactOut, json_schema_extra=examples.CONTACT_VERSION_OUT):
    """A contact as it stood from `valid_from` until the next version."""

    version: int
    valid_from: datetime


class UserOut(RowOut, json_schema_extra=examples.USER_OUT):
    contact_id: UUID | None
    name: str
    email: str | None
    role: str | None
    created_at: datetime
    updated_at: datetime
    recorded_at: datetime
