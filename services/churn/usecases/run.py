"""Score all ties of a workspace: block by block, taken up again where it stopped, shown at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kit.db import Connection, Pool, workspace
from services.churn.domain import Run
from services.churn.features import FEATURES
from services.churn.store import facts as rows
from services.churn.store import runs
from services.churn.store.runs import OURS_ID
from services.churn.usecases import facts
from services.churn.usecases.backtest import report
from services.churn.usecases.score import (
    AT_ONCE,
    Compared,
    Means,
    Serving,
    compared_of,
    measure_workspace,
    new_run,
    score,
    table,
)

LAST_ID = UUID(int=2**128 - 1)  # behind every contact
KEEP_HISTORY = timedelta(days=730)

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun, by whoever began it, and what it works on."""

    run: Run
    means: Means
    egos: Sequence[UUID]
    contacts: int

    @property
    def steps(self) -> int:
        return self.contacts + len(self.egos)


async def predict_workspace(
    pool: Pool,
    workspace_id: UUID,
    run_id: UUID,
    as_of: datetime,
    serving: Serving,
    progress: Progress,
    *,
    now: datetime,
    aside: bool = False,
    at_once: int = AT_ONCE,
) -> dict[str, Any]:
    """Replace the scores of a workspace by those that follow from the facts up to an instant.

    With `aside` the scores shown stay, and what was said is held against what has happened by `now`. Run again under
    the same id it goes on behind its last whole block. Of several workers at once each block is one's.
    """
    begun = await _begin(pool, workspace_id, run_id, as_of, serving)
    run, done = begun.run, 0
    while run.state == "running" and not _is_through(run, begun):
        await progress(min(done, begun.steps), begun.steps)
        before = run
        run = await _take_further(pool, workspace_id, begun, run, at_once)
        done += at_once if before.after_ego_id in {None, OURS_ID} else 1
    await progress(begun.steps, begun.steps)
    if run.state == "running":
        await _end(pool, workspace_id, run, now, aside=aside)
    async with workspace(pool, workspace_id) as connection:
        return _told(await _present(connection, workspace_id, run_id))


async def _begin(pool: Pool, workspace_id: UUID, run_id: UUID, as_of: datetime, serving: Serving) -> Begun:
    """Begin a run, or find the one that was begun; one that another model began is begun anew."""
    async with workspace(pool, workspace_id) as connection:
        version, model = await serving.get(connection, workspace_id)
        run = await runs.one(connection, workspace_id, run_id)
        if run is not None and run.state == "running" and run.model_version != version:
            await runs.drop(connection, workspace_id, run_id)
            run = None
        if run is None:
            compared = await measure_workspace(connection, workspace_id, as_of)
            begun = new_run(run_id, Means(version, model, compared, as_of), FEATURES)
            await runs.start(connection, workspace_id, begun)
            run = await _present(connection, workspace_id, run_id)
        egos = await rows.cards(connection, workspace_id)
        contacts = await rows.count_contacts(connection, workspace_id)
    return Begun(run, Means(version, model, _compared(run), run.facts_as_of), egos, contacts)


async def _take_further(pool: Pool, workspace_id: UUID, begun: Begun, run: Run, at_once: int) -> Run:
    """Score a block and keep it, unless somebody else has meanwhile; return how far the run has come."""
    async with workspace(pool, workspace_id) as connection:
        block, ego_id, after_id = await _next(connection, workspace_id, begun, run, at_once)
    scored = await asyncio.to_thread(score, block, begun.means)
    made = await asyncio.to_thread(lambda: list(table(scored, begun.means.as_of)))
    own = len(made) if ego_id == OURS_ID else 0
    async with workspace(pool, workspace_id) as connection:
        if await runs.advance(connection, workspace_id, run, ego_id=ego_id, after_id=after_id, ties=len(made), own=own):
            await runs.put_scores(connection, workspace_id, run.run_id, made)
        return await _present(connection, workspace_id, run.run_id)


async def _next(
    connection: Connection, workspace_id: UUID, begun: Begun, run: Run, at_once: int
) -> tuple[facts.Block, UUID, UUID]:
    """Return the next block, the ego whose contacts they are, and the last contact: own people's first, then egos'."""
    as_of = run.facts_as_of
    if run.after_ego_id in {None, OURS_ID} and run.after_id != LAST_ID:
        after_id = run.after_id or OURS_ID
        block, last = await facts.next_own(connection, workspace_id, as_of, after_id=after_id, limit=at_once)
        return block, OURS_ID, last or LAST_ID
    ego_id = next(one for one in begun.egos if one > (run.after_ego_id or OURS_ID))
    return await facts.pairs(connection, workspace_id, as_of, [ego_id]), ego_id, LAST_ID


def _is_through(run: Run, begun: Begun) -> bool:
    last = begun.egos[-1] if begun.egos else OURS_ID
    return run.after_ego_id is not None and run.after_ego_id >= last and run.after_id == LAST_ID


async def _end(pool: Pool, workspace_id: UUID, run: Run, now: datetime, *, aside: bool) -> None:
    async with workspace(pool, workspace_id) as connection:
        await runs.analyze(connection)
    async with workspace(pool, workspace_id) as connection:
        if aside:
            found = await runs.outcomes(connection, workspace_id, run.run_id, now)
            said = await asyncio.to_thread(report, found, until=now)
            await runs.end(connection, workspace_id, run.run_id, state="past", report=said)
            await runs.drop_old_past(connection, workspace_id)
        else:
            await runs.show(connection, workspace_id, run.run_id, forget_before=now - KEEP_HISTORY)


async def _present(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run:
    run = await runs.one(connection, workspace_id, run_id)
    if run is None:
        raise RuntimeError("a later run has taken this one's place")
    return run


def _compared(run: Run) -> Compared:
    compared = compared_of(run)
    if compared is None:
        raise RuntimeError("a run without its snapshots")
    return compared


def _told(run: Run) -> dict[str, Any]:
    report = {} if run.report is None else {"backtest": run.report}
    return {
        "as_of": run.facts_as_of.isoformat(),
        "ties": run.ties,
        "own_ties": run.own_ties,
        "model": {"name": run.model_name, "version": run.model_version, "kind": run.model_kind},
        **report,
    }
