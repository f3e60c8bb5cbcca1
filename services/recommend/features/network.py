"""The network of a workspace as of an instant, from links and exchanges that had happened by then."""

import numpy as np
from numba import njit
from scipy.sparse import coo_matrix, csr_matrix

from services.recommend.domain import Days, Exchanges, Links, Network, Numbers, Offsets, Values
from services.recommend.features.paths import passing

RECENT_HALF_LIFE_DAYS = 90.0
VOLUME_HALF_LIFE_DAYS = 60.0
HALF_VOLUME_EXCHANGES = 3.0
HALF_STRENGTH_EXCHANGES = 1.0
TOGETHER_HALF_LIFE_DAYS = 60.0
LARGEST_GATHERING = 50  # a circular says little of who meets whom, and its pairs grow with the square
UNSAID_STRENGTH = 0.5
WEAKEST = 1e-4


def build(links: Links, exchanges: Exchanges, people: int, *, as_of_day: float) -> Network:
    """Return who knew whom by then: whoever was linked, and whoever had exchanged anything.

    A link without exchanges counts as recent as it is strong. One with exchanges is as strong as they make it: what
    the CRM says of it is of today, and would tell the past its future.
    """
    past = exchanges.before(as_of_day)
    known = links.since_day < as_of_day
    a, b, stated = links.a[known], links.b[known], links.strength[known]
    low, high = np.minimum(past.sender, past.receiver), np.maximum(past.sender, past.receiver)
    keys, place = np.unique(np.concatenate([_pair(a, b, people), _pair(low, high, people)]), return_inverse=True)
    linked, exchanged = place[: len(a)], place[len(a) :]

    said = np.zeros(len(keys), np.float32)
    said[linked] = np.where(np.isnan(stated), UNSAID_STRENGTH, stated)
    last_day = np.full(len(keys), -np.inf)
    np.maximum.at(last_day, exchanged, past.day)
    weight = _decay(as_of_day - past.day, VOLUME_HALF_LIFE_DAYS)
    upward, downward = past.both | (past.sender == low), past.both | (past.sender == high)
    up, down = (np.bincount(exchanged, weight * way, len(keys)) for way in (upward, downward))
    amount, mutual = np.maximum(up, down) + np.minimum(up, down), ((np.sqrt(up) + np.sqrt(down)) / 2) ** 2
    silent = np.isneginf(last_day)
    columns = (
        np.where(silent, said, mutual / (mutual + HALF_STRENGTH_EXCHANGES)),
        np.where(silent, said, _decay(as_of_day - last_day, RECENT_HALF_LIFE_DAYS)),
        np.where(silent, said, amount / (amount + HALF_VOLUME_EXCHANGES)),
    )
    offsets, neighbours, order = _symmetric(keys, people)
    strong, recent, volume = (np.maximum(column, WEAKEST).astype(np.float32)[order] for column in columns)
    onward = passing(offsets, strong, recent, volume)
    return Network(offsets, neighbours, strong, recent, volume, onward, *_together(past, people, as_of_day))


def _pair(a: Numbers, b: Numbers, people: int) -> Offsets:
    return a.astype(np.int64) * people + b


def _decay(age_days: Days, half_life_days: float) -> Days:
    return np.exp2(-age_days / half_life_days)


def _symmetric(keys: Offsets, people: int) -> tuple[Offsets, Numbers, Offsets]:
    """Return the CSR form of both directions of each pair, ascending, and which pair stands at each place."""
    a, b = (keys // people).astype(np.int32), (keys % people).astype(np.int32)
    lower, higher = np.bincount(b, minlength=people), np.bincount(a, minlength=people)
    offsets = np.concatenate([[0], np.cumsum(lower + higher)]).astype(np.int64)
    neighbours, pair = np.empty(2 * len(keys), np.int32), np.empty(2 * len(keys), np.int64)
    _place(a, b, offsets[:-1].copy(), offsets[:-1] + lower, neighbours, pair)
    return offsets, neighbours, pair


@njit(cache=True, nogil=True)
def _place(
    a: Numbers, b: Numbers, next_lower: Offsets, next_higher: Offsets, neighbours: Numbers, pair: Offsets
) -> None:
    """Write each pair, in ascending order, into the row of either: who is lower stands before who is higher."""
    for one in range(len(a)):
        at, other = next_higher[a[one]], next_lower[b[one]]
        neighbours[at], pair[at] = b[one], one
        neighbours[other], pair[other] = a[one], one
        next_higher[a[one]] += 1
        next_lower[b[one]] += 1


def _together(past: Exchanges, people: int, as_of_day: float) -> tuple[Offsets, Numbers, Values]:
    """Return how often two people were in one message or meeting of a third, each such occasion shared among its pairs.

    Rows of one sender at one instant are one occasion; an occasion of m people weighs 1/(m - 1) for each pair.
    """
    occasions, place = np.unique(np.stack([past.sender, past.day]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    count = occasions.shape[1]
    seen = coo_matrix((np.ones(len(place), np.float32), (place, past.receiver)), (count, people)).tocsr()
    seen.data[:] = 1
    size = np.diff(seen.indptr)
    counts = (size > 1) & (size <= LARGEST_GATHERING)
    weight = _decay(as_of_day - occasions[1], TOGETHER_HALF_LIFE_DAYS) / np.maximum(size - 1, 1) * counts
    pairs = csr_matrix(seen.T @ seen.multiply(weight[:, None]).tocsr(), dtype=np.float32)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    pairs.sort_indices()
    return pairs.indptr.astype(np.int64), pairs.indices.astype(np.int32), pairs.data
