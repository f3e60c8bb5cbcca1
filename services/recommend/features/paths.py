"""The compiled walk over a person's surroundings: paths of two steps, of three where needed, and who is worth keeping.

Sums are kept for those met alone, side by side in the order they were met, so that they stay in the processor's nearest
cache however many people there are: that is what makes it fast. Whoever calls divides people among threads, a sheet for
each.

Arrays are taken out of their tuples once a function: numba counts references at each attribute it reads, which in a
loop over paths costs more than all the rest, and threads wait for each other there.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from services.recommend.domain import Numbers, Offsets, Values
from services.recommend.features.prefetch import prefetch

WIDEN_BELOW = 100  # with fewer friends of friends than this, friends of theirs are candidates too
LARGEST_HUB = 2_000  # a contact of everybody says nothing of anybody: paths through larger ones are left out
NOTHING = np.float32(1e-12)
# Sums of a person met; the first four in the order of the columns of `passing`.
PLAIN, STRONG, RECENT, VOLUME, THIRD, TOGETHER, RARE, SHARED = range(8)
# What is the same whoever asks, a row for each person: one over his sums, 1/log(degree), what he lets pass to a third
# step (0 for hubs, whose PLAIN is 0 as well), one over the root of his recent weight, and that weight.
BY_RARITY, ONWARD, PER_ROOT, WEIGHT = range(4, 8)
SIGNALS = 10
BANDS = 256
AHEAD = 4  # rows whose loading has begun while one is summed
LINE = 16  # weights that are loaded at once

Function = TypeVar("Function", bound=Callable[..., Any])


class Ties(NamedTuple):
    """A network as the compiled functions take it."""

    offsets: Offsets
    neighbours: Numbers
    strength: Values
    recent: Values
    volume: Values
    passing: Values
    together_offsets: Offsets
    together_with: Numbers
    together: Values


class Sheet(NamedTuple):
    """What is known while one person's surroundings are walked; `slot` is empty between two of them.

    Slots are numbered from 1 as people are met: who asks, whom he knows, then candidates. Slot 0 is everybody else's.
    """

    slot: Numbers  # of everybody, 0 where he has not been met
    met: Numbers  # who has which slot
    sums: Values  # slots x 8
    carried: Values  # of each slot: by recency, what he passes on to a third step
    promise: Values  # of each slot
    band: Numbers  # of each slot: its promise in BANDS
    chosen: Numbers  # slots of those kept


class Answer(NamedTuple):
    """Rows are filled from the first on: of whom, how many contacts are shared, signals."""

    counts: Numbers  # of each person asked about
    whom: Numbers
    mutual: Numbers
    signals: Values


def sheet(people: int, kept: int) -> Sheet:
    slots = people + 1
    return Sheet(
        slot=np.zeros(people, np.int32),
        met=np.empty(slots, np.int32),
        sums=np.empty((slots, SHARED + 1), np.float32),
        carried=np.zeros(slots, np.float32),
        promise=np.empty(slots, np.float32),
        band=np.empty(slots, np.int32),
        chosen=np.empty(kept + 1, np.int32),
    )


def passing(offsets: Offsets, strength: Values, recent: Values, volume: Values) -> Values:
    """Return what is the same whoever asks, people x 8."""
    degree = np.diff(offsets)
    goes_on = degree <= LARGEST_HUB
    sums = [np.maximum(_row_sums(offsets, weights), NOTHING) for weights in (strength, recent, volume)]
    plain, rarity = goes_on / np.maximum(degree, 1), 1 / np.log(np.maximum(degree, 2))
    columns = (plain, *(1 / of for of in sums), rarity, goes_on / sums[1], 1 / np.sqrt(sums[1]), sums[1])
    table: Values = np.stack(columns, axis=1).astype(np.float32)
    return table


def _row_sums(offsets: Offsets, weights: Values) -> Offsets:
    running = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    sums: Offsets = running[offsets[1:]] - running[offsets[:-1]]
    return sums


def _compiled(function: Function) -> Function:
    """Compile; sums may be taken in another order, and nothing is NaN here."""
    fast = {"reassoc", "contract", "arcp", "nsz"}
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy", fastmath=fast)(function))


@_compiled
def walk(asked: Numbers, ties: Ties, also_offsets: Offsets, also_whom: Numbers, of: Sheet, answer: Answer) -> int:
    """Fill the answer, person by person; return how many candidates there are."""
    filled = 0
    for row in range(len(asked)):
        u = asked[row]
        known = _known(u, ties, of)
        size = _two_steps(u, known, ties, of)
        _carry(size, ties, of)
        carriers = size
        if size - known < WIDEN_BELOW:
            size = _third_step(size, ties, of)
        size = _gathered(u, size, ties, of)
        for place in range(also_offsets[row], also_offsets[row + 1]):
            size = max(size, _find(also_whom[place], size, of.slot, of.met, of.sums))
        of.carried[carriers + 1 : size + 1] = 0  # who came later passes nothing on
        kept = _choose(known, size, of)
        _walks_of_three(kept, ties, of)
        _describe(filled, kept, ties, of, answer)
        _forget(size, of)
        answer.counts[row] = kept
        filled += kept
    return filled


@_compiled
def _find(v: int, size: int, slots: Numbers, met: Numbers, sums: Values) -> int:
    """Return somebody's slot: the next one where he has none yet."""
    slot = int(slots[v])
    if slot == 0:
        slot = size + 1
        slots[v] = slot
        met[slot] = v
        sums[slot, :] = 0
    return slot


