"""What passed on each tie, in order, without doubles and without what came later; and the gaps between active days."""

from dataclasses import dataclass

import numpy as np

from services.churn.domain import Days, Directions, Numbers, Offsets, Ties

MOST_EVENTS = 1_000
NEVER = 4_000.0


@dataclass(frozen=True, slots=True)
class Events:
    """Interactions by tie, the oldest of each first; `ago` is in days before the instant, never negative."""

    tie: Offsets
    ago: Days
    direction: Directions
    ties: int

    def count(self, weight: Days | None = None) -> Days:
        """Return the sum of a weight over each tie's interactions, or their number."""
        return np.bincount(self.tie, weight, self.ties).astype(np.float64)

    def last(self, kept: "Directions | None" = None) -> Days:
        """Return how many days ago the newest of each tie's was, of those kept; NEVER where there is none."""
        newest = np.full(self.ties, NEVER)
        tie, ago = (self.tie, self.ago) if kept is None else (self.tie[kept], self.ago[kept])
        newest[tie] = ago  # assigned in order: the newest stays
        return newest


@dataclass(frozen=True, slots=True)
class Gaps:
    """Days from one active day of a tie to its next, shortest first of each tie; offsets[i] is where tie i's begin."""

    tie: Offsets
    days: Days
    offsets: Offsets
    active: Numbers


def ordered(ties: Ties, as_of_day: float) -> Events:
    """Return what had passed by the instant: doubles once, and of each tie the newest MOST_EVENTS."""
    tie = np.repeat(np.arange(ties.count), np.diff(ties.offsets))
    past = ties.day <= as_of_day
    tie, ago, direction = tie[past], as_of_day - ties.day[past], ties.direction[past]
    order = np.lexsort((direction, -ago, tie))
    tie, ago, direction = tie[order], ago[order], direction[order]
    fresh = np.ones(len(tie), bool)
    fresh[1:] = (tie[1:] != tie[:-1]) | (ago[1:] != ago[:-1]) | (direction[1:] != direction[:-1])
    tie, ago, direction = tie[fresh], ago[fresh], direction[fresh]
    ends = np.cumsum(np.bincount(tie, minlength=ties.count))
    kept = ends[tie] - np.arange(len(tie)) <= MOST_EVENTS
    return Events(tie[kept], ago[kept], direction[kept], ties.count)


def active_days(events: Events) -> Events:
    """Return one row for each day on which something passed, days counted back from the instant."""
    whole = np.floor(events.ago)
    fresh = np.ones(len(whole), bool)
    fresh[1:] = (events.tie[1:] != events.tie[:-1]) | (whole[1:] != whole[:-1])
    return Events(events.tie[fresh], whole[fresh], events.direction[fresh], events.ties)


def gaps(active: Events) -> Gaps:
    within = active.tie[1:] == active.tie[:-1]
    tie, days = active.tie[1:][within], (active.ago[:-1] - active.ago[1:])[within]
    order = np.lexsort((days, tie))
    count = np.bincount(tie, minlength=active.ties)
    return Gaps(tie[order], days[order], np.concatenate([[0], np.cumsum(count)]), np.diff(np.r_[0, np.cumsum(count)]))


def median(of: Gaps) -> Days:
    """Return the median gap of each tie, NaN where it has none."""
    count = np.diff(of.offsets)
    has = count > 0
    low, high = of.offsets[:-1][has] + (count[has] - 1) // 2, of.offsets[:-1][has] + count[has] // 2
    found = np.full(len(count), np.nan)
    found[has] = (of.days[low] + of.days[high]) / 2
    return found
