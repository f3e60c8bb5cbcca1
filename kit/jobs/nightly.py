"""Nightly stages: each workspace's jobs of the night, asked for once its own clock has passed their time.

A service names its stages and runs `keep` beside its worker. What the stages do is the service's; a stage may wait for
another one of the same service, that one waits for another service's is not dealt with here.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kit.db import LOST, Pool, load_query, workspace
from kit.errors import Conflict, Unavailable
from kit.jobs.queue import Queue
from kit.logs import describe, get_logger

log = get_logger(__name__)

LOOK_EVERY_S = 30.0
SQL = Path(__file__).parent / "sql"

Clock = Callable[[], datetime]
Settled = dict[tuple[UUID, str], date]


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of job that is due every night at `at`, by the workspace's clock; or one night a week (Monday is 0).

    It is asked for at that time or when the night's run of the stage it `needs` has ended, whichever is later.
    """

    kind: str
    at: time
    needs: "Stage | None" = None
    weekday: int | None = None


def now_utc() -> datetime:
    return datetime.now(UTC)


async def keep(
    pool: Pool, queue: Queue, stages: Sequence[Stage], *, clock: Clock = now_utc, every_s: float = LOOK_EVERY_S
) -> None:
    """Ask for what is due, again and again, until cancelled. Several replicas may do so at once."""
    settled: Settled = {}
    while True:
        try:
            await ask(pool, queue, stages, clock(), settled)
        except (*LOST, Unavailable, Conflict) as error:
            log.warning("nightly_interrupted", **describe(error))
        await asyncio.sleep(every_s)


async def ask(pool: Pool, queue: Queue, stages: Sequence[Stage], now: datetime, settled: Settled) -> int:
    """Enqueue each stage that is due and has not run since; return how many. `settled` spares the next look."""
    asked = 0
    async with pool.connection() as connection:
        rows = await (await connection.execute(load_query(SQL, "workspaces"))).fetchall()
    for workspace_id, timezone in rows:
        for stage in stages:
            due = due_at(now, timezone, stage.at, stage.weekday)
            if due is None or settled.get((workspace_id, stage.kind)) == due.date():
                continue
            if stage.needs and not await _has_ended(pool, workspace_id, stage.needs, now, timezone):
                continue  # looked at again the next time
            asked += await _ask_once(pool, queue, workspace_id, stage.kind, due)
            settled[workspace_id, stage.kind] = due.date()
    return asked


def due_at(now: datetime, timezone: str, at: time, weekday: int | None = None) -> datetime | None:
    """Return today's instant of a local time, None before it; of a weekday, its last. An unknown time zone is UTC."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    due = datetime.combine(now.astimezone(zone).date(), at, tzinfo=zone)
    if weekday is not None:
        due -= timedelta(days=(due.weekday() - weekday) % 7)
        due -= timedelta(days=7 if due > now else 0)
    return due if due <= now else None


async def _has_ended(pool: Pool, workspace_id: UUID, stage: Stage, now: datetime, timezone: str) -> bool:
    """Return whether the night's run of a stage is over, however it went."""
    due = due_at(now, timezone, stage.at)
    if due is None:
        return False
    parameters = {"workspace_id": workspace_id, "kind": stage.kind, "due": due}
    async with workspace(pool, workspace_id) as connection:
        row = await (await connection.execute(load_query(SQL, "has_ended"), parameters)).fetchone()
    return row is not None and bool(row[0])


async def _ask_once(pool: Pool, queue: Queue, workspace_id: UUID, kind: str, due: datetime) -> int:
    """Enqueue unless a run of the night is there; replicas that ask at the same time take turns."""
    parameters = {"workspace_id": workspace_id, "kind": kind, "due": due}
    async with workspace(pool, workspace_id) as connection:
        await connection.execute(load_query(SQL, "take_turns"), {"workspace_id": workspace_id, "kind": kind})
        row = await (await connection.execute(load_query(SQL, "has_run"), parameters)).fetchone()
        if row is not None and row[0]:
            return 0
        await queue.enqueue(connection, workspace_id, kind, {}, unique_key=kind)
        return 1