@_compiled
def _known(u: int, ties: Ties, of: Sheet) -> int:
    """Give slots to who asks and whom he knows; return the last of them."""
    slots, met, sums, neighbours = of.slot, of.met, of.sums, ties.neighbours
    size = _find(u, 0, slots, met, sums)
    for edge in range(ties.offsets[u], ties.offsets[u + 1]):
        size = max(size, _find(neighbours[edge], size, slots, met, sums))
    return size


@_compiled
def _two_steps(u: int, size: int, ties: Ties, of: Sheet) -> int:
    """Add up the paths of two steps from `u`; return the last slot. Those he knows are summed as well."""
    offsets, neighbours, passing = ties.offsets, ties.neighbours, ties.passing
    strength, recent, volume = ties.strength, ties.recent, ties.volume
    slots, met, sums = of.slot, of.met, of.sums
    end = offsets[u + 1]
    for first in range(offsets[u], end):
        later = neighbours[min(first + AHEAD, end - 1)]
        for edge in range(offsets[later], offsets[later + 1], LINE):
            prefetch(neighbours, edge)
            prefetch(strength, edge)
            prefetch(recent, edge)
            prefetch(volume, edge)
        w = neighbours[first]
        plain, rarity = passing[w, PLAIN], passing[w, BY_RARITY]
        if plain == 0:
            continue
        by_strength = strength[first] * passing[w, STRONG]
        by_recency = recent[first] * passing[w, RECENT]
        by_volume = volume[first] * passing[w, VOLUME]
        for second in range(offsets[w], offsets[w + 1]):
            v = neighbours[second]
            slot = slots[v]
            if slot == 0:
                size += 1
                slot = size
                slots[v], met[slot], sums[slot, :] = slot, v, 0
            sums[slot, PLAIN] += plain
            sums[slot, STRONG] += by_strength * strength[second]
            sums[slot, RECENT] += by_recency * recent[second]
            sums[slot, VOLUME] += by_volume * volume[second]
            sums[slot, RARE] += rarity
            sums[slot, SHARED] += np.float32(1)
    return size


@_compiled
def _carry(size: int, ties: Ties, of: Sheet) -> None:
    """Note what all but who asks pass on: their share of what came to them, by recency."""
    met, sums, carried, passing = of.met, of.sums, of.carried, ties.passing
    carried[1] = 0
    for slot in range(2, size + 1):
        carried[slot] = sums[slot, RECENT] * passing[met[slot], ONWARD]


@_compiled
def _third_step(size: int, ties: Ties, of: Sheet) -> int:
    """Find whom a third step leads to; return the last slot."""
    offsets, neighbours, recent, carried = ties.offsets, ties.neighbours, ties.recent, of.carried
    slots, met, sums = of.slot, of.met, of.sums
    for slot in range(2, size + 1):
        v, passed = met[slot], carried[slot]
        if passed == 0:
            continue
        for edge in range(offsets[v], offsets[v + 1]):
            onward = _find(neighbours[edge], size, slots, met, sums)
            size = max(size, onward)
            sums[onward, THIRD] += passed * recent[edge]
    return size


@_compiled
def _gathered(u: int, size: int, ties: Ties, of: Sheet) -> int:
    """Add up who was in one message or meeting with `u`; return the last slot."""
    slots, met, sums, others, together = of.slot, of.met, of.sums, ties.together_with, ties.together
    for place in range(ties.together_offsets[u], ties.together_offsets[u + 1]):
        slot = _find(others[place], size, slots, met, sums)
        size = max(size, slot)
        sums[slot, TOGETHER] += together[place]
    return size


@_compiled
def _choose(known: int, size: int, of: Sheet) -> int:
    """Choose those for whom the signals so far, each scaled by its largest, together say most; return how many.

    Of equal ones he who was met first. Only the band of promise where the line falls is sorted.
    """
    chosen, band, most = of.chosen, of.band, len(of.chosen) - 1
    if size - known <= most:
        for place in range(size - known):
            chosen[place] = known + 1 + place
        return size - known
    edge = _bands(known, size, _promise(known, size, of), of)
    taken = 0
    for slot in range(known + 1, size + 1):
        chosen[taken] = slot
        taken += band[slot] > edge
    _fill(taken, edge, known, size, of)
    return most


