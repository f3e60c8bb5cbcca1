"""Runs and the people of each: begun, taken further block by block, shown at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from kit.db import Connection, copy_rows, load_query, read_row
from services.recommend.domain import Run

_query = partial(load_query, Path(__file__).parents[1] / "sql")
_TYPES = ("uuid", "int2", "uuid", "float4", "int4", *("float4",) * 4, *("float4[]",) * 3)
CURRENT = _query("current_run")


async def start(connection: Connection, workspace_id: UUID, run: Run) -> None:
    """Keep a run as it begins; where it has begun before, or is to be shown beside another, nothing happens."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run.run_id,
        "state": run.state,
        "model_name": run.model_name,
        "model_version": run.model_version,
        "model_kind": run.model_kind,
        "link": run.link,
        "codes": list(run.codes),
        "histogram": run.histogram,
        "facts_as_of": run.facts_as_of,
    }
    await connection.execute(_query("start_run"), parameters)


async def one(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run | None:
    return await _run(connection, _query("run"), {"workspace_id": workspace_id, "run_id": run_id})


async def current(connection: Connection, workspace_id: UUID) -> Run | None:
    return await _run(connection, CURRENT, {"workspace_id": workspace_id})


async def advance(
    connection: Connection,
    workspace_id: UUID,
    run: Run,
    *,
    after_id: UUID,
    histogram: bytes,
    contacts: int,
    candidates: int,
    degraded: bool,
) -> bool:
    """Note that a run has come to `after_id`; return False where it no longer stands where `run` says."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run.run_id,
        "before_id": run.after_id,
        "after_id": after_id,
        "histogram": histogram,
        "contacts": contacts,
        "candidates": candidates,
        "degraded": degraded,
    }
    return (await connection.execute(_query("advance_run"), parameters)).rowcount == 1


async def put_people(connection: Connection, workspace_id: UUID, run_id: UUID, rows: Iterable[Sequence[Any]]) -> None:
    """Keep rows in the order of copy_incoming_people.sql; who is gone is left out."""
    await connection.execute(_query("make_incoming_people"))
    await copy_rows(connection, _query("copy_incoming_people"), _TYPES, rows)
    await connection.execute(_query("put_people"), {"workspace_id": workspace_id, "run_id": run_id})


async def show(connection: Connection, workspace_id: UUID, run_id: UUID) -> None:
    """Let a run be the one that is shown, and remove every other, and what was outdated before it."""
    parameters = {"workspace_id": workspace_id, "run_id": run_id}
    await connection.execute(_query("drop_outdated_before"), parameters)
    await connection.execute(_query("drop_other_runs"), parameters)
    await connection.execute(_query("drop_orphans"), {"workspace_id": workspace_id})
    await connection.execute(_query("show_run"), parameters)


async def drop(connection: Connection, workspace_id: UUID, run_id: UUID) -> None:
    await connection.execute(_query("drop_run"), {"workspace_id": workspace_id, "run_id": run_id})


async def hold(connection: Connection, workspace_id: UUID, run_id: UUID) -> bool:
    """Return whether a run is still shown; it then is until the transaction ends."""
    cursor = await connection.execute(_query("hold_run"), {"workspace_id": workspace_id, "run_id": run_id})
    return await cursor.fetchone() is not None


async def drop_people_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    await connection.execute(_query("drop_people_of"), parameters)
    await connection.execute(_query("drop_outdated_of"), parameters)


async def mark_outdated(
    connection: Connection, workspace_id: UUID, *, link_ids: Sequence[UUID], interaction_ids: Sequence[UUID]
) -> None:
    """Note whose lists are to be made anew, of what is new."""
    parameters = {"workspace_id": workspace_id, "link_ids": list(link_ids), "interaction_ids": list(interaction_ids)}
    await connection.execute(_query("mark_outdated"), parameters)


async def take_outdated(
    connection: Connection, workspace_id: UUID, run_id: UUID, contact_id: UUID, marked_at: datetime
) -> bool:
    """Empty a contact's outdated list, to fill it anew; False where somebody else has, or has emptied it meanwhile."""
    parameters = {"workspace_id": workspace_id, "run_id": run_id, "contact_id": contact_id, "marked_at": marked_at}
    if (await connection.execute(_query("take_outdated"), parameters)).rowcount == 0:
        return False
    await connection.execute(_query("drop_list"), parameters)
    return True


async def _run(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> Run | None:
    return await read_row(connection, Run, query, parameters)
