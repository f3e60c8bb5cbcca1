"""Whom a contact should meet, and why: as the last run computed it.

Or computed for him now: where the run knows him not, or he has had a new tie since.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import numpy as np

from kit.auth import Identity
from kit.db import Connection, Pool, workspace
from kit.errors import FieldError, Invalid, NotFound
from kit.registry import Served
from kit.texts import Language
from services.recommend.domain import (
    Asker,
    Between,
    Candidate,
    Mutual,
    MutualContact,
    Recommendation,
    Recommendations,
    Run,
    Share,
)
from services.recommend.features.reasons import reasons
from services.recommend.model import percentiles
from services.recommend.model.people import Ranker
from services.recommend.store import people, runs
from services.recommend.usecases import facts
from services.recommend.usecases.likeness import Compares
from services.recommend.usecases.run import new_run
from services.recommend.usecases.score import score

STALE_AFTER = timedelta(hours=48)

Scored = tuple[Candidate, float]


@dataclass(frozen=True, slots=True)
class Means:
    """What a process answers with."""

    pool: Pool
    served: Served[Ranker]
    compares: Compares
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose recommendations, how many, from which score on, in which language."""

    contact_id: UUID | None
    limit: int
    min_score: float
    language: Language


async def people_to_meet(means: Means, who: Identity, wish: Wish, now: datetime) -> Recommendations:
    """Return whom the named contact, or the caller's own card, should meet.

    Raises Invalid `no_self_contact` for a caller without a card who names nobody, NotFound for a contact who is not
    there.
    """
    for attempt in range(2):
        async with workspace(means.pool, who.workspace_id) as connection:
            asker, run, candidates = await people.page(
                connection, who.workspace_id, contact_id=wish.contact_id, user_id=who.user_id
            )
            contact_id = known_asker(asker)
            if asker.is_fresh or attempt:
                return await _answer(connection, who.workspace_id, asker, run, candidates, wish, now)
        await _compute(means, who.workspace_id, contact_id, run, asker.outdated_at, now)
    raise AssertionError("the second attempt answers")


def known_asker(asker: Asker) -> UUID:
    """Return whose recommendations they are; raise what is wrong where nobody's."""
    if asker.contact_id is None:
        where = FieldError("#/contact_id", "Name a contact, or give the user a card of his own.", "query")
        raise Invalid("The caller has no card of his own.", code="no_self_contact", fields=[where])
    if not asker.is_there:
        raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
    return asker.contact_id


async def _compute(
    means: Means, workspace_id: UUID, contact_id: UUID, run: Run | None, outdated_at: datetime | None, now: datetime
) -> None:
    """Compute for one contact what the run would have, and keep it beside the run's; without any run, by the rule."""
    async with workspace(means.pool, workspace_id) as connection:
        serving = await means.served.get(connection, workspace_id) if run and run.link != "identity" else None
        known = await facts.load_near(connection, workspace_id, contact_id, now)
    likeness = means.compares.within(workspace_id)
    asked = np.array([known.ids.index(contact_id)], np.int32)
    block = await score(known.network(now), known, asked, serving[1] if serving else None, likeness)
    if not len(block.raw) and outdated_at is None:
        return
    async with workspace(means.pool, workspace_id) as connection:
        if run is None:
            run = new_run(means.new_id(), "current", now, None)
            await runs.start(connection, workspace_id, run)
        if not await runs.hold(connection, workspace_id, run.run_id):
            return
        run_id = run.run_id
        if outdated_at is None or await runs.take_outdated(connection, workspace_id, run_id, contact_id, outdated_at):
            await runs.put_people(connection, workspace_id, run_id, block.rows(known))


async def _answer(
    connection: Connection,
    workspace_id: UUID,
    asker: Asker,
    run: Run | None,
    candidates: Sequence[Candidate],
    wish: Wish,
    now: datetime,
) -> Recommendations:
    scored = _scored(candidates, run)
    shown = [one for one in scored if one[1] >= wish.min_score][: wish.limit]
    contact_id = known_asker(asker)
    both = await people.mutual_contacts(connection, workspace_id, contact_id, [one.candidate_id for one, _ in shown])
    of_each: dict[UUID, list[MutualContact]] = {}
    for mutual in both:
        of_each.setdefault(mutual.candidate_id, []).append(mutual)
    items = [_explained(asker, run, one, of_each.get(one[0].candidate_id, []), wish.language) for one in shown if run]
    nothing = not scored and not asker.has_people
    return Recommendations(
        contact_id=contact_id,
        items=items,
        below_min_score=sum(score < wish.min_score for _, score in scored),
        run=run,
        status="insufficient_data" if nothing else _status(run, now),
        missing=_missing(asker) if nothing else (),
    )


def _scored(candidates: Sequence[Candidate], run: Run | None) -> list[Scored]:
    """Return candidates with their scores, 0–1: the rule's own, or the percentile among all candidates of the run."""
    raw = np.array([one.raw for one in candidates], np.float64)
    if run is not None and run.link != "identity":
        raw = percentiles.percentiles(raw.astype(np.float32), percentiles.load(run.histogram))
    return list(zip(candidates, np.clip(raw, 0, 1).tolist(), strict=True))


def _explained(
    asker: Asker, run: Run | None, scored: Scored, both: Sequence[MutualContact], language: Language
) -> Recommendation:
    candidate, value = scored
    codes = run.codes if run else []
    figures = zip(codes, candidate.share_values, candidate.comparisons, candidate.contributions, strict=True)
    shares = [Share(code, _known(one), _known(usual), added) for code, one, usual, added in figures]
    same = candidate.organization if candidate.same_organization else None
    theirs = set(candidate.tags)
    between = Between(
        mutual=[Mutual(_name(one), one.strength) for one in both],
        mutual_count=max(candidate.mutual, len(both)),
        organization=same,
        tags=[tag for tag in asker.tags if tag in theirs],
        title=candidate.title,
        influence=candidate.influence,
    )
    said = reasons(shares, between, language)
    base = candidate.raw - sum(reason.contribution for reason in said)
    return Recommendation(candidate, value, base, said, both)


def _status(run: Run | None, now: datetime) -> Literal["scored", "baseline", "stale"]:
    if run is not None and now - run.computed_at > STALE_AFTER:
        return "stale"
    return "baseline" if run is None or run.link == "identity" else "scored"


def _missing(asker: Asker) -> tuple[str, ...]:
    return ("candidates",) if asker.has_links else ("links",)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _name(person: MutualContact) -> str:
    return f"{person.first_name} {person.last_name}".strip()
