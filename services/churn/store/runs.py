"""Runs and the scores of each: begun, taken further block by block, shown at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from kit.db import Connection, copy_rows, load_query, read_row, read_rows
from services.churn.domain import Outcome, Run

OURS_ID = UUID(int=0)  # the ego of ties of the workspace's own people
KEPT_PAST_RUNS = 12

_query = partial(load_query, Path(__file__).parents[1] / "sql")
_TYPES = (
    *("uuid", "uuid", "text", "float4", "float4", "int4", "float4", "float4"),
    *("float4[]", "float4[]", "float4[]", "float4", "float4[]", "timestamptz"),
)


async def start(connection: Connection, workspace_id: UUID, run: Run) -> None:
    """Keep a run as it begins; where it has begun before nothing happens."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run.run_id,
        "model_name": run.model_name,
        "model_version": run.model_version,
        "model_kind": run.model_kind,
        "features": list(run.features),
        "codes": list(run.codes),
        "own_snapshot": run.own_snapshot,
        "pair_snapshot": run.pair_snapshot,
        "facts_as_of": run.facts_as_of,
    }
    await connection.execute(_query("start_run"), parameters)


async def one(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run | None:
    return await _run(connection, _query("run"), workspace_id, run_id=run_id)


async def current(connection: Connection, workspace_id: UUID) -> Run | None:
    return await _run(connection, _query("current_run"), workspace_id)


async def near(connection: Connection, workspace_id: UUID, as_of: datetime) -> Run | None:
    """Return the run whose snapshots an instant is compared with."""
    return await _run(connection, _query("run_near"), workspace_id, as_of=as_of)


async def past(connection: Connection, workspace_id: UUID, as_of: datetime | None) -> Run | None:
    """Return the run about an instant that was asked for, or the newest such run."""
    return await _run(connection, _query("past_run"), workspace_id, as_of=as_of)


async def advance(
    connection: Connection, workspace_id: UUID, run: Run, *, ego_id: UUID, after_id: UUID | None, ties: int, own: int
) -> bool:
    """Note how far a run has come; return False where it no longer stands where `run` says."""
    parameters = {
        "workspace_id": workspace_id,
        "run_id": run.run_id,
        "before_ego_id": run.after_ego_id,
        "before_id": run.after_id,
        "after_ego_id": ego_id,
        "after_id": after_id,
        "ties": ties,
        "own_ties": own,
    }
    return (await connection.execute(_query("advance_run"), parameters)).rowcount == 1


async def put_scores(connection: Connection, workspace_id: UUID, run_id: UUID, rows: Iterable[Sequence[Any]]) -> None:
    """Keep rows in the order of copy_incoming_scores.sql; a tie whose end is gone is left out."""
    await connection.execute(_query("make_incoming_scores"))
    await copy_rows(connection, _query("copy_incoming_scores"), _TYPES, rows)
    parameters = {"workspace_id": workspace_id, "run_id": run_id, "ours": OURS_ID}
    await connection.execute(_query("put_scores"), parameters)


async def show(connection: Connection, workspace_id: UUID, run_id: UUID, *, forget_before: datetime) -> None:
    """Let a run be the one that is shown, remove the one before, and put on record what has changed."""
    parameters = {"workspace_id": workspace_id, "run_id": run_id, "ours": OURS_ID, "before": forget_before}
    await connection.execute(_query("drop_orphans"), parameters)
    await connection.execute(_query("keep_history"), parameters)
    await connection.execute(_query("drop_old_history"), parameters)
    await connection.execute(_query("drop_other_runs"), parameters)
    await end(connection, workspace_id, run_id, state="current", report=None)


async def analyze(connection: Connection) -> None:
    """Let the planner know the rows of a run: it does not find its way to one of them by itself."""
    await connection.execute(_query("analyze_scores"))


async def end(
    connection: Connection, workspace_id: UUID, run_id: UUID, *, state: str, report: dict[str, Any] | None
) -> None:
    said = None if report is None else Jsonb(report)
    parameters = {"workspace_id": workspace_id, "run_id": run_id, "state": state, "report": said}
    await connection.execute(_query("end_run"), parameters)


async def drop_old_past(connection: Connection, workspace_id: UUID) -> None:
    await connection.execute(_query("drop_old_past_runs"), {"workspace_id": workspace_id, "keep": KEPT_PAST_RUNS})


async def drop(connection: Connection, workspace_id: UUID, run_id: UUID) -> None:
    await connection.execute(_query("drop_run"), {"workspace_id": workspace_id, "run_id": run_id})


async def hold(connection: Connection, workspace_id: UUID, run_id: UUID) -> bool:
    """Return whether a run is still shown; it then is until the transaction ends."""
    cursor = await connection.execute(_query("hold_run"), {"workspace_id": workspace_id, "run_id": run_id})
    return await cursor.fetchone() is not None


async def outcomes(connection: Connection, workspace_id: UUID, run_id: UUID, until: datetime) -> list[Outcome]:
    """Return what a run said of each active tie and what came of it, as far as it is known by an instant."""
    parameters = {"workspace_id": workspace_id, "run_id": run_id, "ours": OURS_ID, "until": until}
    return await read_rows(connection, Outcome, _query("outcomes"), parameters)


async def _run(connection: Connection, query: LiteralString, workspace_id: UUID, **more: Any) -> Run | None:
    return await read_row(connection, Run, query, {"workspace_id": workspace_id, **more})
