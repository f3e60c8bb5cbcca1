"""Which columns a tie has, and what each of them is about."""

from services.churn.domain import Code

CODE_OF: dict[str, Code] = {
    # how long nothing passed
    "log_days_since_last": "silence",
    "days_since_last_rank": "silence",
    "silence_over_median_gap": "silence",
    "silence_over_mean_gap": "silence",
    "silence_over_longest_gap": "silence",
    "gaps_longer_than_silence": "silence",
    "log_days_since_out": "silence",
    "log_days_since_in": "silence",
    "log_days_since_third_last": "silence",
    # how much passed
    "log_count_7": "frequency",
    "log_count_30": "frequency",
    "log_count_90": "frequency",
    "log_count_180": "frequency",
    "log_count_365": "frequency",
    "log_active_days_90": "frequency",
    "log_active_days_365": "frequency",
    "log_faded_15": "frequency",
    "log_faded_45": "frequency",
    "log_faded_180": "frequency",
    "count_90_rank": "frequency",
    "count_365_rank": "frequency",
    "faded_45_rank": "frequency",
    "faded_180_rank": "frequency",
    # more or less than before
    "trend_30_in_90": "trend",
    "trend_90_in_180": "trend",
    "trend_90_in_365": "trend",
    "trend_180_in_all": "trend",
    # how regularly
    "log_median_gap": "cadence",
    "log_mean_gap": "cadence",
    "gap_variation": "cadence",
    "active_months_share": "cadence",
    "log_per_active_day": "cadence",
    "log_longest_gap_over_horizon": "cadence",
    "gaps_over_horizon_share": "cadence",
    "horizon_over_median_gap": "horizon",
    "log_horizon": "horizon",
    # how likely such a rhythm goes on
    "rhythm_silence_logit": "rhythm",
    "rhythm_alive_logit": "rhythm",
    "rhythm_silence_rank": "rhythm",
    # who writes to whom
    "share_in": "reciprocity",
    "share_in_90": "reciprocity",
    "last_was_in": "reciprocity",
    "reciprocity": "reciprocity",
    # since when
    "log_age": "history",
    "log_active_days": "history",
    "age_rank": "history",
    "active_days_rank": "history",
    # the two ends' other ties
    "log_others_30": "others",
    "log_others_90": "others",
    "others_trend": "others",
    "others_long_trend": "others",
    "log_others_days_since_last": "others",
    "share_of_others": "others",
    "others_quiet_over_silence": "others",
    "log_own_30": "own_activity",
    "log_own_90": "own_activity",
    "own_trend": "own_activity",
    "own_long_trend": "own_activity",
    "share_of_own": "own_activity",
    "log_mutual": "mutual_contacts",
    "mutual_trend": "mutual_contacts",
    "influence": "influence",
    "log_community_size": "community",
    "tags_gained": "tags",
    "tags_lost": "tags",
    "organization_changed": "organization",
    "usual_silence_logit": "horizon",
}
FEATURES = tuple(CODE_OF)
AS_THEY_ARE = ("log_horizon", "usual_silence_logit")  # all others are taken from the snapshot's mean
SIGN_OF = {
    "log_longest_gap_over_horizon": 1,
    "gaps_over_horizon_share": 1,
    "rhythm_silence_logit": 1,
    "usual_silence_logit": 1,
    "horizon_over_median_gap": -1,
    "log_horizon": -1,
}  # all that know the horizon: a longer one lowers those of sign 1; so no model may say more of it
SIGNS = tuple(SIGN_OF.get(name, 0) for name in FEATURES)
CODES: tuple[Code, ...] = tuple(dict.fromkeys(CODE_OF.values()))
