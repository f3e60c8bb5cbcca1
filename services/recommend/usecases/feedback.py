"""What was thought of a recommendation: noted once for each event; whoever it is about leaves the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kit.auth import Identity
from kit.db import Pool, workspace
from kit.errors import FieldError, Invalid, NotFound
from services.recommend.store import people


@dataclass(frozen=True, slots=True)
class Verdict:
    """One event: `contact_id` is to whom the target was recommended, None: the caller's own card."""

    event_id: UUID
    target_id: UUID
    action: Literal["connect", "dismiss"]
    occurred_at: datetime
    contact_id: UUID | None = None


async def note(pool: Pool, who: Identity, verdict: Verdict) -> bool:
    """Note what was said; return False where this event was noted before.

    Raises NotFound for a target who is not there or was never recommended, Invalid `no_self_contact`.
    """
    async with workspace(pool, who.workspace_id) as connection:
        if await people.has_feedback(connection, who.workspace_id, verdict.event_id):
            return False
        target = await people.target(
            connection,
            who.workspace_id,
            verdict.target_id,
            contact_id=verdict.contact_id,
            user_id=who.user_id,
        )
        if not target.is_there:
            raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
        if target.contact_id is None:
            where = FieldError("#/contact_id", "Name to whom the target was recommended.")
            raise Invalid("The caller has no card of his own.", code="no_self_contact", fields=[where])
        if not target.was_made:
            raise NotFound("This contact was never recommended to that one.", code="recommendation_not_found")
        return await people.put_feedback(
            connection,
            who.workspace_id,
            event_id=verdict.event_id,
            contact_id=target.contact_id,
            target_id=verdict.target_id,
            action=verdict.action,
            occurred_at=verdict.occurred_at,
            user_id=who.user_id,
        )
