"""The facts, as this service handles them: what is pushed, what is kept, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from kit.errors import FieldError

Status = Literal["created", "updated", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A row by our id, or by the id another system gave it."""

    id: UUID | None = None
    source: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One pushed row: which one, and the fields to change. `index` is its place in the push."""

    index: int
    reference: Reference
    patch: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pushed row."""

    index: int
    status: Status
    id: UUID | None = None
    code: str | None = None
    fields: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a reference leads to: the row with that external id, and whether the id it names exists."""

    ordinal: int
    by_reference: UUID | None
    id_exists: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    id: UUID
    name: str
    locale: str
    timezone: str
    pooled_training: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactVersion(Contact):
    """A contact as it stood from `valid_from` until its next version."""

    version: int
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
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


Fact: TypeAlias = Contact | User


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a file that was not imported: where and why, without repeating what it holds."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file to import: `kind` of its rows, `strict` when one bad row should stop everything."""

    kind: str
    strict: bool
    lines: int
