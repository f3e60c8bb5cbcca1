"""Compute the tone of every relationship: block by block, taken up again where it stopped, shown at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from kit.db import Connection, Pool, workspace
from services.sentiment.domain import Correction, Run, Sentiment
from services.sentiment.features.relationship import label_of
from services.sentiment.store import facts, runs, tones
from services.sentiment.usecases import histories
from services.sentiment.usecases.serving import Reader, Serving

CONTACTS_AT_ONCE = 500
WEEKS_BACK = 12

Progress = Callable[[int, int], Awaitable[None]]


async def analyze_workspace(
    pool: Pool,
    workspace_id: UUID,
    run_id: UUID,
    as_of: datetime,
    serving: Serving,
    progress: Progress,
    *,
    at_once: int = CONTACTS_AT_ONCE,
) -> dict[str, Any]:
    """Replace the figures of a workspace by those that follow from the facts up to an instant.

    Run again under the same id it goes on behind its last whole block. Of several workers at once each block is one's.
    """
    async with workspace(pool, workspace_id) as connection:
        await serving.register(connection, workspace_id)
        reader = await serving.reader(connection, workspace_id)
        run = await _begin(connection, workspace_id, run_id, as_of, reader)
        total = await facts.contact_count(connection, workspace_id)
        lexicon = await histories.lexicon(connection, workspace_id)
    done = run.contacts
    while run.state == "running":
        await progress(min(done, total), total)
        before = run.after_id
        run = await _take_further(pool, workspace_id, run, reader, lexicon, at_once)
        done = run.contacts
        if run.after_id == before:
            break
    async with workspace(pool, workspace_id) as connection:
        await runs.show(connection, workspace_id, run_id)
        agreement = await _corrected(connection, workspace_id)
    await progress(total, total)
    return {
        "as_of": run.facts_as_of.isoformat(),
        "contacts": run.contacts,
        "model": {"name": "tone", "version": run.model_version, "kind": run.model_kind},
        "corrections": agreement,
    }


async def _begin(connection: Connection, workspace_id: UUID, run_id: UUID, as_of: datetime, reader: Reader) -> Run:
    """Begin a run, or find the one that was begun; one that another model began is begun anew."""
    run = await runs.one(connection, workspace_id, run_id)
    if run is not None and run.state == "running" and run.model_version != reader.version:
        await runs.drop(connection, workspace_id, run_id)
    version, kind = reader.version, reader.kind
    await runs.start(connection, workspace_id, run_id, version=version, kind=kind, as_of=as_of, weeks=WEEKS_BACK)
    return await _present(connection, workspace_id, run_id)


async def _take_further(
    pool: Pool, workspace_id: UUID, run: Run, reader: Reader, lexicon: Mapping[str, float], at_once: int
) -> Run:
    """Compute a block and keep it, unless somebody else has meanwhile; return how far the run has come."""
    async with workspace(pool, workspace_id) as connection:
        ids = await facts.block_ids(connection, workspace_id, run.after_id, at_once)
        known = await histories.load(connection, workspace_id, ids, run.facts_as_of)
    if not ids:
        return run
    instants = [run.facts_as_of - timedelta(weeks=back) for back in range(run.weeks_back + 1)]
    read = await asyncio.to_thread(histories.read, known, reader, lexicon, instants)
    async with workspace(pool, workspace_id) as connection:
        if await runs.advance(connection, workspace_id, run, after_id=ids[-1], contacts=len(ids)):
            await _keep(connection, workspace_id, run.run_id, read, instants)
        return await _present(connection, workspace_id, run.run_id)


async def refresh(
    connection: Connection, workspace_id: UUID, run: Run, ids: Sequence[UUID], serving: Serving, now: datetime
) -> None:
    """Compute some contacts of the shown run anew; of whom nothing is known any more no figure is left."""
    reader = await serving.reader(connection, workspace_id)
    lexicon = await histories.lexicon(connection, workspace_id)
    known = await histories.load(connection, workspace_id, ids, now)
    read = await asyncio.to_thread(histories.read, known, reader, lexicon, [now])
    if await runs.hold(connection, workspace_id, run.run_id):
        await runs.drop_tones_of(connection, workspace_id, ids)
        await _keep(connection, workspace_id, run.run_id, read, [now])


def row_of(one: Sentiment) -> tuple[Any, ...]:
    """Return a figure in the order of copy_incoming_tones.sql."""
    shares = [one.share(part) for part in ("tags", "notes", "interactions")]
    values = [share.value if share else None for share in shares]
    return (one.contact_id, one.overall, *values, *(share.confidence if share else None for share in shares))


async def _keep(
    connection: Connection,
    workspace_id: UUID,
    run_id: UUID,
    read: Sequence[Sequence[Sentiment]],
    instants: Sequence[datetime],
) -> None:
    weeks = [
        (one.contact_id, monday(instant), one.overall)
        for each in read
        for one, instant in zip(each, instants, strict=True)
        if one.overall is not None
    ]
    await runs.put_tones(
        connection, workspace_id, run_id, (row_of(each[0]) for each in read if each[0].overall is not None)
    )
    await runs.put_weeks(connection, workspace_id, weeks)


def monday(instant: datetime) -> date:
    day = instant.date()
    return day - timedelta(days=day.weekday())


async def _present(connection: Connection, workspace_id: UUID, run_id: UUID) -> Run:
    run = await runs.one(connection, workspace_id, run_id)
    if run is None:
        raise RuntimeError("a later run has taken this one's place")
    return run


async def _corrected(connection: Connection, workspace_id: UUID) -> dict[str, Any] | None:
    """Return how the shown figures agree with the newest correction of each contact; None without any."""
    corrections = await tones.newest_corrections(connection, workspace_id)
    kept = await tones.of(connection, workspace_id, [one.contact_id for one in corrections])
    return agreement(corrections, {one.contact_id: one.overall for one in kept})


def agreement(corrections: Sequence[Correction], overall: Mapping[UUID, float]) -> dict[str, Any] | None:
    """Return for how many corrected relationships our label is theirs now, and was when they were corrected."""
    if not corrections:
        return None
    now = sum(one.contact_id in overall and label_of(overall[one.contact_id]) == one.label for one in corrections)
    then = sum(one.given is not None and label_of(one.given) == one.label for one in corrections)
    return {"count": len(corrections), "agree_now": now, "agreed_then": then}