@_compiled
def _promise(known: int, size: int, of: Sheet) -> np.float32:
    """Note how much the cheap signals together say for each candidate; return the largest."""
    sums, promise = of.sums, of.promise
    plain, recent, third, together = NOTHING, NOTHING, NOTHING, NOTHING
    for slot in range(known + 1, size + 1):
        plain, recent = max(plain, sums[slot, PLAIN]), max(recent, sums[slot, RECENT])
        third, together = max(third, sums[slot, THIRD]), max(together, sums[slot, TOGETHER])
    plain, recent = np.float32(1) / plain, np.float32(1) / recent
    third, together = np.float32(1) / third, np.float32(1) / together
    largest = NOTHING
    for slot in range(known + 1, size + 1):
        said = sums[slot, PLAIN] * plain + sums[slot, RECENT] * recent
        said += sums[slot, THIRD] * third + sums[slot, TOGETHER] * together
        promise[slot] = said
        largest = max(largest, said)
    return largest


@_compiled
def _bands(known: int, size: int, largest: np.float32, of: Sheet) -> int:
    """Put each candidate into a band; return the one in which the last of those to keep are."""
    promise, band, most = of.promise, of.band, len(of.chosen) - 1
    count = np.zeros(BANDS, np.int32)
    scale = np.float32(BANDS - 1) / largest
    for slot in range(known + 1, size + 1):
        band[slot] = np.int32(promise[slot] * scale)
        count[band[slot]] += 1
    above, edge = 0, BANDS - 1
    while above + count[edge] < most:
        above += count[edge]
        edge -= 1
    return edge


@_compiled
def _fill(taken: int, edge: int, known: int, size: int, of: Sheet) -> None:
    """Choose the rest from one band: insert each as far up as it belongs."""
    promise, band, chosen = of.promise, of.band, of.chosen
    filled, most = taken, len(chosen) - 1
    for slot in range(known + 1, size + 1):
        if band[slot] != edge:
            continue
        at = filled
        while at > taken and promise[chosen[at - 1]] < promise[slot]:
            chosen[at] = chosen[at - 1]
            at -= 1
        chosen[at] = slot  # the place behind the last is for whoever falls out
        filled = min(filled + 1, most)


@_compiled
def _walks_of_three(kept: int, ties: Ties, of: Sheet) -> None:
    """Note what walks of three steps bring to each of those kept, from his own side."""
    offsets, neighbours, recent = ties.offsets, ties.neighbours, ties.recent
    chosen, met, carried, sums, slots = of.chosen, of.met, of.carried, of.sums, of.slot
    for place in range(kept):
        later = met[chosen[min(place + AHEAD, kept - 1)]]
        for edge in range(offsets[later], offsets[later + 1], LINE):
            prefetch(neighbours, edge)
            prefetch(recent, edge)
        x, total = met[chosen[place]], np.float32(0)
        for edge in range(offsets[x], offsets[x + 1]):
            total += carried[slots[neighbours[edge]]] * recent[edge]
        sums[chosen[place], THIRD] = total


@_compiled
def _describe(filled: int, kept: int, ties: Ties, of: Sheet, answer: Answer) -> None:
    """Write what speaks for each of those kept, scaled by the largest among them."""
    chosen, met, sums, passing = of.chosen, of.met, of.sums, ties.passing
    whom, mutual, signals, largest = answer.whom, answer.mutual, answer.signals, np.full(SIGNALS, NOTHING)
    for place in range(kept):
        slot, row = chosen[place], filled + place
        v, recent, third = met[slot], sums[slot, RECENT], sums[slot, THIRD]
        per_root = passing[v, PER_ROOT]
        whom[row], mutual[row] = v, np.int32(sums[slot, SHARED])
        signals[row, 0], signals[row, 1], signals[row, 2] = sums[slot, PLAIN], sums[slot, STRONG], recent
        signals[row, 3], signals[row, 4], signals[row, 5] = sums[slot, VOLUME], recent * per_root, third
        signals[row, 6], signals[row, 7], signals[row, 8] = third * per_root, sums[slot, TOGETHER], sums[slot, RARE]
        signals[row, 9] = passing[v, WEIGHT]
        for signal in range(SIGNALS):
            largest[signal] = max(largest[signal], signals[row, signal])
    for signal in range(SIGNALS):
        largest[signal] = np.float32(1) / largest[signal]
    for row in range(filled, filled + kept):
        for signal in range(SIGNALS):
            signals[row, signal] *= largest[signal]


@_compiled
def _forget(size: int, of: Sheet) -> None:
    slots, met = of.slot, of.met
    for slot in range(1, size + 1):
        slots[met[slot]] = 0
