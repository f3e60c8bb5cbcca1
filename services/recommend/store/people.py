"""Who asks, who is recommended, who knows both, and what was said of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from psycopg.rows import class_row

from kit.db import Connection, holds, load_query, read_rows
from services.recommend.domain import Asker, Candidate, MutualContact, Run, Target, Way
from services.recommend.store import runs

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def page(
    connection: Connection, workspace_id: UUID, *, contact_id: UUID | None, user_id: UUID | None
) -> tuple[Asker, Run | None, list[Candidate]]:
    """Return, in one round trip, who asks (the named contact or the user's card), the current run, and its people."""
    parameters = {"workspace_id": workspace_id, "contact_id": contact_id, "user_id": user_id}
    async with (
        connection.cursor(row_factory=class_row(Asker)) as asker,
        connection.cursor(row_factory=class_row(Run)) as run,
        connection.cursor(row_factory=class_row(Candidate)) as people,
    ):
        async with connection.pipeline():
            await asker.execute(_query("asker"), parameters)
            await run.execute(runs.CURRENT, parameters)
            await people.execute(_query("recommended"), parameters)
        who = await asker.fetchone()
        assert who is not None  # noqa: S101 a SELECT from one row gives one
        return who, await run.fetchone(), await people.fetchall()


async def mutual_contacts(
    connection: Connection, workspace_id: UUID, contact_id: UUID, candidate_ids: Sequence[UUID]
) -> list[MutualContact]:
    """Return the three strongest of those who know both, for each candidate, the strongest first."""
    parameters = {"workspace_id": workspace_id, "contact_id": contact_id, "candidate_ids": list(candidate_ids)}
    return await read_rows(connection, MutualContact, _query("mutual_contacts"), parameters)


async def target(
    connection: Connection, workspace_id: UUID, target_id: UUID, *, contact_id: UUID | None, user_id: UUID | None
) -> Target:
    parameters = {
        "workspace_id": workspace_id,
        "target_id": target_id,
        "contact_id": contact_id,
        "user_id": user_id,
    }
    return (await read_rows(connection, Target, _query("target_of_feedback"), parameters))[0]


async def has_feedback(connection: Connection, workspace_id: UUID, event_id: UUID) -> bool:
    return await holds(connection, _query("has_feedback"), {"workspace_id": workspace_id, "event_id": event_id})


async def put_feedback(
    connection: Connection,
    workspace_id: UUID,
    *,
    event_id: UUID,
    contact_id: UUID,
    target_id: UUID,
    action: str,
    occurred_at: datetime,
    user_id: UUID | None,
) -> bool:
    """Note what was said; return False where the event is noted already."""
    parameters = {
        "workspace_id": workspace_id,
        "event_id": event_id,
        "contact_id": contact_id,
        "target_id": target_id,
        "action": action,
        "occurred_at": occurred_at,
        "user_id": user_id,
    }
    return (await connection.execute(_query("put_feedback"), parameters)).rowcount == 1


async def drop_feedback_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    await connection.execute(_query("drop_feedback_of"), {"workspace_id": workspace_id, "ids": list(ids)})


async def present(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    cursor = await connection.execute(_query("present"), {"workspace_id": workspace_id, "ids": list(ids)})
    return {row[0] for row in await cursor.fetchall()}


async def erased(connection: Connection, workspace_id: UUID, entity_id: UUID) -> bool:
    return await holds(connection, _query("erased"), {"workspace_id": workspace_id, "entity_id": entity_id})


async def place_is_there(
    connection: Connection, workspace_id: UUID, *, contact_id: UUID | None, account_id: UUID | None
) -> bool:
    parameters = {"workspace_id": workspace_id, "contact_id": contact_id, "account_id": account_id}
    return await holds(connection, _query("place"), parameters)


async def ways(
    connection: Connection,
    workspace_id: UUID,
    *,
    contact_id: UUID | None,
    account_id: UUID | None,
    user_id: UUID | None,
    as_of: datetime,
) -> list[Way]:
    """Return the strongest chains of two ties to a contact, or to somebody at an account; the caller's own first."""
    parameters = {
        "workspace_id": workspace_id,
        "contact_id": contact_id,
        "account_id": account_id,
        "user_id": user_id,
        "as_of": as_of,
    }
    return await read_rows(connection, Way, _query("ways"), parameters)
