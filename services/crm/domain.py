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
    id_moved_to: UUID | None = None  # where an id that was merged leads
    reference_moved_to: UUID | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: UUID
    source: str
    external_id: str | None
    name: str
    domain: str | None
    industry: str | None
    description: str | None
    tags: list[str]
    employee_count: int | None
    funding_stage: str | None
    last_funding_at: datetime | None
    tech_stack: list[str]
    country: str | None
    owner_user_id: UUID | None
    custom: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountVersion(Account):
    """An account as it stood from `valid_from` until its next version."""

    version: int
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two people who know each other, `contact_a` < `contact_b`; strength 0 to 1."""

    id: UUID
    source: str
    external_id: str | None
    contact_a: UUID
    contact_b: UUID
    strength: float | None
    since: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Something that passed between a contact and its counterpart: another contact, or the workspace's own people.

    `direction` is seen from the counterpart: `in` came from the contact, `out` went to it.
    """

    id: UUID
    source: str
    external_id: str | None
    contact_id: UUID
    counterpart_id: UUID | None
    user_id: UUID | None
    kind: str
    direction: str
    occurred_at: datetime
    summary: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSignal:
    """What was seen of an account at one moment."""

    id: UUID
    source: str
    external_id: str | None
    account_id: UUID
    observed_at: datetime
    engineering_role_count: int | None
    has_open_engineering_roles: bool | None
    total_open_roles: int | None
    has_engineering_blog: bool | None
    extra: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRun:
    """What somebody found out about an account."""

    id: UUID
    source: str
    external_id: str | None
    account_id: UUID
    user_id: UUID | None
    ran_at: datetime
    findings: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInteraction:
    """What a user did about an account."""

    id: UUID
    source: str
    external_id: str | None
    user_id: UUID
    account_id: UUID
    action: str
    occurred_at: datetime
    context: dict[str, Any]
    recorded_at: datetime


Fact: TypeAlias = Contact | User | Account | Link | Interaction | AccountSignal | ResearchRun | UserInteraction


@dataclass(frozen=True, slots=True)
class Community:
    """People who know each other; `position` orders the list, the largest first. Members: the most influential."""

    id: int
    size: int
    position: int
    top_members: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Influential:
    """A person with his influence, a percentile among those who have links."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    influence_score: float
    community_id: int | None


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many facts of each kind a workspace has."""

    contacts: int
    links: int
    interactions: int
    accounts: int
    research_runs: int
    user_interactions: int


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a file that was not imported: where and why, without repeating what it holds."""

    line: int
    column: str | None
    reason: str
