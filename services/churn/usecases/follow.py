"""Follow the change feed: score anew what changed, forget who is gone; where too much changed, ask for a whole run."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

from kit import feed
from kit.db import Connection, Pool, workspace
from kit.feed import Change
from services.churn.store import facts as rows
from services.churn.store import runs
from services.churn.store import scores as store
from services.churn.store.runs import OURS_ID
from services.churn.usecases import facts
from services.churn.usecases.facts import Tie
from services.churn.usecases.score import Means, Serving, compared_of, score, table

PAGE = 1_000
MOST_TIES = 500  # more at once are for a run: it reads in blocks, and everything else has moved too

Ask = Callable[[Connection, UUID], Awaitable[None]]


async def follow_workspace(
    pool: Pool, workspace_id: UUID, serving: Serving, ask_for_run: Ask, clock: Callable[[], datetime]
) -> None:
    """Deal with everything that is new; a batch and its cursor move are one transaction."""
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
            if not changes:
                return
            await _forget(connection, workspace_id, changes)
            await _refresh(connection, workspace_id, changes, serving, ask_for_run, clock())
            await feed.advance(connection, workspace_id, changes[-1])


async def _forget(connection: Connection, workspace_id: UUID, changes: Sequence[Change]) -> None:
    ids = _ids(changes, "contacts", "delete")
    gone = list(ids - await rows.present(connection, workspace_id, list(ids))) if ids else []
    if gone:
        await store.drop_of(connection, workspace_id, gone)


async def _refresh(
    connection: Connection,
    workspace_id: UUID,
    changes: Sequence[Change],
    serving: Serving,
    ask_for_run: Ask,
    now: datetime,
) -> None:
    run = await runs.current(connection, workspace_id)
    version, model = await serving.get(connection, workspace_id)
    compared = None if run is None else compared_of(run)
    # An interaction that is gone does not say whose it was, nor what is known of everybody it was counted for.
    whole = bool(_ids(changes, "interactions", "delete")) or run is None or run.model_version != version
    ties = [] if whole else await _touched(connection, workspace_id, changes)
    if run is None or compared is None or whole or len(ties) > MOST_TIES:
        if any(change.kind in {"interactions", "users"} for change in changes):
            await ask_for_run(connection, workspace_id)
        return
    means = Means(version, model, compared, now)
    if ties and await runs.hold(connection, workspace_id, run.run_id):
        blocks = await _blocks(connection, workspace_id, now, ties)
        scored = [await asyncio.to_thread(score, block, means) for block in blocks]
        made = chain.from_iterable(table(one, now) for one in scored)
        await runs.put_scores(connection, workspace_id, run.run_id, made)


async def _touched(connection: Connection, workspace_id: UUID, changes: Sequence[Change]) -> list[Tie]:
    """Return the ties whose ends or interactions changed, as far as the current run shows such."""
    ids = _ids(changes, "interactions", "insert") | _ids(changes, "interactions", "update")
    talks = await rows.touched_ties(connection, workspace_id, list(ids)) if ids else []
    cards = set(await rows.cards(connection, workspace_id)) if talks else set()
    ties: set[Tie] = set()
    for counterpart, contact in talks:
        if counterpart is None:
            ties.add((None, contact))
        ties |= {tie for tie in ((counterpart, contact), (contact, counterpart)) if tie[0] in cards and tie[1]}
    moved = list(_ids(changes, "contacts", "update"))
    if moved:
        kept = await store.egos_of(connection, workspace_id, moved)
        ties |= {(None if ego == OURS_ID else ego, contact) for ego, contact in kept}
    return sorted(ties, key=str)


async def _blocks(
    connection: Connection, workspace_id: UUID, as_of: datetime, ties: Iterable[Tie]
) -> list[facts.Block]:
    by_ego: dict[UUID | None, list[UUID]] = defaultdict(list)
    for ego, contact in ties:
        by_ego[ego].append(contact)
    own = by_ego.pop(None, [])
    blocks = [await facts.own(connection, workspace_id, as_of, own)] if own else []
    return blocks + [
        await facts.pairs(connection, workspace_id, as_of, [ego], ids) for ego, ids in by_ego.items() if ego
    ]


def _ids(changes: Iterable[Change], kind: str, op: str) -> set[UUID]:
    return {change.entity_id for change in changes if change.kind == kind and change.op == op}
