"""The facts of a workspace, or of one contact's surroundings, as numbered columns."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np

from kit.db import Connection
from services.recommend.domain import Days, Exchanges, Links, Network, People, Verdicts
from services.recommend.features import network
from services.recommend.features.paths import LARGEST_HUB, WIDEN_BELOW
from services.recommend.store import facts as rows

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = 3

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """People by number, in the order of their ids, and what is known of their ties."""

    ids: list[UUID]
    people: People
    links: Links
    exchanges: Exchanges

    def network(self, as_of: datetime) -> Network:
        return network.build(self.links, self.exchanges, self.people.count, as_of_day=day(as_of))


@dataclass(slots=True)
class Surroundings:
    """What has been read around one contact; of everybody in `expanded` all ties are there."""

    people: dict[bytes, Row] = field(default_factory=dict)
    links: dict[tuple[bytes, bytes], Row] = field(default_factory=dict)
    exchanges: list[Row] = field(default_factory=list)
    expanded: set[bytes] = field(default_factory=set)


def day(instant: datetime) -> float:
    """Return an instant in days since 1970."""
    return (instant - EPOCH) / timedelta(days=1)


async def load(connection: Connection, workspace_id: UUID, as_of: datetime) -> Known:
    """Return everybody who is not archived, and all ties among them up to an instant."""
    people = [row async for block in rows.people(connection, workspace_id) for row in block]
    numbers = {row[0]: number for number, row in enumerate(people)}
    links = await _columns(rows.links(connection, workspace_id, as_of), numbers)
    exchanges = await _columns(rows.exchanges(connection, workspace_id, as_of), numbers)
    return Known([UUID(bytes=row[0]) for row in people], _people(people), _links(links), _exchanges(exchanges))


async def load_verdicts(connection: Connection, workspace_id: UUID, as_of: datetime, ids: Sequence[UUID]) -> Verdicts:
    """Return what was said of recommendations, of people who are numbered."""
    numbers = {one.bytes: number for number, one in enumerate(ids)}
    who, whom, wanted, days = await _columns(rows.verdicts(connection, workspace_id, as_of), numbers)
    return Verdicts(who.astype(np.int32), whom.astype(np.int32), wanted.astype(np.float32), days)


async def load_near(connection: Connection, workspace_id: UUID, contact_id: UUID, as_of: datetime) -> Known:
    """Return what decides whom one contact should meet: his surroundings, numbered as `load` orders everybody.

    All ties of everybody within two steps; where few are found there, those of everybody within three. People whom
    only somebody with too many ties leads to are not looked at: no path goes there.
    """
    near = Surroundings()
    await _meet(connection, workspace_id, near, {contact_id.bytes}, contact_id)
    frontier = set(near.people)
    for step in range(STEPS + 1):
        fresh = await _expand(connection, workspace_id, near, frontier, contact_id, as_of)
        few = step < STEPS - 1 or len(frontier) < WIDEN_BELOW
        frontier = fresh
        if not frontier or not few:
            break
    return _numbered(near)


async def _expand(
    connection: Connection,
    workspace_id: UUID,
    near: Surroundings,
    frontier: set[bytes],
    contact_id: UUID,
    as_of: datetime,
) -> set[bytes]:
    """Read all ties of some people; return whom they newly lead to."""
    ids = [UUID(bytes=one) for one in frontier]
    links = [row async for block in rows.links_of(connection, workspace_id, ids, as_of) for row in block]
    talks = [row async for block in rows.exchanges_of(connection, workspace_id, ids, as_of) for row in block]
    near.links.update({row[:2]: row for row in links})
    # One that has been read at its other end is there already.
    near.exchanges += [row for row in talks if row[0] not in near.expanded and row[1] not in near.expanded]
    near.expanded |= frontier
    ends = {end for row in chain(links, talks) for end in row[:2]}
    await _meet(connection, workspace_id, near, ends - near.people.keys(), contact_id)
    contacts = _contacts(chain(links, talks), frontier, near.people)
    passing = (theirs for theirs in contacts.values() if len(theirs) <= LARGEST_HUB)
    return set().union(*passing) - near.expanded


async def _meet(
    connection: Connection, workspace_id: UUID, near: Surroundings, ids: set[bytes], contact_id: UUID
) -> None:
    """Read who some people are; who is archived is nobody."""
    wanted = [UUID(bytes=one) for one in ids]
    async for block in rows.people_named(connection, workspace_id, wanted, contact_id=contact_id):
        near.people.update({row[0]: row for row in block})


def _contacts(ties: Iterable[Row], of: set[bytes], people: Mapping[bytes, Row]) -> dict[bytes, set[bytes]]:
    found: dict[bytes, set[bytes]] = {one: set() for one in of}
    for one, other, *_rest in ties:
        if one in people and other in people:
            if one in found:
                found[one].add(other)
            if other in found:
                found[other].add(one)
    return found


def _numbered(near: Surroundings) -> Known:
    people = [near.people[one] for one in sorted(near.people)]
    numbers = {row[0]: number for number, row in enumerate(people)}
    links, exchanges = (_numbers(ties, numbers) for ties in (list(near.links.values()), near.exchanges))
    return Known([UUID(bytes=row[0]) for row in people], _people(people), _links(links), _exchanges(exchanges))


def _people(people: Sequence[Row]) -> People:
    """Return columns of rows of (id, organization, influence)."""
    organizations: dict[str | None, int] = {None: -1}
    numbers = [organizations.setdefault(row[1], len(organizations) - 1) for row in people]
    influence = np.array([np.nan if row[2] is None else row[2] for row in people], np.float32)
    return People(np.array(numbers, np.int32), influence)


def _links(columns: Days) -> Links:
    one, other, strength, days = columns
    low, high = np.minimum(one, other), np.maximum(one, other)
    return Links(low.astype(np.int32), high.astype(np.int32), strength.astype(np.float32), days)


def _exchanges(columns: Days) -> Exchanges:
    sender, receiver, both, days = columns
    return Exchanges(sender.astype(np.int32), receiver.astype(np.int32), days, both > 0)


async def _columns(blocks: AsyncIterator[rows.Rows], numbers: Mapping[bytes, int]) -> Days:
    """Return rows of two people and two figures as four columns; people who are not numbered are left out."""
    parts = [_numbers(block, numbers) async for block in blocks]
    columns: Days = np.concatenate([np.empty((4, 0)), *parts], axis=1)
    return columns


def _numbers(ties: Sequence[Row], numbers: Mapping[bytes, int]) -> Days:
    """Return ties as columns; nobody has one with himself."""
    if not ties:
        return np.empty((4, 0))
    one, other, first, second = zip(*ties, strict=True)
    columns = np.array(
        [
            [numbers.get(person, -1) for person in one],
            [numbers.get(person, -1) for person in other],
            [np.nan if value is None else value for value in first],
            second,
        ],
        np.float64,
    )
    kept: Days = columns[:, (columns[0] >= 0) & (columns[1] >= 0) & (columns[0] != columns[1])]
    return kept
