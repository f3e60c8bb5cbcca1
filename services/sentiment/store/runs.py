"""Runs and the figures of each: begun, taken further block by block, shown at once; a row a week for the trend."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from kit.db import Connection, copy_rows, holds, load_query, read_row
from services.sentiment.domain import Run

_query = partial(load_query, Path(__file__).parents[1] / "sql")
_TONE_TYPES = ("uuid", *("float4",) * 7)
_WEEK_TYPES = ("uuid", "date", "float4")


async def start(
    connection: Connection, workspace_id: UUID, run_id: UUID, *, version: str, kind: str, as_of: datetime, weeks: int
) -> None:
    """Keep a run as it begins; where it has begun before nothing happens. The first looks `weeks` back."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run_id,
        "model_version": version,
        "model_kind": kind,
        "weeks_back": weeks,
        "facts_as_of": as_of,
    }
    await connection.execute(_query("start_run"), parameters)


async def one(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run | None:
    return await read_row(connection, Run, _query("run"), {"workspace_id": workspace_id, "run_id": run_id})


async def current(connection: Connection, workspace_id: UUID) -> Run | None:
    return await read_row(connection, Run, _query("current_run"), {"workspace_id": workspace_id})


async def advance(connection: Connection, workspace_id: UUID, run: Run, *, after_id: UUID, contacts: int) -> bool:
    """Note that a run has come to `after_id`; return False where it no longer stands where `run` says."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run.run_id,
        "before_id": run.after_id,
        "after_id": after_id,
        "contacts": contacts,
    }
    return (await connection.execute(_query("advance_run"), parameters)).rowcount == 1


async def put_tones(connection: Connection, workspace_id: UUID, run_id: UUID, rows: Iterable[Sequence[Any]]) -> None:
    """Keep rows in the order of copy_incoming_tones.sql; who is gone is left out."""
    await connection.execute(_query("make_incoming_tones"))
    await copy_rows(connection, _query("copy_incoming_tones"), _TONE_TYPES, rows)
    await connection.execute(_query("put_tones"), {"workspace_id": workspace_id, "run_id": run_id})


async def put_weeks(connection: Connection, workspace_id: UUID, rows: Iterable[Sequence[Any]]) -> None:
    """Keep rows in the order of copy_incoming_weeks.sql; who is gone is left out."""
    await connection.execute(_query("make_incoming_weeks"))
    await copy_rows(connection, _query("copy_incoming_weeks"), _WEEK_TYPES, rows)
    await connection.execute(_query("put_weeks"), {"workspace_id": workspace_id})


async def show(connection: Connection, workspace_id: UUID, run_id: UUID) -> None:
    """Let a run be the one that is shown, and remove every other."""
    parameters = {"workspace_id": workspace_id, "run_id": run_id}
    await connection.execute(_query("drop_other_runs"), parameters)
    await connection.execute(_query("show_run"), parameters)


async def drop(connection: Connection, workspace_id: UUID, run_id: UUID) -> None:
    await connection.execute(_query("drop_run"), {"workspace_id": workspace_id, "run_id": run_id})


async def hold(connection: Connection, workspace_id: UUID, run_id: UUID) -> bool:
    """Return whether a run is still shown; it then is until the transaction ends."""
    return await holds(connection, _query("hold_run"), {"workspace_id": workspace_id, "run_id": run_id})


async def drop_tones_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    await connection.execute(_query("drop_tones_of"), {"workspace_id": workspace_id, "ids": list(ids)})


async def drop_history_of(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    await connection.execute(_query("drop_history_of"), {"workspace_id": workspace_id, "ids": list(ids)})
