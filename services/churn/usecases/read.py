"""What is said of ties, one or many: as the last run computed it, or computed now where it has not, or of then."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kit.auth import Identity
from kit.cache import Server, Shelf
from kit.db import Connection, Pool, workspace
from kit.errors import FieldError, Invalid, NotFound
from kit.texts import Language
from services.churn.domain import Kept, Past, RiskLevel, Run, Score, State, Told
from services.churn.store import facts as rows
from services.churn.store import runs
from services.churn.store import scores as store
from services.churn.store.runs import OURS_ID
from services.churn.usecases import facts
from services.churn.usecases.score import Means, Serving, compared_of, measure_workspace, score, scores, shares, table
from services.churn.usecases.words import HIGH, MEDIUM, risk_level, tell

VERSION = "score-1"  # of what is kept in the cache
BOUNDS: dict[RiskLevel, tuple[float | None, float | None]] = {
    "HIGH": (HIGH, None),
    "MEDIUM": (MEDIUM, HIGH),
    "LOW": (None, MEDIUM),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a process answers with."""

    pool: Pool
    serving: Serving
    cache: Server
    shelf: Shelf[Score]

    @classmethod
    def of(cls, pool: Pool, serving: Serving, cache: Server) -> "Desk":
        return cls(pool, serving, cache, Shelf(cache, VERSION, Score))


@dataclass(frozen=True, slots=True)
class Wish:
    """From whom ties are seen (None: the own people, or the caller's card), of when, how far ahead, in which words."""

    ego_id: UUID | None = None
    as_of: datetime | None = None
    horizon_days: float | None = None
    language: Language = "en"
    explain: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether what a run computed answers it."""
        return self.as_of is None and self.horizon_days is None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which ties are listed; `after` is the probability and contact the page before ended with."""

    risk_level: RiskLevel | None
    state: State
    with_snoozed: bool
    limit: int
    after: tuple[float, UUID] | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of ties, the likeliest to fall silent first; `run` None: nothing was computed yet."""

    ego_id: UUID | None
    items: Sequence[Told]
    run: Run | None
    has_more: bool


async def find_one(
    desk: Desk, who: Identity, contact_id: UUID, wish: Wish, now: datetime
) -> tuple[Score, dict[UUID, str]]:
    """Return what is said of one tie, and the names it takes to tell it.

    Raises NotFound for a contact or an ego who is not there.
    """
    found, called = await _find(desk, who, [contact_id], wish, now)
    if contact_id not in found:
        raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
    return found[contact_id], called


async def read_many(desk: Desk, who: Identity, ids: Sequence[UUID], wish: Wish, now: datetime) -> dict[UUID, Told]:
    """Return what is said of some ties, by contact; contacts who are not there are left out."""
    found, called = await _find(desk, who, ids, wish, now)
    return {one: tell(found[one], called, wish.language, now, explain=wish.explain) for one in found}


async def _find(
    desk: Desk, who: Identity, ids: Sequence[UUID], wish: Wish, now: datetime
) -> tuple[dict[UUID, Score], dict[UUID, str]]:
    names = {one: f"{one}.{wish.ego_id or ''}.{'' if wish.ego_id else who.user_id or ''}" for one in ids}
    look = await desk.shelf.look(who.workspace_id, names.values()) if wish.is_plain else None
    kept = {one: look.found[name] for one, name in names.items() if look and name in look.found}
    missing = [one for one in dict.fromkeys(ids) if one not in kept]
    if missing:
        fresh = await _read(desk, who, missing, wish, now)
        kept |= {one.contact_id: one for one in fresh}
        if look is not None:
            await desk.shelf.keep(look, {names[one.contact_id]: one for one in fresh})
    return kept, await _names(desk, who.workspace_id, kept.values())


async def list_ties(desk: Desk, who: Identity, chosen: Filter, wish: Wish, now: datetime) -> Listed:
    """Return a page of the ties of an ego."""
    above, at_most = BOUNDS[chosen.risk_level] if chosen.risk_level else (None, None)
    async with workspace(desk.pool, who.workspace_id) as connection:
        ego_id = await resolve_ego(connection, who, wish.ego_id)
        run = await runs.current(connection, who.workspace_id)
        found = await store.ranked(
            connection,
            who.workspace_id,
            ego_id=ego_id or OURS_ID,
            state=chosen.state,
            above=above,
            at_most=at_most,
            with_snoozed=chosen.with_snoozed,
            after=chosen.after,
            limit=chosen.limit + 1,
            now=now,
        )
        shown = [_of_kept(one) for one in found[: chosen.limit]]
        if wish.explain:
            shown = await _introduced(connection, who.workspace_id, shown, ego_id)
    called = await _names(desk, who.workspace_id, shown)
    items = [tell(one, called, wish.language, now, explain=wish.explain) for one in shown]
    return Listed(ego_id, items, run, has_more=len(found) > chosen.limit)


async def read_history(
    desk: Desk, who: Identity, contact_id: UUID, ego_id: UUID | None, *, before: datetime | None, limit: int
) -> list[Past]:
    """Return what was said of a tie, the newest first; raise NotFound for a contact who is not there."""
    async with workspace(desk.pool, who.workspace_id) as connection:
        seen_from = await resolve_ego(connection, who, ego_id)
        if not await rows.present(connection, who.workspace_id, [contact_id]):
            raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
        return await store.history(
            connection, who.workspace_id, contact_id, ego_id=seen_from or OURS_ID, before=before, limit=limit
        )


async def resolve_ego(connection: Connection, who: Identity, ego_id: UUID | None) -> UUID | None:
    """Return from whom ties are seen: the named, or the caller's card where there are no ties of our own people.

    None is the workspace's own people. Raises NotFound for one who is not there.
    """
    asker = await store.asker(connection, who.workspace_id, ego_id=ego_id, user_id=who.user_id)
    if ego_id is not None and not asker.ego_is_there:
        raise NotFound("There is no such contact to see it from.", code="ego_not_found")
    return ego_id or (None if asker.has_own_ties else asker.card_id)


async def _read(desk: Desk, who: Identity, ids: Sequence[UUID], wish: Wish, now: datetime) -> list[Score]:
    """Return what is said of contacts who are there, from the current run where that knows them."""
    workspace_id = who.workspace_id
    async with workspace(desk.pool, workspace_id) as connection:
        ego_id = await resolve_ego(connection, who, wish.ego_id)
        _refuse_oneself(ids, ego_id)
        there = await rows.present(connection, workspace_id, ids)
        kept = await store.of(connection, workspace_id, ids, ego_id=ego_id or OURS_ID, now=now) if wish.is_plain else []
        found = [_of_kept(one) for one in kept if one.contact_id in there]
        missing = sorted(there - {one.contact_id for one in found})
        if missing:
            found += await _compute(connection, desk.serving, workspace_id, missing, ego_id, wish, now)
        return await _introduced(connection, workspace_id, found, ego_id)


async def _compute(
    connection: Connection,
    serving: Serving,
    workspace_id: UUID,
    ids: Sequence[UUID],
    ego_id: UUID | None,
    wish: Wish,
    now: datetime,
) -> list[Score]:
    """Return what the model says of ties the run does not know; of now, it is kept beside the run's."""
    as_of = wish.as_of or now
    current = wish.as_of is None
    run = await (runs.current(connection, workspace_id) if current else runs.near(connection, workspace_id, as_of))
    version, model = await serving.get(connection, workspace_id)
    compared = None if run is None else compared_of(run)
    means = Means(version, model, compared or await measure_workspace(connection, workspace_id, as_of), as_of)
    if ego_id is None:
        block = await facts.own(connection, workspace_id, as_of, ids)
    else:
        block = await facts.pairs(connection, workspace_id, as_of, [ego_id], ids)
    scored = await asyncio.to_thread(score, block, means, wish.horizon_days)
    if wish.is_plain and run and run.model_version == version and await runs.hold(connection, workspace_id, run.run_id):
        await runs.put_scores(connection, workspace_id, run.run_id, table(scored, as_of))
    return scores(scored, means, now)


