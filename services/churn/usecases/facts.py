"""The facts of some ties as columns: rows of the store in, Ties out, whoever asks and for whatever instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np

from kit.db import Connection
from services.churn.domain import OURS, Days, Directions, Log, Numbers, Ties, Values
from services.churn.store import facts as rows

# PostgreSQL's own times are whole microseconds since 2000-01-01. Both ways to a day are the same arithmetic: a fact of
# the very instant that is asked about has its day.
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
POSTGRES_EPOCH_DAY = 10_957.0
MICROSECONDS_A_DAY = 86_400e6

Tie: TypeAlias = tuple[UUID | None, UUID]  # ego, None for the workspace's own people, and contact


@dataclass(frozen=True, slots=True)
class Block:
    """Some ties by their ends, and the columns of the same ties in the same order."""

    ends: list[Tie]
    ties: Ties


@dataclass(frozen=True, slots=True)
class With:
    """What somebody had to do with one other: counts of late, the day of the last time."""

    counts: tuple[int, int, int]
    last_day: float
    in_year_before: bool


Circles = Mapping[UUID, Mapping[UUID | None, With]]
NOBODY: Mapping[UUID | None, With] = {}


def day(instant: datetime) -> float:
    """Return an instant in days since 1970."""
    return (instant - POSTGRES_EPOCH) // timedelta(microseconds=1) / MICROSECONDS_A_DAY + POSTGRES_EPOCH_DAY


async def next_own(
    connection: Connection, workspace_id: UUID, as_of: datetime, *, after_id: UUID, limit: int
) -> tuple[Block, UUID | None]:
    """Return the ties of the next contacts, and the last contact looked at; None where there was none."""
    found = await rows.own_ties(connection, workspace_id, as_of, after_id=after_id, limit=limit)
    some = [row for row in found if row[1]]
    return await _own(connection, workspace_id, as_of, some), found[-1][0] if found else None


async def own(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Block:
    """Return the ties of some contacts with the workspace's own people, one for each who is there."""
    found = await rows.own_ties_of(connection, workspace_id, as_of, ids)
    return await _own(connection, workspace_id, as_of, found)


async def pairs(
    connection: Connection,
    workspace_id: UUID,
    as_of: datetime,
    ego_ids: Sequence[UUID],
    ids: Sequence[UUID] | None = None,
) -> Block:
    """Return the ties of some egos with everybody, or one with each of the named, be there nothing between them."""
    found = await rows.pair_ties(connection, workspace_id, as_of, ego_ids, ids)
    if ids is not None:
        known = {row[:2] for row in found}
        found += [(ego, one, b"", b"") for ego in ego_ids for one in ids if (ego, one) not in known]
    ends: list[Tie] = [(row[0], row[1]) for row in found]
    people = list({one for tie in ends for one in tie if one is not None})
    circles = await _circles(connection, workspace_id, as_of, people)
    traits = await rows.attributes(connection, workspace_id, as_of, [contact for _, contact in ends])
    return Block(ends, _ties(ends, [row[2:4] for row in found], traits, circles))


async def load_log(connection: Connection, workspace_id: UUID, since: datetime, as_of: datetime) -> Log:
    """Return everything that passed within a time; people are numbered as they come."""
    numbers: dict[UUID, int] = {}
    blocks = rows.log(connection, workspace_id, since, as_of)
    parts = [_log_part((), numbers), *[_log_part(block, numbers) async for block in blocks]]
    ego, contact, days, direction = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Log(ego, contact, days, direction, len(numbers))


def _log_part(block: Sequence[tuple[Any, ...]], numbers: dict[UUID, int]) -> tuple[Numbers, Numbers, Days, Directions]:
    egos, contacts, times, directions = zip(*block, strict=True) if block else ((), (), (), ())
    return (
        np.array([OURS if one is None else numbers.setdefault(one, len(numbers)) for one in egos], np.int32),
        np.array([numbers.setdefault(one, len(numbers)) for one in contacts], np.int32),
        _days(b"".join(times)),
        np.array(directions, np.int8),
    )


async def _own(connection: Connection, workspace_id: UUID, as_of: datetime, found: rows.Rows) -> Block:
    ids = [row[0] for row in found]
    knows_pairs = bool(ids) and await rows.has_pairs(connection, workspace_id, as_of)
    circles = await _circles(connection, workspace_id, as_of, ids) if knows_pairs else None
    traits = await rows.attributes(connection, workspace_id, as_of, ids) if ids else []
    ends: list[Tie] = [(None, one) for one in ids]
    return Block(ends, _ties(ends, [row[1:3] for row in found], traits, circles))


