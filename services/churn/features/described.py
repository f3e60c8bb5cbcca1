"""The columns of FEATURES, from what ties are like by themselves and from all ties of the instant."""

from typing import TypeAlias

import numpy as np

from services.churn.domain import Days, Snapshot, Ties
from services.churn.features import rhythm
from services.churn.features.columns import FEATURES
from services.churn.features.snapshot import ranked, ranks, usual_silence
from services.churn.features.traits import LOST_DAYS, Traits

Columns: TypeAlias = dict[str, Days]

SURE = 1e-4


def describe(ties: Ties, own: Traits, as_of_day: float, snapshot: Snapshot) -> Days:
    """Return the columns of FEATURES as they are, n x FEATURES, NaN where unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = _columns(ties, own, as_of_day, snapshot)
    return np.stack([columns[name] for name in FEATURES], axis=1)


def _columns(ties: Ties, own: Traits, as_of_day: float, snapshot: Snapshot) -> Columns:
    return {
        **_silence(own),
        **_frequency(own),
        **_trend(own),
        **_cadence(own),
        **_compared(own, snapshot),
        **_reciprocity(own),
        **_others(ties, own, as_of_day),
        **_own(ties, own),
        **_profile(ties),
    }


def _silence(own: Traits) -> Columns:
    gap_count = np.maximum(own.active - 1, 0)
    return {
        "log_days_since_last": np.log1p(own.since),
        "silence_over_median_gap": np.log((own.since + 1) / (own.median_gap + 1)),
        "silence_over_mean_gap": np.log((own.since + 1) / (own.mean_gap + 1)),
        "silence_over_longest_gap": np.log((own.since + 1) / (own.longest_gap + 1)),
        "gaps_longer_than_silence": (own.longer_than_silence + 0.5) / (gap_count + 1),
        "log_days_since_out": np.log1p(own.since_out),
        "log_days_since_in": np.log1p(own.since_in),
        "log_days_since_third_last": np.log1p(own.since_third_last),
    }


def _frequency(own: Traits) -> Columns:
    return {
        **{f"log_count_{days:.0f}": np.log1p(count) for days, count in own.count.items()},
        "log_active_days_90": np.log1p(own.active_90),
        "log_active_days_365": np.log1p(own.active_365),
        **{f"log_faded_{days:.0f}": np.log(faded + 0.01) for days, faded in own.faded.items()},
    }


def _trend(own: Traits) -> Columns:
    count = own.count
    return {
        "trend_30_in_90": np.log((count[30.0] + 0.5) / (count[90.0] / 3 + 0.5)),
        "trend_90_in_180": np.log((count[90.0] + 0.5) / (count[180.0] / 2 + 0.5)),
        "trend_90_in_365": np.log((count[90.0] + 0.5) / (count[365.0] * 90 / np.clip(own.age, 90, 365) + 0.5)),
        "trend_180_in_all": np.log((count[180.0] + 0.5) / (own.interactions * 180 / np.fmax(own.age, 180) + 0.5)),
    }


def _cadence(own: Traits) -> Columns:
    gap_count = np.maximum(own.active - 1, 0)
    return {
        "log_median_gap": np.log1p(own.median_gap),
        "log_mean_gap": np.log1p(own.mean_gap),
        "gap_variation": own.gap_variation,
        "active_months_share": own.active_months,
        "log_per_active_day": np.log(own.interactions / own.active),
        "log_longest_gap_over_horizon": np.log((own.longest_gap + 1) / own.horizon),
        "gaps_over_horizon_share": own.longer_than_horizon / (gap_count + 1),
        "horizon_over_median_gap": np.log(own.horizon / (own.median_gap + 1)),
        "log_horizon": np.log(own.horizon),
    }


def _compared(own: Traits, snapshot: Snapshot) -> Columns:
    columns = ranked(own, snapshot.rates)
    rank = ranks(columns, snapshot)
    repeats = np.maximum(own.active - 1, 0)
    seen = (repeats, own.first_to_last, own.first_to_now)
    silent = rhythm.silence(snapshot.rates, *seen, own.horizon)
    return {
        "days_since_last_rank": rank["since"],
        "count_90_rank": rank["count_90"],
        "count_365_rank": rank["count_365"],
        "faded_45_rank": rank["faded_45"],
        "faded_180_rank": rank["faded_180"],
        "rhythm_silence_logit": _logit(silent),
        "rhythm_alive_logit": _logit(rhythm.alive(snapshot.rates, *seen)),
        "rhythm_silence_rank": rank["rhythm"],
        "log_age": np.log1p(own.age),
        "log_active_days": np.log1p(own.active),
        "age_rank": rank["age"],
        "active_days_rank": rank["active"],
        "usual_silence_logit": _logit(usual_silence(snapshot, own.horizon)),
    }


def _reciprocity(own: Traits) -> Columns:
    share = own.share_in
    return {
        "share_in": share,
        "share_in_90": own.inward[90.0] / own.count[90.0],
        "last_was_in": own.last_was_in,
        "reciprocity": 1 - np.abs(2 * share - 1),
    }


def _others(ties: Ties, own: Traits, as_of_day: float) -> Columns:
    others = ties.others.astype(np.float64)
    quiet = np.where(np.isnan(ties.others_last_day), LOST_DAYS, np.minimum(as_of_day - ties.others_last_day, LOST_DAYS))
    quiet[np.isnan(others[:, 0])] = np.nan
    return {
        "log_others_30": np.log1p(others[:, 0]),
        "log_others_90": np.log1p(others[:, 1]),
        "others_trend": np.log((others[:, 0] + 1) / (others[:, 1] / 3 + 1)),
        "others_long_trend": np.log((others[:, 1] + 1) / (others[:, 2] * 90 / 365 + 1)),
        "log_others_days_since_last": np.log1p(quiet),
        "share_of_others": np.log((own.count[90.0] + 0.5) / (others[:, 1] + 1)),
        "others_quiet_over_silence": np.log((quiet + 1) / (own.since + 1)),
    }


def _own(ties: Ties, own: Traits) -> Columns:
    mine = ties.own.astype(np.float64)
    return {
        "log_own_30": np.log1p(mine[:, 0]),
        "log_own_90": np.log1p(mine[:, 1]),
        "own_trend": np.log((mine[:, 0] + 1) / (mine[:, 1] / 3 + 1)),
        "own_long_trend": np.log((mine[:, 1] + 1) / (mine[:, 2] * 90 / 365 + 1)),
        "share_of_own": np.log((own.count[90.0] + 0.5) / (mine[:, 1] + 1)),
    }


def _profile(ties: Ties) -> Columns:
    return {
        "log_mutual": np.log1p(ties.mutual.astype(np.float64)),
        "mutual_trend": np.log((ties.mutual.astype(np.float64) + 1) / (ties.mutual_before + 1)),
        "influence": ties.influence.astype(np.float64),
        "log_community_size": np.log1p(ties.community_size.astype(np.float64)),
        "tags_gained": ties.tags_gained.astype(np.float64),
        "tags_lost": ties.tags_lost.astype(np.float64),
        "organization_changed": ties.organization_changed.astype(np.float64),
    }


def _logit(chance: Days) -> Days:
    clipped = np.clip(chance, SURE, 1 - SURE)
    odds: Days = np.log(clipped / (1 - clipped))
    return odds
