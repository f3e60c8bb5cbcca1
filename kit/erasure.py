"""How a service confirms that nothing of an erased row is left in it: each who keeps something of people, alike."""

from uuid import UUID

from pydantic import BaseModel


class ErasureOut(
    BaseModel, json_schema_extra={"examples": [{"entity_id": "0b7e8c46-3f0a-4a52-9d1e-55d2b5c5a1f0", "erased": True}]}
):
    """Whether nothing of an erased row is left in a service."""

    entity_id: UUID
    erased: bool
