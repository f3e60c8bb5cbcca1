"""Looks back: who could have been recommended to whom at a past instant, and which of them met since.

Where time tells too little, as when links came all at once, ties hidden at random stand for those that formed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.recommend.domain import (
    Candidates,
    Exchanges,
    Facts,
    Flags,
    Links,
    Network,
    Numbers,
    Offsets,
    Values,
    Verdicts,
)
from services.recommend.features import network, pairs

HORIZON_DAYS = 90.0
PAST_WINDOWS = 4
HIDINGS = 2
HIDDEN = 0.2
FEWEST_POSITIVES = 50
MOST_PEOPLE = 2_000  # a window; drawn at random from those who met somebody
SEED = 20_261_127
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Window:
    """Candidates as of an instant; which of them the person met (or connected to) since, and which he dismissed.

    `formed` counts, for each person asked about, all ties that formed, among the candidates or not.
    """

    candidates: Candidates
    met: Values
    dismissed: Flags
    formed: Numbers


@dataclass(frozen=True, slots=True)
class LookBack:
    """The newest window, held out to judge; those before it, to learn from; in time or by hiding.

    `known` is the network of the held out window's candidates.
    """

    facts: Facts
    as_of: datetime
    held_out: Window
    past: Sequence[Window]
    known: Network
    in_time: bool

    @property
    def pairs(self) -> list[Candidates]:
        """Return the candidates of every window, the held out one first: what a similarity may be known of."""
        return [self.held_out.candidates, *(one.candidates for one in self.past)]

    @property
    def data_from(self) -> datetime | None:
        return self.as_of - timedelta(days=HORIZON_DAYS * (len(self.past) + 1)) if self.in_time else None


def look_back(facts: Facts, as_of: datetime) -> LookBack:
    """Return windows of the 90 days before `as_of` and of those before them; else of ties hidden at random."""
    day = as_of.timestamp() / DAY_S
    cuts = [day - HORIZON_DAYS * place for place in range(1, PAST_WINDOWS + 2)]
    held_out, *past = [window(facts, cut, HORIZON_DAYS) for cut in cuts]
    enough = held_out.met.sum() > 0 and sum(one.met.sum() for one in past) >= FEWEST_POSITIVES
    if enough:
        return LookBack(facts, as_of, held_out, past, _network(facts, cuts[0]), in_time=True)
    return hide(facts, as_of)


def window(facts: Facts, cut_day: float, horizon_days: float, *, most: int = MOST_PEOPLE) -> Window:
    """Return the candidates as of a day with what came of them within the horizon."""
    until_day = cut_day + horizon_days
    known, later = (_network(facts, day) for day in (cut_day, until_day))
    said = (facts.verdicts.day >= cut_day) & (facts.verdicts.day < until_day)
    return judged(known, ties(later), _picked(facts.verdicts, said), most=most)


def hide(facts: Facts, as_of: datetime, *, most: int = MOST_PEOPLE) -> LookBack:
    """Return a window whose ties are a hidden fifth, and others made the same way from what is left."""
    day = as_of.timestamp() / DAY_S
    left, whole = _hidden(facts, day, seed=0)
    known = _network(left, day)
    held_out = judged(known, whole, facts.verdicts, most=most)
    past = []
    for place in range(1, HIDINGS + 1):
        fewer, rest = _hidden(left, day, seed=place)
        past.append(judged(_network(fewer, day), rest, facts.verdicts, most=most))
    return LookBack(facts, as_of, held_out, past, known, in_time=False)


def judged(known: Network, later: Offsets, verdicts: Verdicts, *, most: int = MOST_PEOPLE) -> Window:
    """Return the candidates of a network, judged by the ties of `later` (keys u·n+v, both ways) that it lacks.

    Only people who met somebody, or said something, are asked about: of others nobody knows what they would choose.
    """
    people = known.people
    said = verdicts.who.astype(np.int64) * people + verdicts.whom
    wanted = np.setdiff1d(said[verdicts.wanted > 0], ties(known))
    fresh = np.union1d(np.setdiff1d(later, ties(known), assume_unique=True), wanted)
    asked = np.unique(np.concatenate([fresh, said]) // max(people, 1)).astype(np.int32)
    if len(asked) > most:
        asked = np.sort(np.random.default_rng(SEED).choice(asked, most, replace=False))
    found = pairs.candidates(known, asked)
    keys = found.who.astype(np.int64) * people + found.whom
    met = np.isin(keys, fresh)
    formed = np.bincount(fresh // max(people, 1), minlength=people).astype(np.int32)
    formed[np.setdiff1d(np.arange(people), asked)] = 0
    return Window(found, met.astype(np.float32), np.isin(keys, said[verdicts.wanted == 0]) & ~met, formed)


def ties(of: Network) -> Offsets:
    """Return every tie both ways, as ascending keys u·n+v."""
    rows = np.repeat(np.arange(of.people, dtype=np.int64), np.diff(of.offsets))
    return rows * of.people + of.neighbours


def _network(facts: Facts, day: float) -> Network:
    return network.build(facts.links, facts.exchanges, facts.people.count, as_of_day=day)


def _hidden(facts: Facts, day: float, *, seed: int) -> tuple[Facts, Offsets]:
    """Return the facts without a random fifth of the ties, and every tie there was."""
    people, every = facts.people.count, ties(_network(facts, day))
    once = every[every // max(people, 1) < every % max(people, 1)]
    hidden = np.random.default_rng([SEED, seed]).permutation(once)[: int(len(once) * HIDDEN)]
    links, exchanges = facts.links, facts.exchanges
    kept = ~np.isin(_keys(links.a, links.b, people), hidden)
    left = ~np.isin(_keys(exchanges.sender, exchanges.receiver, people), hidden)
    return Facts(facts.people, _links(links, kept), _exchanges(exchanges, left), facts.verdicts), every


def _keys(one: Numbers, other: Numbers, people: int) -> Offsets:
    return np.minimum(one, other).astype(np.int64) * people + np.maximum(one, other)


def _links(of: Links, kept: NDArray[np.bool_]) -> Links:
    return Links(of.a[kept], of.b[kept], of.strength[kept], of.since_day[kept])


def _exchanges(of: Exchanges, kept: NDArray[np.bool_]) -> Exchanges:
    return Exchanges(of.sender[kept], of.receiver[kept], of.day[kept], of.both[kept])


def _picked(of: Verdicts, kept: NDArray[np.bool_]) -> Verdicts:
    return Verdicts(of.who[kept], of.whom[kept], of.wanted[kept], of.day[kept])
