"""Scores some people's candidates: one way for the nightly run and for one contact."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.recommend.domain import (
    Candidates,
    Code,
    Exchanges,
    Explained,
    Links,
    Network,
    Numbers,
    Offsets,
    People,
    Values,
)
from services.recommend.features import network, pairs
from services.recommend.model import people
from services.recommend.model.people import Parts, Ranker
from services.recommend.usecases.facts import Known
from services.recommend.usecases.likeness import Likeness

STORED = 50  # candidates kept of each contact
PEOPLE_A_PART = 500  # ranked by one thread
FEW = 20  # with fewer candidates than this, those most like him are candidates too


@dataclass(frozen=True, slots=True)
class Block:
    """The best candidates of some people as they are kept, and the scores of all their candidates."""

    candidates: Candidates
    parts: Parts
    raw: Values
    explained: Explained
    all_raw: Values

    def rows(self, known: Known) -> Iterator[tuple[Any, ...]]:
        """Yield rows as store.runs.put_people takes them; of one person the best first, of equals the lower id."""
        who, whom = self.candidates.who, self.candidates.whom
        rank = np.arange(len(who)) - np.searchsorted(who, who, side="left") + 1
        parts, explained = self.parts, self.explained
        columns = zip(
            *(column.tolist() for column in (who, rank, whom, self.raw, self.candidates.mutual)),
            *(_known(part) for part in (parts.semantic_similarity, parts.influence)),
            *(column.tolist() for column in (parts.same_organization, explained.base)),
            *(table.tolist() for table in (explained.values, explained.comparisons, explained.contributions)),
            strict=True,
        )
        for one, place, other, *figures in columns:
            yield (known.ids[one], place, known.ids[other], *figures)


def warm_up() -> None:
    """Compile the kernel, or find it compiled, before somebody waits for it."""
    nobody, never = np.empty(0, np.int32), np.empty(0)
    links = Links(nobody, nobody, nobody.astype(np.float32), never)
    exchanges = Exchanges(nobody, nobody, never, never > 0)
    pairs.candidates(network.build(links, exchanges, 1, as_of_day=0.0), np.zeros(1, np.int32))


def codes_of(ranker: Ranker | None) -> list[Code]:
    """Return what the scores of a model are made of."""
    nobody, nothing = np.empty(0, np.int32), np.empty(0, np.float32)
    none = Candidates(nobody, nobody, nobody, np.empty((0, len(pairs.SIGNALS)), np.float32))
    return list(people.explain(ranker, none, Parts(nothing, nothing, nothing, nothing)).codes)


async def score(ties: Network, known: Known, asked: Numbers, ranker: Ranker | None, likeness: Likeness) -> Block:
    """Return the best candidates of some people, by the ranker or by the plain rule."""
    found = await asyncio.to_thread(pairs.candidates, ties, asked)
    found = await _with_alike(ties, known, asked, found, likeness)
    similarity = await likeness.of(known.ids, found)
    return await asyncio.to_thread(_block, known, found, similarity, ranker)


async def _with_alike(ties: Network, known: Known, asked: Numbers, found: Candidates, likeness: Likeness) -> Candidates:
    """Add semantic neighbours for those with few candidates."""
    count = np.bincount(found.who, minlength=known.people.count)[asked]
    few = asked[count < FEW]
    if not len(few):
        return found
    also = await likeness.neighbours(known.ids, few, limit=FEW)
    more = await asyncio.to_thread(pairs.candidates, ties, few, also=also)
    return _joined(found, more, few)


def _joined(found: Candidates, more: Candidates, few: Numbers) -> Candidates:
    """Put what was found of a few people in the place of what was found before, in the order of who asks."""
    kept = ~np.isin(found.who, few)
    who = np.concatenate([found.who[kept], more.who])
    order = np.argsort(who, kind="stable")
    return Candidates(
        who[order],
        np.concatenate([found.whom[kept], more.whom])[order],
        np.concatenate([found.mutual[kept], more.mutual])[order],
        np.concatenate([found.signals[kept], more.signals])[order],
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """What all candidates of some people score, and the places of each person's best, person by person."""

    parts: Parts
    raw: Values
    best: Offsets


def rank(found: Candidates, known: People, similarity: Values, ranker: Ranker | None, *, most: int = STORED) -> Ranked:
    """Score by the ranker, or by the plain rule where None serves, and find each person's best."""
    first = np.flatnonzero(np.concatenate([[True], found.who[1:] != found.who[:-1]])[: len(found.who)])
    starts = first[::PEOPLE_A_PART].tolist() or [0]
    ends = dict(zip(starts, [*starts[1:], len(found.who)], strict=True))

    def part(start: int) -> Ranked:
        rows = slice(start, ends[start])
        some = Candidates(found.who[rows], found.whom[rows], found.mutual[rows], found.signals[rows])
        parts = Parts.of(some, known, similarity[rows])
        raw = people.baseline(parts) if ranker is None else ranker.score_all(some, parts)
        places = pairs.best(some, raw, most)
        return Ranked(parts, raw, places[places >= 0] + start)

    return _together(pairs.in_parts(part, starts))


def _together(several: Sequence[Ranked]) -> Ranked:
    parts = (np.concatenate([getattr(one.parts, name) for one in several]) for name in people.PARTS)
    by_name = dict(zip(people.PARTS, parts, strict=True))
    raw, best = (np.concatenate([getattr(one, name) for one in several]) for name in ("raw", "best"))
    return Ranked(Parts(**by_name), raw, best)


def _block(known: Known, found: Candidates, similarity: Values, ranker: Ranker | None) -> Block:
    ranked = rank(found, known.people, similarity, ranker)
    parts, raw, best = ranked.parts, ranked.raw, ranked.best
    explained = people.explain(ranker, found, parts)
    candidates = Candidates(found.who[best], found.whom[best], found.mutual[best], found.signals[best])
    four = (parts.mutual_contacts, parts.semantic_similarity, parts.influence, parts.same_organization)
    tables = (explained.base, explained.values, explained.comparisons, explained.contributions)
    shown = Explained(explained.link, explained.codes, *(table[best] for table in tables))
    return Block(candidates, Parts(*(part[best] for part in four)), raw[best], shown, raw)


def _known(part: Values) -> list[float | None]:
    return [None if math.isnan(value) else value for value in part.tolist()]
