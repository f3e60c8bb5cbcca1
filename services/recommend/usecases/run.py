"""Compute whom everybody of a workspace should meet: block by block, taken up again where it stopped, shown at once."""

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from kit.db import Connection, Pool, workspace
from kit.registry import Served
from services.recommend.domain import Network, Run
from services.recommend.model import people, percentiles
from services.recommend.model.people import Ranker
from services.recommend.store import runs
from services.recommend.usecases import facts
from services.recommend.usecases.likeness import Likeness
from services.recommend.usecases.score import Block, codes_of, score

PEOPLE_AT_ONCE = 1_000
BASELINE, BASELINE_VERSION = "people_baseline", "1"

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun, by whoever began it, and what it works on."""

    run: Run
    ranker: Ranker | None
    known: facts.Known


async def recommend_workspace(
    pool: Pool,
    workspace_id: UUID,
    run_id: UUID,
    as_of: datetime,
    served: Served[Ranker],
    likeness: Likeness,
    progress: Progress,
    *,
    at_once: int = PEOPLE_AT_ONCE,
) -> dict[str, Any]:
    """Replace the recommendations of a workspace by those that follow from the facts up to an instant.

    Run again under the same id it goes on behind its last whole block. Of several workers at once each block is one's.
    """
    begun = await _begin(pool, workspace_id, run_id, as_of, served)
    run, known = begun.run, begun.known
    if run.state == "running":
        network = await asyncio.to_thread(known.network, run.facts_as_of)
        while (start := _done(run, known)) < known.people.count:
            await progress(start, known.people.count)
            asked = np.arange(start, min(start + at_once, known.people.count), dtype=np.int32)
            run = await _take_further(pool, workspace_id, begun, run, network, asked, likeness)
        await progress(known.people.count, known.people.count)
        async with workspace(pool, workspace_id) as connection:
            await runs.show(connection, workspace_id, run.run_id)
    return _report(run)


async def _begin(pool: Pool, workspace_id: UUID, run_id: UUID, as_of: datetime, served: Served[Ranker]) -> Begun:
    """Begin a run, or find the one that was begun; one that another model began is begun anew."""
    async with workspace(pool, workspace_id) as connection:
        serving = await served.get(connection, workspace_id)
        run = await runs.one(connection, workspace_id, run_id)
        if run is not None and run.state == "running" and run.model_version != _version(serving):
            await runs.drop(connection, workspace_id, run_id)
            run = None
        if run is None:
            await runs.start(connection, workspace_id, new_run(run_id, "running", as_of, serving))
            run = await _present(connection, workspace_id, run_id)
        known = await facts.load(connection, workspace_id, run.facts_as_of)
    return Begun(run, serving[1] if serving else None, known)


async def _take_further(
    pool: Pool,
    workspace_id: UUID,
    begun: Begun,
    run: Run,
    network: Network,
    asked: np.ndarray[Any, np.dtype[np.int32]],
    likeness: Likeness,
) -> Run:
    """Compute a block and keep it, unless somebody else has meanwhile; return how far the run has come."""
    block = await score(network, begun.known, asked, begun.ranker, likeness)
    async with workspace(pool, workspace_id) as connection:
        if await _advance(connection, workspace_id, begun.known, run, asked, block, degraded=likeness.degraded):
            await runs.put_people(connection, workspace_id, run.run_id, block.rows(begun.known))
        return await _present(connection, workspace_id, run.run_id)


async def _advance(
    connection: Connection,
    workspace_id: UUID,
    known: facts.Known,
    run: Run,
    asked: np.ndarray[Any, np.dtype[np.int32]],
    block: Block,
    *,
    degraded: bool,
) -> bool:
    counts = percentiles.load(run.histogram) + percentiles.counted(block.all_raw)
    return await runs.advance(
        connection,
        workspace_id,
        run,
        after_id=known.ids[asked[-1]],
        histogram=percentiles.dump(counts),
        contacts=len(asked),
        candidates=len(block.all_raw),
        degraded=degraded,
    )


async def _present(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run:
    run = await runs.one(connection, workspace_id, run_id)
    if run is None:
        raise RuntimeError("a later run has taken this one's place")
    return run


def new_run(run_id: UUID, state: str, as_of: datetime, serving: tuple[str, Ranker] | None) -> Run:
    """Return a run by what serves, before it has computed anything."""
    return Run(
        run_id=run_id,
        state=state,
        model_name=people.NAME if serving else BASELINE,
        model_version=_version(serving),
        model_kind=_kind(serving),
        link="logit" if serving else "identity",
        codes=codes_of(serving[1] if serving else None),
        histogram=percentiles.dump(percentiles.none_yet()),
        after_id=None,
        contacts=0,
        candidates=0,
        degraded=False,
        facts_as_of=as_of,
        computed_at=as_of,
    )


def _kind(serving: tuple[str, Ranker] | None) -> str:
    """Return what kind of model serves; an index is a ranker of one feature."""
    if serving is None:
        return "baseline"
    return "index" if sum(weight != 0 for weight in serving[1].weights) == 1 else "logistic_regression"


def _version(serving: tuple[str, Ranker] | None) -> str:
    return serving[0] if serving else BASELINE_VERSION


def _done(run: Run, known: facts.Known) -> int:
    """Return how many people, in the order of their ids, are behind the run."""
    return 0 if run.after_id is None else bisect_right(known.ids, run.after_id)


def _report(run: Run) -> dict[str, Any]:
    return {
        "as_of": run.facts_as_of.isoformat(),
        "contacts": run.contacts,
        "candidates": run.candidates,
        "model": {"name": run.model_name, "version": run.model_version, "kind": run.model_kind},
        "degraded": run.degraded,
    }
