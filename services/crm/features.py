"""What interactions and links say of people: who knows whom and how well, influence, communities. Pure and columnar.

People are numbers here, 0 to n-1 in the order of their ids; whoever loads the rows numbers them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata
from sknetwork.clustering import Louvain
from sknetwork.ranking import PageRank

HALF_LIFE_DAYS = 180.0
HALF_STRENGTH_EXCHANGES = 5.0
WEAKEST = 0.001
UNSAID_STRENGTH = 0.5
DAMPING = 0.85
TOLERANCE = 1e-12
MOST_STEPS = 200
SEED = 0

TO_COUNTERPART, TO_CONTACT = 1, 2  # bits of a direction; both set: both ways
MICROSECONDS_A_DAY = 86_400_000_000
STRENGTH_DECIMALS = 4
EQUAL_TO_DECIMALS = 8  # ranks are sums of floats: people in the same position must come out equal

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interactions:
    """What passed between two contacts each: columns of equal length; times in microseconds since 1970."""

    contact: Numbers
    counterpart: Numbers
    direction: Numbers
    occurred_at_us: Numbers


@dataclass(frozen=True, slots=True)
class Links:
    """Who knows whom, a < b, each pair once; strength 0 to 1; since when, in microseconds since 1970."""

    a: Numbers
    b: Numbers
    strength: Weights
    since_us: Numbers


@dataclass(frozen=True, slots=True)
class Given:
    """Links the CRM gives, a < b; strength NaN where it does not say."""

    a: Numbers
    b: Numbers
    strength: Weights


@dataclass(frozen=True, slots=True)
class Places:
    """People who have a link, in the order of their numbers: influence as a percentile among them, and community."""

    person: Numbers
    influence: Weights
    community: Numbers


def strengths(interactions: Interactions, as_of_us: int) -> Links:
    """Return the links that interactions up to `as_of_us` make, in the order of their pairs.

    Each direction is a count in which an interaction halves every HALF_LIFE_DAYS (frequency, recency and direction as
    in Roth et al., "Suggesting Friends Using the Implicit Social Graph", KDD 2010). The two counts x and y become one
    by their power mean of exponent 1/2, m = ((√x + √y) / 2)²: talk in equal parts counts in full, talk in one
    direction a quarter of its mean of both. strength = m / (m + HALF_STRENGTH_EXCHANGES), so five exchanges just now
    make 0.5 and nothing makes 1. Pairs weaker than WEAKEST are no links.
    """
    keep = interactions.occurred_at_us <= as_of_us
    contact, counterpart = interactions.contact[keep], interactions.counterpart[keep]
    direction, occurred_at_us = interactions.direction[keep], interactions.occurred_at_us[keep]
    low, high = np.minimum(contact, counterpart), np.maximum(contact, counterpart)
    order = np.lexsort((direction, occurred_at_us, high, low))  # sums do not depend on the order of the rows
    low, high, occurred_at_us = low[order], high[order], occurred_at_us[order]
    decayed = np.exp2((occurred_at_us - as_of_us) / (HALF_LIFE_DAYS * MICROSECONDS_A_DAY))
    first = np.flatnonzero(np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)]) if len(low) else np.arange(0)
    onward, back = (direction[order] & TO_COUNTERPART) > 0, (direction[order] & TO_CONTACT) > 0
    upward = np.where(contact[order] == low, onward, back)
    downward = np.where(contact[order] == low, back, onward)
    mean = (np.sqrt(_sums(decayed * upward, first)) + np.sqrt(_sums(decayed * downward, first))) ** 2 / 4
    strength = np.round(mean / (mean + HALF_STRENGTH_EXCHANGES), STRENGTH_DECIMALS)
    strong = strength >= WEAKEST
    at = first[strong]
    return Links(low[at], high[at], strength[strong], occurred_at_us[at])


def _sums(values: Weights, first: Numbers) -> Weights:
    return np.add.reduceat(values, first) if len(first) else np.zeros(0)


def with_given(derived: Links, given: Given, n: int) -> Given:
    """Return all links of a graph of `n` people: for each pair the given one, else the derived one."""
    free = ~np.isin(derived.a * n + derived.b, given.a * n + given.b)
    strength = np.where(np.isnan(given.strength), UNSAID_STRENGTH, given.strength)
    return Given(
        np.concatenate([given.a, derived.a[free]]),
        np.concatenate([given.b, derived.b[free]]),
        np.concatenate([strength, derived.strength[free]]),
    )


def places(links: Given) -> Places:
    """Return influence and community of everybody who has a link of some strength.

    Influence is PageRank (damping 0.85, strengths as weights), as the share of people below plus half of those equal:
    between 0 and 1 and never either. Communities are Louvain's (modularity, resolution 1), numbered from 0, the
    largest first. The same links in any order give the same answer.
    """
    some = links.strength > 0
    ends = np.concatenate([links.a[some], links.b[some]])
    person, numbered = np.unique(ends, return_inverse=True)
    if not len(person):
        return Places(person, np.zeros(0), person)
    a, b = np.split(numbered, 2)
    weights = np.concatenate([links.strength[some]] * 2)
    shape = (len(person), len(person))
    graph = csr_matrix((weights, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=shape)
    return Places(person, percentiles(page_ranks(graph)), _communities(graph))


def page_ranks(graph: Any) -> Weights:
    """Return PageRank of each person; they sum to 1."""
    ranks: Weights = PageRank(damping_factor=DAMPING, n_iter=MOST_STEPS, tol=TOLERANCE).fit_predict(graph)
    return ranks


def percentiles(values: Weights) -> Weights:
    """Return the share of values below each one, and half of those equal to it."""
    ranks: Weights = rankdata(np.round(values * len(values), EQUAL_TO_DECIMALS), method="average")
    return (ranks - 0.5) / len(values)


def _communities(graph: Any) -> Numbers:
    return np.asarray(Louvain(random_state=SEED).fit_predict(graph), dtype=np.int64)


def keep_ids(found: Places, last: Mapping[int, int], taken: Collection[int]) -> Places:
    """Return `found` with the community ids of the last run, wherever they can stay the same.

    `last` maps people to the ids they had. The pairs of a new community and an old one share them by largest overlap
    first; a new community without an old one gets the smallest positive number that neither the last run nor the CRM
    (`taken`) uses.
    """
    ids = _largest_overlaps(found, {person: old for person, old in last.items() if old not in taken})
    spare = _unused({*last.values(), *taken})
    for label in range(int(found.community.max(initial=-1)) + 1):
        if label not in ids:
            ids[label] = next(spare)
    community = np.array([ids[label] for label in found.community.tolist()], dtype=np.int64)
    return Places(found.person, found.influence, community)


def _largest_overlaps(found: Places, last: Mapping[int, int]) -> dict[int, int]:
    """Return the old id of each new community that has one; of equal overlaps the lower numbers go first."""
    shared = Counter(
        (last[person], label)
        for person, label in zip(found.person.tolist(), found.community.tolist(), strict=True)
        if person in last
    )
    ids: dict[int, int] = {}
    used: set[int] = set()
    for (old, label), _count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        if old not in used and label not in ids:
            ids[label] = old
            used.add(old)
    return ids


def _unused(avoid: Collection[int]) -> Iterator[int]:
    return (number for number in count(1) if number not in avoid)
