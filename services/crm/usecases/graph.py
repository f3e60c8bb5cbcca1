"""Derive who knows whom, influence and communities of one workspace, and put them in the place of the last run's."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection, Pool, workspace
from services.crm import features, store
from services.crm.store import graph as rows
from services.crm.usecases.uniting import LINKS

STEPS = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a run starts from: the people by number, in the order of their ids, and columns about them."""

    people: list[UUID]
    interactions: features.Interactions
    given: features.Given
    last: dict[int, int]
    taken: set[int]


@dataclass(frozen=True, slots=True)
class Derived:
    links: features.Links
    places: features.Places


async def derive(pool: Pool, workspace_id: UUID, as_of: datetime, progress: Progress) -> dict[str, Any]:
    """Replace the derived rows by those that follow from the facts up to `as_of`; return how many there are.

    Nothing is seen of a run before its one transaction commits; run again, it starts anew and ends the same.
    """
    async with workspace(pool, workspace_id) as connection:
        known = await _load(connection, workspace_id, as_of)
    await progress(1, STEPS)
    derived = await asyncio.to_thread(compute, known, _microseconds(as_of))
    await progress(2, STEPS)
    async with workspace(pool, workspace_id) as connection:
        if await store.read_workspace(connection, workspace_id) is not None:
            await _write(connection, workspace_id, as_of, known.people, derived)
    return {
        "as_of": as_of.isoformat(),
        "interactions": len(known.interactions.contact),
        "given_links": len(known.given.a),
        "derived_links": len(derived.links.a),
        "people": len(derived.places.person),
        "communities": len(np.unique(derived.places.community)),
    }


def compute(known: Known, as_of_us: int) -> Derived:
    """Return links and places; takes seconds and no connection."""
    links = features.strengths(known.interactions, as_of_us)
    found = features.places(features.with_given(links, known.given, len(known.people)))
    return Derived(links, features.keep_ids(found, known.last, known.taken))


async def _load(connection: Connection, workspace_id: UUID, as_of: datetime) -> Known:
    """Read columns block by block; an id becomes a small number as soon as it is seen."""
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    talked = await _columns(rows.interactions(connection, workspace_id, as_of), numbers, (np.int64, np.int64))
    given = await _columns(rows.given_links(connection, workspace_id, as_of), numbers, (np.float64,))
    people = sorted(numbers)
    rank = np.empty(len(people), dtype=np.int64)
    rank[[numbers[person] for person in people]] = np.arange(len(people))
    last = {
        int(rank[numbers[person]]): community
        async for block in rows.last_communities(connection, workspace_id)
        for person, community in block
        if person in numbers
    }
    return Known(
        [UUID(bytes=person) for person in people],
        features.Interactions(rank[talked[0]], rank[talked[1]], talked[2], talked[3]),
        features.Given(rank[given[0]], rank[given[1]], given[2]),
        last,
        await rows.given_communities(connection, workspace_id),
    )


async def _columns(
    blocks: AsyncIterator[rows.Rows], numbers: defaultdict[bytes, int], types: Sequence[type[np.generic]]
) -> list[NDArray[Any]]:
    """Return rows as columns: two people by number, then one column of each of `types`."""
    columns: tuple[type[np.generic], ...] = (np.int64, np.int64, *types)
    parts: list[list[NDArray[Any]]] = [[np.empty(0, dtype=column)] for column in columns]
    async for block in blocks:
        one, other, *rest = zip(*block, strict=True)
        parts[0].append(np.array([numbers[person] for person in one], dtype=np.int64))
        parts[1].append(np.array([numbers[person] for person in other], dtype=np.int64))
        for part, values, kind in zip(parts[2:], rest, types, strict=True):
            part.append(np.array(values, dtype=kind))
    return [np.concatenate(part) for part in parts]


async def _write(
    connection: Connection, workspace_id: UUID, as_of: datetime, people: Sequence[UUID], derived: Derived
) -> None:
    """Put everything in place at once; the workspace's other writers wait for the last part only.

    They must: under the lock nobody can be erased between the look whether he is there and the row about him.
    """
    await rows.stage_links(connection, _link_rows(people, derived.links))
    await rows.stage_places(connection, _place_rows(people, derived.places))
    await store.open_for_writing(connection, workspace_id)
    await rows.replace_links(connection, workspace_id)
    await rows.replace_places(connection, workspace_id)
    await rows.note_run(connection, workspace_id, as_of)


def _link_rows(people: Sequence[UUID], links: features.Links) -> Iterator[tuple[Any, ...]]:
    """Yield rows; a derived link has the id that a given one of the same pair has."""
    text = [str(person) for person in people]
    columns = (links.a.tolist(), links.b.tolist(), links.strength.tolist(), links.since_us.tolist())
    for a, b, strength, since_us in zip(*columns, strict=True):
        since = EPOCH + timedelta(microseconds=since_us)
        yield uuid5(LINKS, text[a] + text[b]), people[a], people[b], strength, since


def _place_rows(people: Sequence[UUID], places: features.Places) -> Iterator[tuple[Any, ...]]:
    columns = (places.person.tolist(), places.influence.tolist(), places.community.tolist())
    for person, influence, community in zip(*columns, strict=True):
        yield people[person], influence, community


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)
