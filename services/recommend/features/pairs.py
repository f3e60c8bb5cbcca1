"""Candidates and what speaks for each: paths of two and three steps, in one pass over a person's surroundings.

Adamic and Adar 2003 and resource allocation (Zhou, Lü and Zhang 2009) count contacts between, the rare ones more; by
strength, recency or volume a contact passes on its share of the sum of his weights. The walk of three steps
follows the same rule once more; divided by the root of the candidate's weight it is a symmetric random walk cut at
three steps (personalised PageRank weighs longer walks as well).
"""

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.recommend.domain import Candidates, Network, Numbers, Offsets, Values

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


def candidates(network: Network, people: Numbers, *, kept: int = KEPT) -> Candidates:
    """Return up to `kept` candidates for each of some people, never themselves, never whom they know already."""
    blocks = list(_blocks(network, people, kept))
    if not blocks:
        nobody = np.empty(0, np.int32)
        return Candidates(nobody, nobody, nobody, np.empty((0, len(SIGNALS)), np.float32))
    return Candidates(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def _blocks(network: Network, people: Numbers, kept: int) -> Iterator[tuple[Numbers, Numbers, Numbers, Values]]:
    degree = np.diff(network.offsets)
    sums = [_row_sums(network.offsets, weight) for weight in (network.strength, network.recent, network.volume)]
    for start in range(0, len(people), BLOCK):
        asked = people[start : start + BLOCK]
        count = np.zeros(len(asked), np.int32)
        whom = np.empty((len(asked), kept), np.int32)
        mutual = np.empty((len(asked), kept), np.int32)
        signals = np.empty((len(asked), kept, len(SIGNALS)), np.float32)
        _surroundings(
            asked, network.offsets, network.neighbours, network.strength, network.recent, network.volume,
            degree, *sums, network.together_offsets, network.together_with, network.together,
            count, whom, mutual, signals,
        )  # fmt: skip
        there = np.arange(kept) < count[:, None]
        yield np.repeat(asked, count), whom[there], mutual[there], signals[there]


def _row_sums(offsets: Offsets, weights: Values) -> Values:
    running = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    sums: Values = (running[offsets[1:]] - running[offsets[:-1]]).astype(np.float32)
    return sums


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _surroundings(
    asked: Numbers, offsets: Offsets, neighbours: Numbers, strength: Values, recent: Values, volume: Values,
    degree: Offsets, strengths: Values, recents: Values, volumes: Values,
    together_offsets: Offsets, together_with: Numbers, together: Values,
    count: Numbers, whom: Numbers, mutual: Numbers, signals: Values,
) -> None:  # fmt: skip
    """Fill the last four, one row for each person asked about: how many candidates, who, what speaks for each."""
    people = len(offsets) - 1
    found = np.empty(people, np.int32)
    state = np.zeros(people, np.int8)  # 0 far away, 1 found, 2 known already or the person himself
    shared = np.zeros(people, np.int32)
    sums = np.zeros((people, len(SIGNALS)), np.float32)
    for row in range(len(asked)):
        u = asked[row]
        state[u] = 2
        for edge in range(offsets[u], offsets[u + 1]):
            state[neighbours[edge]] = 2
        size = _two_steps(
            u, offsets, neighbours, strength, recent, volume, degree, strengths, recents, volumes,
            found, state, shared, sums,
        )  # fmt: skip
        size = _third_step(u, size, offsets, neighbours, recent, degree, recents, found, state, sums)
        for place in range(together_offsets[u], together_offsets[u + 1]):
            v = together_with[place]
            if state[v] == 0:
                state[v] = 1
                found[size] = v
                size += 1
            sums[v, 7] += together[place]
        _choose(row, size, found, shared, sums, recents, count, whom, mutual, signals)
        for place in range(size):
            v = found[place]
            state[v] = 0
            shared[v] = 0
            sums[v, :] = 0
        state[u] = 0
        shared[u] = 0
        sums[u, :] = 0
        for edge in range(offsets[u], offsets[u + 1]):
            v = neighbours[edge]
            state[v] = 0
            shared[v] = 0
            sums[v, :] = 0


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _two_steps(
    u: int, offsets: Offsets, neighbours: Numbers, strength: Values, recent: Values, volume: Values,
    degree: Offsets, strengths: Values, recents: Values, volumes: Values,
    found: Numbers, state: NDArray[np.int8], shared: Numbers, sums: Values,
) -> int:  # fmt: skip
    """Add up the paths of two steps from `u`; return how many people they lead to. Known ones are summed as well."""
    size = 0
    for first in range(offsets[u], offsets[u + 1]):
        w = neighbours[first]
        if degree[w] > LARGEST_HUB:
            continue
        plain = np.float32(1.0) / degree[w]
        by_rarity = np.float32(1.0) / np.log(max(degree[w], 2))
        by_strength = strength[first] / strengths[w]
        by_recency = recent[first] / recents[w]
        by_volume = volume[first] / volumes[w]
        for second in range(offsets[w], offsets[w + 1]):
            v = neighbours[second]
            if state[v] == 0:
                state[v] = 1
                found[size] = v
                size += 1
            shared[v] += 1
            sums[v, 0] += plain
            sums[v, 1] += by_strength * strength[second]
            sums[v, 2] += by_recency * recent[second]
            sums[v, 3] += by_volume * volume[second]
            sums[v, 8] += by_rarity
    return size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _third_step(
    u: int, size: int, offsets: Offsets, neighbours: Numbers, recent: Values, degree: Offsets, recents: Values,
    found: Numbers, state: NDArray[np.int8], sums: Values,
) -> int:  # fmt: skip
    """Take the recency-weighted paths one step further, also from acquaintances; return how many they lead to."""
    widen = size < WIDEN_BELOW
    strangers = size
    for place in range(strangers + offsets[u + 1] - offsets[u]):
        v = found[place] if place < strangers else neighbours[offsets[u] + place - strangers]
        if degree[v] > LARGEST_HUB or sums[v, 2] == 0:
            continue
        carried = sums[v, 2] / recents[v]
        for edge in range(offsets[v], offsets[v + 1]):
            x = neighbours[edge]
            if state[x] == 0 and widen:
                state[x] = 1
                found[size] = x
                size += 1
            if state[x] == 1:
                sums[x, 5] += carried * recent[edge]
    return size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _choose(
    row: int, size: int, found: Numbers, shared: Numbers, sums: Values, recents: Values,
    count: Numbers, whom: Numbers, mutual: Numbers, signals: Values,
) -> None:  # fmt: skip
    """Scale each signal by the largest among the candidates; keep those for whom the signals together say most."""
    largest = np.full(len(SIGNALS), np.float32(1e-12))
    for place in range(size):
        v = found[place]
        root = np.sqrt(max(recents[v], np.float32(1e-12)))
        sums[v, 4] = sums[v, 2] / root
        sums[v, 6] = sums[v, 5] / root
        sums[v, 9] = recents[v]
        for signal in range(len(SIGNALS)):
            largest[signal] = max(largest[signal], sums[v, signal])
    total = np.empty(size, np.float32)
    for place in range(size):
        total[place] = -(sums[found[place]] / largest).sum()
    kept = min(size, whom.shape[1])
    order = np.argsort(total, kind="mergesort")[:kept] if size > kept else np.arange(size)
    count[row] = kept
    for place in range(kept):
        v = found[order[place]]
        whom[row, place] = v
        mutual[row, place] = shared[v]
        signals[row, place] = sums[v] / largest