async def _introduced(
    connection: Connection, workspace_id: UUID, found: Sequence[Score], ego_id: UUID | None
) -> list[Score]:
    """Return the same scores, those at risk with whom the contact could be introduced to."""
    risky = [one.contact_id for one in found if risk_level(one.probability) in {"HIGH", "MEDIUM"}]
    if not risky:
        return list(found)
    best = await rows.introductions(connection, workspace_id, risky, ego_id=ego_id)
    return [_with_introduction(one, best) for one in found]


def _with_introduction(one: Score, best: Mapping[UUID, UUID]) -> Score:
    return replace(one, introduce_to=best[one.contact_id]) if one.contact_id in best else one


def _refuse_oneself(ids: Sequence[UUID], ego_id: UUID | None) -> None:
    if ego_id in ids:
        where = FieldError("#/ego_contact_id", "Name another contact than the one asked about.", "query")
        raise Invalid("Nobody has a tie with himself.", code="tie_with_oneself", fields=[where])


async def _names(desk: Desk, workspace_id: UUID, found: Iterable[Score]) -> dict[UUID, str]:
    """Return what those are called whom somebody could be introduced to: names are read each time, never cached."""
    ids = list({one.introduce_to for one in found if one.introduce_to})
    if not ids:
        return {}
    async with workspace(desk.pool, workspace_id) as connection:
        return await rows.names(connection, workspace_id, ids)


def _of_kept(kept: Kept) -> Score:
    known = kept.probability is not None
    return Score(
        contact_id=kept.contact_id,
        ego_id=None if kept.ego_id == OURS_ID else kept.ego_id,
        state=kept.state,
        probability=kept.probability,
        horizon_days=kept.horizon_days,
        interactions=kept.interactions,
        days_since_last=kept.days_since_last,
        usual_gap_days=kept.usual_gap_days,
        base=kept.base,
        shares=shares(kept.codes, kept.shown, kept.compared, kept.contributions) if known else [],
        model_name=kept.model_name,
        model_version=kept.model_version,
        model_kind=kept.model_kind,
        facts_as_of=kept.facts_as_of,
        computed_at=kept.computed_at,
        feedback=kept.feedback,
        feedback_until=kept.feedback_until,
    )
