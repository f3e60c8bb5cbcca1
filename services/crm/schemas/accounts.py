"""Accounts on the wire, what was seen of them and what was done about them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from kit.wire import Instant, JsonObject, Storable
from services.crm.schemas import examples
from services.crm.schemas.rows import Count, CreatedAt, Kept, Notes, Phrase, RowId, RowIn, RowOut, Tag

Action = Literal[
    "view", "click", "save", "dismiss", "outreach", "reply", "meeting", "qualified", "disqualified", "won", "lost"
]
Short = Annotated[str, StringConstraints(max_length=100), Storable]


def _bare(domain: str) -> str:
    """Return a domain as accounts are matched by: lower case, without scheme, www and path."""
    bare = domain.strip().lower().split("://")[-1].split("/")[0].removeprefix("www.")
    if "." not in bare or "@" in bare or " " in bare:
        raise ValueError("must be a domain, such as example.org")
    return bare


Domain = Annotated[str, StringConstraints(max_length=253), Storable, AfterValidator(_bare)]


class AccountIn(RowIn, json_schema_extra=examples.ACCOUNT_IN):
    """A firm to write: an absent field stays, null clears."""

    name: Phrase | None = Field(default=None, examples=["Acme"])
    domain: Domain | None = Field(default=None, examples=["acme.example"])
    industry: Annotated[str, StringConstraints(max_length=200), Storable] | None = None
    description: Notes | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = None
    employee_count: Count | None = None
    funding_stage: Short | None = None
    last_funding_at: Instant | None = None
    tech_stack: Annotated[list[Tag], Field(max_length=200)] | None = None
    country: Short | None = None
    owner_user_id: RowId | None = None
    custom: JsonObject | None = None
    created_at: CreatedAt = None


class AccountSignalIn(RowIn, json_schema_extra=examples.ACCOUNT_SIGNAL_IN):
    """What was seen of an account at one moment."""

    account_id: Annotated[RowId | None, Kept] = None
    observed_at: Annotated[Instant | None, Kept] = None
    engineering_role_count: Count | None = None
    has_open_engineering_roles: bool | None = None
    total_open_roles: Count | None = None
    has_engineering_blog: bool | None = None
    extra: JsonObject | None = None


class ResearchRunIn(RowIn, json_schema_extra=examples.RESEARCH_RUN_IN):
    """What somebody found out about an account."""

    account_id: Annotated[RowId | None, Kept] = None
    user_id: RowId | None = None
    ran_at: Annotated[Instant | None, Kept] = None
    findings: JsonObject | None = Field(
        default=None, description="known keys: employee_count, funding_stage, last_funding_at, tech_stack"
    )


class UserInteractionIn(RowIn, json_schema_extra=examples.USER_INTERACTION_IN):
    """What a user did about an account."""

    user_id: Annotated[RowId | None, Kept] = None
    account_id: Annotated[RowId | None, Kept] = None
    action: Annotated[Action | None, Kept] = None
    occurred_at: Annotated[Instant | None, Kept] = None
    context: JsonObject | None = None


class AccountOut(RowOut, json_schema_extra=examples.ACCOUNT_OUT):
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


class AccountVersionOut(AccountOut, json_schema_extra=examples.ACCOUNT_VERSION_OUT):
    """An account as it stood from `valid_from` until the next version."""

    version: int
    valid_from: datetime


class AccountSignalOut(RowOut, json_schema_extra=examples.ACCOUNT_SIGNAL_OUT):
    account_id: UUID
    observed_at: datetime
    engineering_role_count: int | None
    has_open_engineering_roles: bool | None
    total_open_roles: int | None
    has_engineering_blog: bool | None
    extra: dict[str, Any]
    recorded_at: datetime


class ResearchRunOut(RowOut, json_schema_extra=examples.RESEARCH_RUN_OUT):
    account_id: UUID
    user_id: UUID | None
    ran_at: datetime
    findings: dict[str, Any]
    recorded_at: datetime


class UserInteractionOut(RowOut, json_schema_extra=examples.USER_INTERACTION_OUT):
    user_id: UUID
    account_id: UUID
    action: Action
    occurred_at: datetime
    context: dict[str, Any]
    recorded_at: datetime
