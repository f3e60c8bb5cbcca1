"""What is said of ties now and was said before, what people said of it, and who asks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from kit.db import Connection, holds, load_query, read_rows
from services.churn.domain import Amounts, Asker, Kept, Past, State

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def asker(connection: Connection, workspace_id: UUID, *, ego_id: UUID | None, user_id: UUID | None) -> Asker:
    parameters = {"workspace_id": workspace_id, "ego_id": ego_id, "user_id": user_id}
    return (await read_rows(connection, Asker, _query("asker"), parameters))[0]


async def of(
    connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, ego_id: UUID, now: datetime
) -> list[Kept]:
    """Return what the current run says of some contacts, in no order; some may not be in it."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "ego_id": ego_id, "now": now}
    return await read_rows(connection, Kept, _query("scores_of"), parameters)


async def ranked(
    connection: Connection,
    workspace_id: UUID,
    *,
    ego_id: UUID,
    state: State,
    above: float | None,
    at_most: float | None,
    with_snoozed: bool,
    after: tuple[float, UUID] | None,
    limit: int,
    now: datetime,
) -> list[Kept]:
    """Return a page, the likeliest to fall silent first; `after` is where the page before ended."""
    parameters = {
        "workspace_id": workspace_id,
        "ego_id": ego_id,
        "state": state,
        "above": above,
        "at_most": at_most,
        "with_snoozed": with_snoozed,
        "after_probability": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
        "now": now,
    }
    return await read_rows(connection, Kept, _query("ranked"), parameters)


async def history(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    ego_id: UUID,
    before: datetime | None,
    limit: int,
) -> list[Past]:
    parameters = {
        "workspace_id": workspace_id,
        "contact_id": contact_id,
        "ego_id": ego_id,
        "before": before,
        "limit": limit,
    }
    return await read_rows(connection, Past, _query("history"), parameters)


async def has_feedback(connection: Connection, workspace_id: UUID, event_id: UUID) -> bool:
    return await holds(connection, _query("has_feedback"), {"workspace_id": workspace_id, "event_id": event_id})


async def put_feedback(
    connection: Connection,
    workspace_id: UUID,
    *,
    event_id: UUID,
    ego_id: UUID,
    contact_id: UUID,
    action: str,
    until: datetime,
    occurred_at: datetime,
    user_id: UUID | None,
) -> bool:
    """Note what was said; return False where the event is noted already."""
    parameters = {
        "workspace_id": workspace_id,
        "event_id": event_id,
        "ego_id": ego_id,
        "contact_id": contact_id,
        "action": action,
        "until": until,
        "occurred_at": occurred_at,
        "user_id": user_id,
    }
    return (await connection.execute(_query("put_feedback"), parameters)).rowcount == 1


async def egos_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Return (ego, contact) of every tie that the current run has of some contacts."""
    cursor = await connection.execute(_query("egos_of"), {"workspace_id": workspace_id, "ids": list(ids)})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def drop_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Forget everything about some contacts."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    await connection.execute(_query("drop_scores_of"), parameters)
    await connection.execute(_query("drop_history_of"), parameters)
    await connection.execute(_query("drop_feedback_of"), parameters)


async def erased(connection: Connection, workspace_id: UUID, entity_id: UUID) -> bool:
    return await holds(connection, _query("erased"), {"workspace_id": workspace_id, "entity_id": entity_id})


async def amounts(connection: Connection, workspace_id: UUID) -> Amounts:
    return (await read_rows(connection, Amounts, _query("readiness"), {"workspace_id": workspace_id}))[0]
