"""A workspace's settings on the wire."""

from dataclasses import asdict
from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, StringConstraints

from kit.wire import Storable
from services.crm.domain import Workspace
from services.crm.schemas import examples
from services.crm.schemas.rows import Name


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a name of the IANA time zone database, such as Europe/Berlin")
    return name


Timezone = Annotated[str, StringConstraints(max_length=64), Storable, AfterValidator(_known_timezone)]


class WorkspaceIn(BaseModel, extra="forbid", json_schema_extra=examples.WORKSPACE_IN):
    """Settings of the caller's workspace: an absent field stays, null gives the default."""

    name: Name | None = None
    locale: Literal["en", "ru"] | None = None
    timezone: Timezone | None = None
    pooled_training: bool | None = None


class WorkspaceOut(BaseModel, json_schema_extra=examples.WORKSPACE_OUT):
    id: UUID
    name: str
    locale: str
    timezone: str
    pooled_training: bool

    @classmethod
    def from_domain(cls, workspace: Workspace) -> Self:
        return cls(**asdict(workspace))
