"""Facts that are read from another CRM's tables are written there and nowhere else (docs/foreign-crm.md)."""

from kit.db import Connection
from kit.errors import Conflict
from services.crm.store import ownership


async def refuse_if_elsewhere(connection: Connection, kind: str) -> None:
    """Raise Conflict where facts of this kind belong to another CRM: not pushed, imported, merged or erased here."""
    if await ownership.is_elsewhere(connection, kind):
        detail = f"The {kind} are read from another CRM's own tables: write there, and it is seen here."
        raise Conflict(detail, code="facts_owned_elsewhere")
