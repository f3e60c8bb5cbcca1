"""What a tie is like before it is compared with others: counts, gaps, horizon; one value a tie."""

from dataclasses import dataclass

import numpy as np

from services.churn.domain import BOTH, IN, OUT, Days, Ties
from services.churn.features import events as passed

HORIZON_DAYS = 90.0
LOST_DAYS = 365.0
FEWEST_INTERACTIONS = 3
FADES_DAYS = (15.0, 45.0, 180.0)
WINDOWS_DAYS = (7.0, 30.0, 90.0, 180.0, 365.0)
MONTH_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Traits:
    """Counts of interactions (`count[days]`), of active days, of what fades; gaps in days; NaN where there is none."""

    horizon: Days
    interactions: Days
    count: dict[float, Days]
    faded: dict[float, Days]
    inward: dict[float, Days]
    since: Days
    since_out: Days
    since_in: Days
    since_third_last: Days
    last_was_in: Days
    age: Days
    active: Days
    active_90: Days
    active_365: Days
    active_months: Days
    median_gap: Days
    mean_gap: Days
    longest_gap: Days
    gap_variation: Days
    longer_than_silence: Days
    longer_than_horizon: Days
    first_to_last: Days
    first_to_now: Days

    @property
    def share_in(self) -> Days:
        return _ratio(self.inward[np.inf], self.interactions)


def traits(ties: Ties, as_of_day: float, horizon_days: Days | float | None) -> Traits:
    """Return what each tie is like by itself as of an instant."""
    every = passed.ordered(ties, as_of_day)
    active = passed.active_days(every)
    between = passed.gaps(active)
    usual = passed.median(between)
    horizon = _horizon(usual, horizon_days)
    since, days = every.last(), active.count()
    first = _first(every)
    gap_count, gap_sum = (
        np.diff(between.offsets).astype(np.float64),
        np.bincount(between.tie, between.days, ties.count).astype(np.float64),
    )
    mean = _ratio(gap_sum, gap_count)
    squares = _ratio(np.bincount(between.tie, between.days**2, ties.count).astype(np.float64), gap_count)
    inward = (every.direction == IN) + 0.5 * (every.direction == BOTH)
    nothing = since == passed.NEVER
    longest = np.full(ties.count, np.nan)
    longest[gap_count > 0] = between.days[between.offsets[1:][gap_count > 0] - 1]
    return Traits(
        horizon=horizon,
        interactions=every.count(),
        count={days: every.count((every.ago < days).astype(np.float64)) for days in WINDOWS_DAYS},
        faded={days: every.count(np.exp(-every.ago / days)) for days in FADES_DAYS},
        inward={90.0: every.count(inward * (every.ago < 90)), np.inf: every.count(inward)},
        since=np.where(nothing, np.nan, since),
        since_out=every.last(every.direction != IN),
        since_in=every.last(every.direction != OUT),
        since_third_last=_third_last(every),
        last_was_in=_last_direction(every),
        age=first,
        active=days,
        active_90=active.count((active.ago < 90).astype(np.float64)),
        active_365=active.count((active.ago < 365).astype(np.float64)),
        active_months=_months(active),
        median_gap=usual,
        mean_gap=mean,
        longest_gap=longest,
        gap_variation=np.sqrt(np.maximum(squares - mean**2, 0)) / mean,
        longer_than_silence=_longer(between, since),
        longer_than_horizon=_longer(between, horizon),
        first_to_last=np.where(nothing, 0.0, np.floor(first) - np.floor(since)),
        first_to_now=np.where(nothing, 0.0, np.floor(first)),
    )


def _horizon(usual_gap: Days, asked: Days | float | None) -> Days:
    if asked is not None:
        return np.broadcast_to(np.asarray(asked, np.float64), usual_gap.shape).copy()
    return np.fmax(HORIZON_DAYS, 2 * usual_gap)


def _first(every: passed.Events) -> Days:
    oldest = np.full(every.ties, np.nan)
    oldest[every.tie[::-1]] = every.ago[::-1]
    return oldest


def _third_last(every: passed.Events) -> Days:
    ends = np.cumsum(np.bincount(every.tie, minlength=every.ties))
    third = ends[every.tie] - np.arange(len(every.tie)) == 3
    found = np.full(every.ties, np.nan)
    found[every.tie[third]] = every.ago[third]
    return found


def _last_direction(every: passed.Events) -> Days:
    found = np.full(every.ties, np.nan)
    found[every.tie] = (every.direction == IN) + 0.5 * (every.direction == BOTH)
    return found


def _months(active: passed.Events) -> Days:
    """Return the share of the last twelve months, or of those since the first day, with something in them."""
    month = np.floor(active.ago / MONTH_DAYS)
    fresh = np.ones(len(month), bool)
    fresh[1:] = (active.tie[1:] != active.tie[:-1]) | (month[1:] != month[:-1])
    months = np.bincount(active.tie, fresh & (month < 12), active.ties)
    lived = np.minimum(np.floor(_first(active) / MONTH_DAYS) + 1, 12)
    share: Days = months / lived
    return share


def _longer(between: passed.Gaps, days: Days) -> Days:
    """Return how many gaps of each tie were longer than so many days."""
    return np.bincount(between.tie, (between.days > days[between.tie]).astype(np.float64), len(days)).astype(np.float64)


def _ratio(part: Days, whole: Days) -> Days:
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
