"""The ties of a log as of an instant, each contact pair seen from both ends: what SQL answers for the service."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_matrix

from services.churn.domain import OURS, Days, Directions, Flags, Log, Numbers, Offsets, Ties, Values

WINDOWS_DAYS = (30.0, 90.0, 365.0)
MUTUAL_DAYS = 365.0
BEFORE_DAYS = 90.0
BLOCK = 50_000
OF_A_TIE = tuple(field.name for field in fields(Ties) if field.name not in {"offsets", "day", "direction"})


@dataclass(frozen=True, slots=True)
class Seen:
    """Interactions as they are seen from an ego, OURS first, in the order of (ego, contact, day)."""

    ego: Numbers
    contact: Numbers
    day: Days
    direction: Directions
    people: int

    @property
    def keys(self) -> Offsets:
        return (self.ego.astype(np.int64) + 1) * self.people + self.contact

    def where(self, kept: Flags) -> "Seen":
        return Seen(self.ego[kept], self.contact[kept], self.day[kept], self.direction[kept], self.people)


@dataclass(frozen=True, slots=True)
class Named:
    """Ties, and whose they are."""

    ego: Numbers
    contact: Numbers
    ties: Ties


def seen(log: Log) -> Seen:
    """Return every interaction from each of its ends: between contacts twice, with the workspace's own people once."""
    between = log.ego != OURS
    ego = np.concatenate([log.ego, log.contact[between]])
    contact = np.concatenate([log.contact, log.ego[between]])
    day = np.concatenate([log.day, log.day[between]])
    direction = np.concatenate([log.direction, -log.direction[between]])
    order = np.lexsort((day, contact, ego))
    return Seen(ego[order], contact[order], day[order], direction[order], log.people)


def ties(every: Seen, as_of_day: float, *, fewest: int = 1) -> Named:
    """Return the ties that have at least so many interactions by the instant, with what is known of their ends."""
    until = every.where(every.day <= as_of_day)
    keys, start, count = np.unique(until.keys, return_index=True, return_counts=True)
    ego, contact = (keys // every.people - 1).astype(np.int32), (keys % every.people).astype(np.int32)
    kept = count >= fewest
    of_kept = np.repeat(kept, count)
    ours = ego == OURS
    between = bool((~ours).any())
    recent = _recent(until, keys, as_of_day)
    others = _totals(contact, recent, every.people) - recent
    own = _totals(ego, recent, every.people) - recent
    mutual = [_mutual(until, as_of_day - back, ego[kept], contact[kept]) for back in (0.0, BEFORE_DAYS)]
    last = _last_with_others(ego, contact, until.day[start + count - 1], as_of_day)
    if not between:
        others[:], last[:] = np.nan, np.nan
    own[ours] = np.nan
    for column in mutual:
        column[ours[kept]] = np.nan
    unknown = np.full(int(kept.sum()), np.nan, np.float32)
    return Named(
        ego[kept],
        contact[kept],
        Ties(
            offsets=np.concatenate([[0], np.cumsum(count[kept])]),
            day=until.day[of_kept],
            direction=until.direction[of_kept],
            others=others[kept].astype(np.float32),
            others_last_day=last[kept],
            own=own[kept].astype(np.float32),
            mutual=mutual[0],
            mutual_before=mutual[1],
            influence=unknown,
            community_size=unknown,
            tags_gained=unknown,
            tags_lost=unknown,
            organization_changed=unknown,
        ),
    )


def picked(of: Named, places: Offsets) -> Named:
    """Return some of the ties, in the order of the places."""
    ties = of.ties
    count = np.diff(ties.offsets)[places]
    offsets = np.concatenate([[0], np.cumsum(count)])
    rows = np.repeat(ties.offsets[:-1][places] - offsets[:-1], count) + np.arange(offsets[-1])
    columns = {name: getattr(ties, name)[places] for name in OF_A_TIE}
    return Named(
        of.ego[places],
        of.contact[places],
        Ties(offsets=offsets, day=ties.day[rows], direction=ties.direction[rows], **columns),
    )


def silent(every: Seen, of: Named, as_of_day: float, horizon_days: Days) -> Values:
    """Return 1 for each tie on which nothing passed after the instant and within the horizon, else 0."""
    after = every.where(every.day > as_of_day)
    keys, first = np.unique(after.keys, return_index=True)  # in the order of the day: the first is the next
    asked = (of.ego.astype(np.int64) + 1) * every.people + of.contact
    place = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
    if not len(keys):
        return np.ones(len(asked), np.float32)
    again = (keys[place] == asked) & (after.day[first[place]] <= as_of_day + horizon_days)
    still: Values = (~again).astype(np.float32)
    return still


def _recent(until: Seen, keys: Offsets, as_of_day: float) -> Days:
    place = np.searchsorted(keys, until.keys)
    ago = as_of_day - until.day
    return np.stack([np.bincount(place, ago < days, len(keys)) for days in WINDOWS_DAYS], axis=1)


def _totals(person: Numbers, recent: Days, people: int) -> Days:
    """Return what passed on all ties of each tie's person: a contact's with our own people are seen from there only."""
    return np.stack([np.bincount(person + 1, column, people + 1)[person + 1] for column in recent.T], axis=1)


def _last_with_others(ego: Numbers, contact: Numbers, last: Days, as_of_day: float) -> Days:
    """Return the day of each contact's newest interaction with anybody but the ego within 365 days, NaN for none."""
    order = np.lexsort((last, contact))
    newest = np.r_[contact[order][1:] != contact[order][:-1], True]
    ends = np.flatnonzero(newest)
    first, second = np.full(contact.max(initial=0) + 1, np.nan), np.full(contact.max(initial=0) + 1, np.nan)
    who = np.full(len(first), OURS - 1)
    first[contact[order][ends]], who[contact[order][ends]] = last[order][ends], ego[order][ends]
    more = ends[(ends > 0) & ~newest[ends - 1]]
    second[contact[order][more]] = last[order][more - 1]
    found = np.where(who[contact] == ego, second[contact], first[contact])
    return np.where(as_of_day - found < WINDOWS_DAYS[-1], found, np.nan)


def _mutual(until: Seen, as_of_day: float, ego: Numbers, contact: Numbers) -> Values:
    within = (until.ego != OURS) & (until.day <= as_of_day) & (until.day > as_of_day - MUTUAL_DAYS)
    ends = (until.ego[within], until.contact[within])
    known = csr_matrix((np.ones(len(ends[0]), np.float32), ends), (until.people, until.people))
    known.data[:] = 1
    blocks = [
        np.asarray(known[ego[at : at + BLOCK]].multiply(known[contact[at : at + BLOCK]]).sum(axis=1)).ravel()
        for at in range(0, len(ego), BLOCK)
    ]
    counts: Values = np.concatenate([np.empty(0), *blocks]).astype(np.float32)
    return counts
