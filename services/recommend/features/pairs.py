"""Candidates and what speaks for each: paths of two and three steps, in one pass over a person's surroundings.

Adamic and Adar 2003 and resource allocation (Zhou, Lü and Zhang 2009) count contacts between, the rare ones more; by
strength, recency or volume a contact passes on its share of the sum of his weights. The walk of three steps
follows the same rule once more; divided by the root of the candidate's weight it is a symmetric random walk cut at
three steps (personalised PageRank weighs longer walks as well). Only those worth keeping after two steps are asked for
their third, from their own side: there are ten times fewer such paths.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.recommend.domain import Also, Candidates, Network, Numbers, Offsets, Values

SIGNALS = (
    "resource_allocation",
    "resource_allocation_by_strength",
    "resource_allocation_recent",
    "resource_allocation_by_volume",
    "resource_allocation_recent_per_root_degree",
    "walk_of_three",
    "walk_of_three_per_root_degree",
    "together",
    "adamic_adar",
    "degree",
)
KEPT = 64  # candidates a person, before they are ranked
WIDEN_BELOW = 100  # with fewer friends of friends than this, friends of theirs are candidates too
LARGEST_HUB = 2_000  # a contact of everybody says nothing of anybody: paths through larger ones are left out
BLOCK = 4_096
# Sums of one person while paths to him are walked: 32 bytes, never across two lines of the processor's cache.
PLAIN, STRONG, RECENT, VOLUME, THIRD, TOGETHER, RARE, SHARED = range(8)
CHEAP = (PLAIN, RECENT, THIRD, TOGETHER)  # what says enough, before anybody is chosen; THIRD only after a third step
NOTHING = np.float32(1e-12)


class Ties(NamedTuple):
    """A network with the degree and the sums of weights of everybody, as the compiled functions take it."""

    offsets: Offsets
    neighbours: Numbers
    strength: Values
    recent: Values
    volume: Values
    degree: Offsets
    strengths: Values
    recents: Values
    volumes: Values
    onward: Values  # 1 by the sum of recency; 0 for those through whom no path goes on
    together_offsets: Offsets
    together_with: Numbers
    together: Values


class Seen(NamedTuple):
    """What is known of everybody while one person's surroundings are walked; empty between two of them."""

    found: Numbers
    state: NDArray[np.int8]  # 0 far away, 1 found, 2 known already or the person himself
    sums: Values  # people x 8
    carried: Values  # by recency, what each passes on to a third step


class Answer(NamedTuple):
    """One row for each person asked about: how many candidates, who, contacts shared, signals."""

    counts: Numbers
    whom: Numbers
    mutual: Numbers
    signals: Values


