"""What people say of a tie at risk: later, or not at all. Noted once for each event; until then it is off the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kit.auth import Identity
from kit.db import workspace
from kit.errors import FieldError, Invalid, NotFound
from services.churn.domain import Saying
from services.churn.store import facts as rows
from services.churn.store import scores as store
from services.churn.store.runs import OURS_ID
from services.churn.usecases.read import Desk, resolve_ego

HORIZON_DAYS = 90.0
LONGEST = timedelta(days=3_650)


@dataclass(frozen=True, slots=True)
class Said:
    """One event; `until` None is only for who says that a tie is not at risk: that holds for the tie's own horizon."""

    event_id: UUID
    action: Saying
    until: datetime | None
    occurred_at: datetime
    ego_id: UUID | None


async def note(desk: Desk, who: Identity, contact_id: UUID, said: Said) -> tuple[bool, datetime]:
    """Note what was said; return whether it is new, and until when it holds.

    Raises NotFound for a contact who is not there, Invalid where `until` is missing or over.
    """
    async with workspace(desk.pool, who.workspace_id) as connection:
        ego_id = await resolve_ego(connection, who, said.ego_id) or OURS_ID
        if not await rows.present(connection, who.workspace_id, [contact_id]):
            raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
        kept = await store.of(connection, who.workspace_id, [contact_id], ego_id=ego_id, now=said.occurred_at)
        until = _until(said, kept[0].horizon_days if kept else HORIZON_DAYS)
        if await store.has_feedback(connection, who.workspace_id, said.event_id):
            return False, until
        new = await store.put_feedback(
            connection,
            who.workspace_id,
            event_id=said.event_id,
            ego_id=ego_id,
            contact_id=contact_id,
            action=said.action,
            until=until,
            occurred_at=said.occurred_at,
            user_id=who.user_id,
        )
    await desk.cache.raise_epoch(who.workspace_id)
    return new, until


def _until(said: Said, horizon_days: float) -> datetime:
    if said.until is None and said.action == "not_at_risk":
        return said.occurred_at + timedelta(days=horizon_days)
    if said.until is None or not said.occurred_at < said.until <= said.occurred_at + LONGEST:
        where = FieldError("#/until", "Name a time after the event, within ten years.")
        raise Invalid("It is not said until when.", code="until_needed", fields=[where])
    return said.until
