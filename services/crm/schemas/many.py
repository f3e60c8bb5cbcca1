"""Many rows asked for at once by their ids, as other services do."""

from uuid import UUID

from pydantic import BaseModel, Field

from services.crm.schemas import examples

IDS_LIMIT = 1_000


class IdsIn(BaseModel, extra="forbid", json_schema_extra={"examples": [{"ids": [examples.JEFF]}]}):
    """Ids of contacts or accounts; one that is not there is left out of the answer."""

    ids: list[UUID] = Field(max_length=IDS_LIMIT)