async def _circles(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Circles:
    """Return with whom each of some contacts had to do."""
    found: dict[UUID, dict[UUID | None, With]] = {}
    for who, partner, *counts, last, before in await rows.partners(connection, workspace_id, as_of, ids):
        one = With((counts[0], counts[1], counts[2]), float(_days(last)[0]), bool(before))
        found.setdefault(who, {})[partner] = one
    return found


def _ties(
    ends: Sequence[Tie], passed: Sequence[tuple[bytes, bytes]], traits: rows.Rows, circles: Circles | None
) -> Ties:
    times, directions = (b"".join(part) for part in zip(*passed, strict=True)) if passed else (b"", b"")
    offsets = np.cumsum([0, *(len(one[1]) for one in passed)]).astype(np.int64)
    known = {row[0]: row[1:] for row in traits}
    unknown = (None,) * 5
    influence, size, gained, lost, moved = _columns([known.get(contact, unknown) for _, contact in ends], 5)
    others, last, own_counts = _around(ends, circles)
    mutual, mutual_before = _mutual(ends, circles)
    return Ties(
        offsets=offsets,
        day=_days(times),
        direction=np.frombuffer(directions, np.int8),
        others=others,
        others_last_day=last,
        own=own_counts,
        mutual=mutual,
        mutual_before=mutual_before,
        influence=influence,
        community_size=size,
        tags_gained=gained,
        tags_lost=lost,
        organization_changed=moved,
    )


def _around(ends: Sequence[Tie], circles: Circles | None) -> tuple[Values, Days, Values]:
    """Return what a contact did with others than the ego and when last, and the ego with others than the contact."""
    others, last = np.full((len(ends), 3), np.nan, np.float32), np.full(len(ends), np.nan)
    own_counts = np.full((len(ends), 3), np.nan, np.float32)
    if circles is None:
        return others, last, own_counts
    totals: dict[UUID, Any] = {who: _total(circle) for who, circle in circles.items()}
    for place, (ego, contact) in enumerate(ends):
        circle = circles.get(contact, NOBODY)
        both = circle[ego].counts if ego in circle else (0, 0, 0)
        others[place] = np.subtract(totals.get(contact, (0, 0, 0)), both)
        last[place] = max((one.last_day for partner, one in circle.items() if partner != ego), default=np.nan)
        if ego is not None:
            own_counts[place] = np.subtract(totals.get(ego, (0, 0, 0)), both)
    return others, last, own_counts


def _total(circle: Mapping[UUID | None, With]) -> tuple[int, int, int]:
    counts = [one.counts for one in circle.values()]
    return sum(one[0] for one in counts), sum(one[1] for one in counts), sum(one[2] for one in counts)


def _mutual(ends: Sequence[Tie], circles: Circles | None) -> tuple[Values, Values]:
    """Return how many third contacts both ends had to do with, in the last year and in a year 90 days earlier."""
    now, before = (np.full(len(ends), np.nan, np.float32) for _ in range(2))
    if circles is None:
        return now, before
    late = {who: {other for other, one in circle.items() if other and one.counts[2]} for who, circle in circles.items()}
    early = {who: {other for other, one in circle.items() if other and one.in_year_before}
             for who, circle in circles.items()}  # fmt: skip
    nobody: set[UUID] = set()
    for place, (ego, contact) in enumerate(ends):
        if ego is not None:
            now[place] = len(late.get(ego, nobody) & late.get(contact, nobody))
            before[place] = len(early.get(ego, nobody) & early.get(contact, nobody))
    return now, before


def _columns(table: Sequence[Sequence[float | None]], width: int) -> list[Values]:
    if not table:
        return [np.empty(0, np.float32) for _ in range(width)]
    return [
        np.array([np.nan if value is None else value for value in column], np.float32)
        for column in zip(*table, strict=True)
    ]


def _days(times: bytes) -> Days:
    """Return PostgreSQL's own times, one behind the other, as days since 1970."""
    days: Days = np.frombuffer(times, ">i8").astype(np.float64) / MICROSECONDS_A_DAY + POSTGRES_EPOCH_DAY
    return days
