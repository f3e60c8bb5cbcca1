"""What goes over the wire: pushed rows with their limits, rows read, outcomes."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic import Tag as Shape

from kit.wire import Instant, JsonObject, Pushed, Storable
from services.crm.domain import Contact, Item, Outcome, Reference, User, Workspace

PUSH_LIMIT = 1_000

EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+")
EMAIL_SCHEMA = {"type": "string", "maxLength": 320, "pattern": r"^[^@\s]+@[^@\s]+$"}


def _address(text: str) -> str:
    if not EMAIL_PATTERN.fullmatch(text):
        raise ValueError("must be an e-mail address, such as ada@example.org")
    return text


Source = Annotated[str, StringConstraints(min_length=1, max_length=50), Storable]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
Name = Annotated[str, StringConstraints(max_length=200), Storable]
Phrase = Annotated[str, StringConstraints(max_length=300), Storable]
Email = Annotated[
    str, StringConstraints(max_length=320), Storable, AfterValidator(_address), WithJsonSchema(EMAIL_SCHEMA)
]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=50), Storable]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000), Storable]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
Notes = Annotated[str, StringConstraints(max_length=20_000), Storable]


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a name of the IANA time zone database, such as Europe/Berlin")
    return name


Timezone = Annotated[str, StringConstraints(max_length=64), Storable, AfterValidator(_known_timezone)]


class ReferenceIn(BaseModel, extra="forbid"):
    """A row by the id another system gave it."""

    source: Source
    external_id: ExternalId


def _shape(value: Any) -> str:
    return "(reference)" if isinstance(value, dict | ReferenceIn) else "(id)"


RowId = Annotated[
    Annotated[UUID, Shape("(id)")] | Annotated[ReferenceIn, Shape("(reference)")],
    Discriminator(_shape),
]


def _not_cleared(instant: datetime | None) -> datetime:
    if instant is None:
        raise ValueError("cannot be cleared")
    return instant


class RowIn(BaseModel):
    """What every pushed row has: our `id`, or the `source` and `external_id` another system knows it by."""

    model_config = ConfigDict(extra="forbid")

    id: RowId | None = None
    source: Source | None = None
    external_id: ExternalId | None = None
    created_at: Annotated[Instant | None, AfterValidator(_not_cleared)] = None

    @model_validator(mode="after")
    def _has_identity(self) -> Self:
        if self.id is None and (self.source is None or self.external_id is None):
            raise ValueError("give id, or source and external_id")
        if isinstance(self.id, ReferenceIn) and self.model_fields_set & {"source", "external_id"}:
            raise ValueError("give source and external_id inside id or beside it, not both")
        return self

    def to_domain(self, index: int) -> Item:
        """Return the fields that were given, JSON-ready; those left out stay as they are."""
        patch = self.model_dump(mode="json", exclude_unset=True, exclude={"id"})
        if isinstance(self.id, ReferenceIn):
            patch |= self.id.model_dump()
        reference = Reference(
            id=self.id if isinstance(self.id, UUID) else None,
            source=patch.get("source"),
            external_id=patch.get("external_id"),
        )
        return Item(index, reference, patch)


class ContactIn(RowIn):
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
    account_id: UUID | None = None
    influence_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    community_id: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    custom: JsonObject | None = None
    archived_at: Instant | None = None


class UserIn(RowIn):
    """A user to write: `contact_id` is his own card, by id or by source and external_id."""

    contact_id: RowId | None = None
    name: Name | None = None
    email: Email | None = None
    role: Annotated[str, StringConstraints(max_length=100), Storable] | None = None


class WorkspaceIn(BaseModel, extra="forbid"):
    """Settings of the caller's workspace: an absent field stays, null gives the default."""

    name: Name | None = None
    locale: Literal["en", "ru"] | None = None
    timezone: Timezone | None = None
    pooled_training: bool | None = None


class ContactsIn(BaseModel, extra="forbid"):
    items: list[Pushed[ContactIn]] = Field(max_length=PUSH_LIMIT)


class UsersIn(BaseModel, extra="forbid"):
    items: list[Pushed[UserIn]] = Field(max_length=PUSH_LIMIT)


class FieldErrorOut(BaseModel):
    place: Literal["body"] = Field(default="body", serialization_alias="in")
    pointer: str
    detail: str
    allowed: dict[str, Any] | None = None


class ItemErrorOut(BaseModel):
    code: str
    errors: list[FieldErrorOut]


class OutcomeOut(BaseModel):
    """What became of one pushed item."""

    index: int
    id: UUID | None
    status: Literal["created", "updated", "unchanged", "rejected"]
    error: ItemErrorOut | None = None

    @classmethod
    def from_domain(cls, outcome: Outcome) -> Self:
        error = None
        if outcome.code is not None:
            fields = [
                FieldErrorOut(pointer=f.pointer, detail=f.detail, allowed=_dict(f.allowed)) for f in outcome.fields
            ]
            error = ItemErrorOut(code=outcome.code, errors=fields)
        return cls(index=outcome.index, id=outcome.id, status=outcome.status, error=error)


class OutcomesOut(BaseModel):
    results: list[OutcomeOut]


class ContactOut(BaseModel):
    id: UUID
    source: str
    external_id: str | None
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

    @classmethod
    def from_domain(cls, contact: Contact) -> Self:
        return cls(**asdict(contact))


class ContactVersionOut(ContactOut):
    """A contact as it stood from `valid_from` until the next version."""

    version: int
    valid_from: datetime

    @classmethod
    def from_domain(cls, contact: Contact) -> Self:
        return cls(**asdict(contact))


class UserOut(BaseModel):
    id: UUID
    source: str
    external_id: str | None
    contact_id: UUID | None
    name: str
    email: str | None
    role: str | None
    created_at: datetime
    updated_at: datetime
    recorded_at: datetime

    @classmethod
    def from_domain(cls, user: User) -> Self:
        return cls(**asdict(user))


class WorkspaceOut(BaseModel):
    id: UUID
    name: str
    locale: str
    timezone: str
    pooled_training: bool

    @classmethod
    def from_domain(cls, workspace: Workspace) -> Self:
        return cls(**asdict(workspace))


class ContactsOut(BaseModel):
    items: list[ContactOut]
    next_cursor: str | None = None


class ContactVersionsOut(BaseModel):
    items: list[ContactVersionOut]
    next_cursor: str | None = None


class UsersOut(BaseModel):
    items: list[UserOut]
    next_cursor: str | None = None


def _dict(value: Any) -> dict[str, Any] | None:
    return None if value is None else dict(value)
