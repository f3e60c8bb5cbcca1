"""What is shown of a workspace: figures, overview, trend, what its tags mean, what was corrected."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from kit.db import Connection, holds, load_query, read_row, read_rows
from services.sentiment.domain import Correction, Counts, Kept, Week

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def page(
    connection: Connection, workspace_id: UUID, *, above: float, up_to: float, after: UUID | None, limit: int
) -> list[Kept]:
    """Return figures in the order of the contacts' ids, those above one bound and up to another."""
    parameters = {"workspace_id": workspace_id, "above": above, "up_to": up_to, "after": after, "limit": limit}
    return await read_rows(connection, Kept, _query("kept_page"), parameters)


async def of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[Kept]:
    return await read_rows(connection, Kept, _query("kept_of"), {"workspace_id": workspace_id, "ids": list(ids)})


async def overview(connection: Connection, workspace_id: UUID) -> Counts:
    found = await read_row(connection, Counts, _query("overview"), {"workspace_id": workspace_id})
    return found or Counts(0.0, 0, 0, 0, 0, 0, None, None)


async def trend(connection: Connection, workspace_id: UUID, *, weeks: int, contact_id: UUID | None) -> list[Week]:
    parameters = {"workspace_id": workspace_id, "weeks": weeks, "contact_id": contact_id}
    return await read_rows(connection, Week, _query("trend"), parameters)


async def own_tags(connection: Connection, workspace_id: UUID) -> dict[str, float]:
    cursor = await connection.execute(_query("own_tags"), {"workspace_id": workspace_id})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def replace_tags(connection: Connection, workspace_id: UUID, values: Mapping[str, float]) -> None:
    """Let a workspace's own tags be these and no others."""
    await connection.execute(_query("clear_lexicon"), {"workspace_id": workspace_id})
    parameters = {"workspace_id": workspace_id, "tags": list(values), "values": list(values.values())}
    await connection.execute(_query("put_lexicon"), parameters)


async def put_correction(connection: Connection, workspace_id: UUID, correction: Correction) -> bool:
    """Keep a correction; return False where it is there already, or its contact is not."""
    parameters = {
        "workspace_id": workspace_id,
        "correction_id": correction.correction_id,
        "contact_id": correction.contact_id,
        "label": correction.label,
        "given": correction.given,
        "user_id": correction.user_id,
    }
    return (await connection.execute(_query("put_correction"), parameters)).rowcount == 1


async def newest_corrections(connection: Connection, workspace_id: UUID) -> list[Correction]:
    return await read_rows(connection, Correction, _query("newest_corrections"), {"workspace_id": workspace_id})


async def drop_corrections_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    await connection.execute(_query("drop_corrections_of"), {"workspace_id": workspace_id, "ids": list(ids)})


async def erased(connection: Connection, workspace_id: UUID, entity_id: UUID) -> bool:
    return await holds(connection, _query("erased"), {"workspace_id": workspace_id, "entity_id": entity_id})
