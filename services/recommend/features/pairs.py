"""Candidates and what speaks for each: paths of two and three steps, in one pass over a person's surroundings.

Adamic and Adar 2003 and resource allocation (Zhou, Lü and Zhang 2009) count contacts between, the rare ones more; by
strength, recency or volume a contact passes on its share of the sum of his weights. The walk of three steps
follows the same rule once more; divided by the root of the candidate's weight it is a symmetric random walk cut at
three steps (personalised PageRank weighs longer walks as well). Only those worth keeping after two steps are asked for
their third, from their own side: there are ten times fewer such paths.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
from numba import njit

from services.recommend.domain import Also, Candidates, Network, Numbers, Offsets, Values
from services.recommend.features import paths

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
Part = TypeVar("Part")

KEPT = 64  # candidates a person, before they are ranked
PART = 250  # people a thread walks around at a time


def candidates(network: Network, people: Numbers, *, kept: int = KEPT, also: Also | None = None) -> Candidates:
    """Return up to `kept` candidates for each of some people, never themselves, never whom they know already.

    `also` names candidates from elsewhere for each of them, in the same order. Many people are divided among threads,
    one for each processor; the answer does not depend on it.
    """
    more = also or Also(np.zeros(len(people) + 1, np.int64), people[:0])
    parts = in_parts(partial(_part, network, people, kept, more), range(0, max(len(people), 1), PART))
    columns = zip(*((one.who, one.whom, one.mutual, one.signals) for one in parts), strict=True)
    return Candidates(*(column[0] if len(column) == 1 else np.concatenate(column) for column in columns))


def in_parts(work: Callable[[int], Part], starts: Sequence[int]) -> list[Part]:
    """Return what the work gives from each start on, in their order; a thread for each processor where they are many.

    It is to release the interpreter's lock: compiled here and numpy's do.
    """
    if len(starts) == 1:
        return [work(starts[0])]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as threads:
        return list(threads.map(work, starts))


def _part(network: Network, people: Numbers, kept: int, also: Also, start: int) -> Candidates:
    asked = people[start : start + PART]
    rows = len(asked) * kept
    answer = paths.Answer(
        np.zeros(len(asked), np.int32),
        np.empty(rows, np.int32),
        np.empty(rows, np.int32),
        np.empty((rows, len(SIGNALS)), np.float32),
    )
    offsets = also.offsets[start : start + PART + 1]
    count = paths.walk(asked, _ties(network), offsets, also.whom, paths.sheet(network.people, kept), answer)
    return Candidates(
        np.repeat(asked, answer.counts), answer.whom[:count], answer.mutual[:count], answer.signals[:count]
    )


def _ties(of: Network) -> paths.Ties:
    return paths.Ties(
        of.offsets, of.neighbours, of.strength, of.recent, of.volume, of.passing,
        of.together_offsets, of.together_with, of.together,
    )  # fmt: skip


def best(found: Candidates, scores: Values, most: int) -> Offsets:
    """Return the places of each person's best candidates, people x `most`, the best first, -1 where there are fewer.

    Of equal scores the lower number comes first. The candidates of one person stand together, as `candidates` gives.
    """
    first = np.flatnonzero(np.concatenate([[True], found.who[1:] != found.who[:-1]])[: len(found.who)])
    places = np.full((len(first), most), -1, np.int64)
    _best(np.append(first, len(found.who)).astype(np.int64), found.whom, scores, places)
    return places


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