def candidates(network: Network, people: Numbers, *, kept: int = KEPT, also: Also | None = None) -> Candidates:
    """Return up to `kept` candidates for each of some people, never themselves, never whom they know already.

    `also` names candidates from elsewhere for each of them, in the same order.
    """
    blocks = list(_blocks(network, people, kept, also or Also(np.zeros(len(people) + 1, np.int64), people[:0])))
    if not blocks:
        nobody = np.empty(0, np.int32)
        return Candidates(nobody, nobody, nobody, np.empty((0, len(SIGNALS)), np.float32))
    return Candidates(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def best(found: Candidates, scores: Values, most: int) -> Offsets:
    """Return the places of each person's best candidates, people x `most`, the best first, -1 where there are fewer.

    Of equal scores the lower number comes first. The candidates of one person stand together, as `candidates` gives.
    """
    first = np.flatnonzero(np.concatenate([[True], found.who[1:] != found.who[:-1]])[: len(found.who)])
    places = np.full((len(first), most), -1, np.int64)
    _best(np.append(first, len(found.who)).astype(np.int64), found.whom, scores, places)
    return places


def _blocks(
    network: Network, people: Numbers, kept: int, also: Also
) -> Iterator[tuple[Numbers, Numbers, Numbers, Values]]:
    ties, everybody = _ties(network), network.people
    seen = Seen(
        np.empty(everybody, np.int32),
        np.zeros(everybody, np.int8),
        np.zeros((everybody, SHARED + 1), np.float32),
        np.zeros(everybody, np.float32),
    )
    for start in range(0, len(people), BLOCK):
        asked = people[start : start + BLOCK]
        places = (len(asked), kept)
        answer = Answer(
            np.zeros(len(asked), np.int32),
            np.empty(places, np.int32),
            np.empty(places, np.int32),
            np.zeros((*places, len(SIGNALS)), np.float32),
        )
        _surroundings(asked, ties, also.offsets[start : start + BLOCK + 1], also.whom, seen, answer)
        there = np.arange(kept) < answer.counts[:, None]
        yield np.repeat(asked, answer.counts), answer.whom[there], answer.mutual[there], answer.signals[there]


def _ties(of: Network) -> Ties:
    degree = np.diff(of.offsets)
    strengths, recents, volumes = (_row_sums(of.offsets, one) for one in (of.strength, of.recent, of.volume))
    onward = np.where(degree <= LARGEST_HUB, 1 / np.maximum(recents, NOTHING), 0).astype(np.float32)
    return Ties(
        of.offsets, of.neighbours, of.strength, of.recent, of.volume, degree, strengths, recents, volumes, onward,
        of.together_offsets, of.together_with, of.together,
    )  # fmt: skip


def _row_sums(offsets: Offsets, weights: Values) -> Values:
    running = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    sums: Values = (running[offsets[1:]] - running[offsets[:-1]]).astype(np.float32)
    return sums


@njit(cache=True, nogil=True, error_model="numpy")
def _surroundings(
    asked: Numbers, ties: Ties, also_offsets: Offsets, also_whom: Numbers, seen: Seen, answer: Answer
) -> None:
    """Fill the answer, one row for each person asked about."""
    for row in range(len(asked)):
        u = asked[row]
        seen.state[u] = 2
        for edge in range(ties.offsets[u], ties.offsets[u + 1]):
            seen.state[ties.neighbours[edge]] = 2
        size = _two_steps(u, ties, seen)
        _carry(u, size, ties, seen)
        if size < WIDEN_BELOW:
            size = _third_step(u, size, ties, seen)
        size = _gathered(u, size, ties, seen)
        for place in range(also_offsets[row], also_offsets[row + 1]):
            size = _find(also_whom[place], size, seen)
        _choose(row, size, seen, answer)
        _signals(row, ties, seen, answer)
        _forget(u, size, ties, seen)


@njit(cache=True, nogil=True, error_model="numpy")
def _find(v: int, size: int, seen: Seen) -> int:
    """Note a candidate once; return how many there are."""
    if seen.state[v] != 0:
        return size
    seen.state[v] = 1
    seen.found[size] = v
    return size + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _two_steps(u: int, ties: Ties, seen: Seen) -> int:
    """Add up the paths of two steps from `u`; return how many people they lead to. Known ones are summed as well."""
    size = 0
    for first in range(ties.offsets[u], ties.offsets[u + 1]):
        w = ties.neighbours[first]
        if ties.degree[w] > LARGEST_HUB:
            continue
        plain = np.float32(1.0) / ties.degree[w]
        by_rarity = np.float32(1.0 / np.log(max(ties.degree[w], 2)))
        by_strength = ties.strength[first] / ties.strengths[w]
        by_recency = ties.recent[first] / ties.recents[w]
        by_volume = ties.volume[first] / ties.volumes[w]
        for second in range(ties.offsets[w], ties.offsets[w + 1]):
            v = ties.neighbours[second]
            if seen.state[v] == 0:
                seen.state[v] = 1
                seen.found[size] = v
                size += 1
            sums = seen.sums[v]
            sums[PLAIN] += plain
            sums[STRONG] += by_strength * ties.strength[second]
            sums[RECENT] += by_recency * ties.recent[second]
            sums[VOLUME] += by_volume * ties.volume[second]
            sums[RARE] += by_rarity
            sums[SHARED] += np.float32(1)
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _carry(u: int, size: int, ties: Ties, seen: Seen) -> None:
    """Note what strangers and acquaintances of `u` pass on: their share of what came to them, by recency."""
    for place in range(size + ties.degree[u]):
        v = seen.found[place] if place < size else ties.neighbours[ties.offsets[u] + place - size]
        seen.carried[v] = seen.sums[v, RECENT] * ties.onward[v]


@njit(cache=True, nogil=True, error_model="numpy")
def _third_step(u: int, size: int, ties: Ties, seen: Seen) -> int:
    """Find whom a third step leads to, also from acquaintances; return how many are found by now."""
    strangers = size
    for place in range(strangers + ties.degree[u]):
        v = seen.found[place] if place < strangers else ties.neighbours[ties.offsets[u] + place - strangers]
        if seen.carried[v] == 0:
            continue
        for edge in range(ties.offsets[v], ties.offsets[v + 1]):
            x = ties.neighbours[edge]
            size = _find(x, size, seen)
            seen.sums[x, THIRD] += seen.carried[v] * ties.recent[edge]
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _walk_of_three(x: int, ties: Ties, seen: Seen) -> np.float32:
    total = np.float32(0)
    for edge in range(ties.offsets[x], ties.offsets[x + 1]):
        total += seen.carried[ties.neighbours[edge]] * ties.recent[edge]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _gathered(u: int, size: int, ties: Ties, seen: Seen) -> int:
    for place in range(ties.together_offsets[u], ties.together_offsets[u + 1]):
        v = ties.together_with[place]
        size = _find(v, size, seen)
        seen.sums[v, TOGETHER] += ties.together[place]
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _choose(row: int, size: int, seen: Seen, answer: Answer) -> None:
    """Keep those for whom the signals so far, each scaled by its largest, together say most."""
    kept = min(size, answer.whom.shape[1])
    answer.counts[row] = kept
    if size == kept:
        answer.whom[row, :kept] = seen.found[:kept]
        return
    total = _promise(size, seen)
    threshold = np.partition(total, size - kept)[size - kept]
    taken, equal = 0, kept - (total > threshold).sum()
    for place in range(size):
        if total[place] < threshold or (total[place] == threshold and equal == 0):
            continue
        equal -= total[place] == threshold
        answer.whom[row, taken] = seen.found[place]
        taken += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _promise(size: int, seen: Seen) -> Values:
    """Return how much the cheap signals together say for each of those found."""
    largest = np.full(SHARED + 1, NOTHING)
    for place in range(size):
        sums = seen.sums[seen.found[place]]
        for signal in CHEAP:
            largest[signal] = max(largest[signal], sums[signal])
    share = np.float32(1) / largest
    total = np.zeros(size, np.float32)
    for place in range(size):
        sums = seen.sums[seen.found[place]]
        for signal in CHEAP:
            total[place] += sums[signal] * share[signal]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _signals(row: int, ties: Ties, seen: Seen, answer: Answer) -> None:
    """Write what speaks for each of those kept, scaled by the largest among them."""
    kept = answer.counts[row]
    largest = np.full(len(SIGNALS), NOTHING)
    for place in range(kept):
        v = answer.whom[row, place]
        sums, third = seen.sums[v], _walk_of_three(v, ties, seen)
        root = np.sqrt(max(ties.recents[v], NOTHING))
        answer.mutual[row, place] = np.int32(sums[SHARED])
        signals = answer.signals[row, place]  # in the order of SIGNALS
        signals[0], signals[1], signals[2], signals[3] = sums[PLAIN], sums[STRONG], sums[RECENT], sums[VOLUME]
        signals[4], signals[5], signals[6] = sums[RECENT] / root, third, third / root
        signals[7], signals[8], signals[9] = sums[TOGETHER], sums[RARE], ties.recents[v]
        for signal in range(len(SIGNALS)):
            largest[signal] = max(largest[signal], signals[signal])
    share = np.float32(1) / largest
    for place in range(kept):
        answer.signals[row, place] *= share


@njit(cache=True, nogil=True, error_model="numpy")
def _forget(u: int, size: int, ties: Ties, seen: Seen) -> None:
    for place in range(size):
        _clear(seen.found[place], seen)
    for edge in range(ties.offsets[u], ties.offsets[u + 1]):
        _clear(ties.neighbours[edge], seen)
    _clear(u, seen)


@njit(cache=True, nogil=True, error_model="numpy")
def _clear(v: int, seen: Seen) -> None:
    seen.state[v] = 0
    seen.sums[v, :] = 0
    seen.carried[v] = 0


@njit(cache=True, nogil=True, error_model="numpy")
def _best(first: Offsets, whom: Numbers, scores: Values, places: Offsets) -> None:
    """Insert each candidate into its person's list, as far up as it belongs."""
    for person in range(len(places)):
        row, size = places[person], 0
        for one in range(first[person], first[person + 1]):
            at = size
            while at > 0 and (
                scores[row[at - 1]] < scores[one]
                or (scores[row[at - 1]] == scores[one] and whom[row[at - 1]] > whom[one])
            ):
                if at < len(row):
                    row[at] = row[at - 1]
                at -= 1
            if at < len(row):
                row[at] = one
                size = min(size + 1, len(row))
