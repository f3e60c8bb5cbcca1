"""What a reason puts into words: for each code a value of the tie, and what it is held against."""

import numpy as np

from services.churn.domain import Code, Days, Snapshot, Ties, Values
from services.churn.features import rhythm
from services.churn.features.columns import CODES
from services.churn.features.traits import HORIZON_DAYS, Traits

YEAR_DAYS = 365.0


def table(ties: Ties, own: Traits, snapshot: Snapshot) -> tuple[Values, Values]:
    """Return the values and what they are held against, each n x CODES; NaN where nothing is known.

    silence: days since the last interaction, against the median gap. frequency: interactions of the last 90 days,
    against those of 90 days on average over the last year. trend: of the last 30 days, against 30 of the last 180.
    cadence: the median gap in days, against the usual one. rhythm: BG/NBD's probability of silence, against the usual.
    reciprocity: the share of interactions that came in, against the usual. history: days since the first, against the
    usual. others, own_activity: interactions with others in 90 days, against those of 90 days on average over a year.
    mutual_contacts: now, against 90 days before. influence, community: against the usual. tags: gained less lost;
    organization: 1 where it changed; both against none. horizon: days, against 90. The usual is the snapshot's median.
    """
    pairs = _of_tie(own, snapshot) | _of_ends(ties, snapshot)
    shown, compared = (np.stack([pairs[code][side] for code in CODES], axis=1) for side in (0, 1))
    return shown.astype(np.float32), compared.astype(np.float32)


def _of_tie(own: Traits, snapshot: Snapshot) -> dict[Code, tuple[Days, Days]]:
    def usual(code: Code) -> Days:
        return np.full(len(own.since), snapshot.typical[code])

    lived = np.maximum(np.nan_to_num(own.age), HORIZON_DAYS)
    silence = rhythm.silence(
        snapshot.rates, np.maximum(own.active - 1, 0), own.first_to_last, own.first_to_now, own.horizon
    )
    return {
        "silence": (own.since, own.median_gap),
        "frequency": (own.count[90.0], own.count[YEAR_DAYS] * 90 / np.minimum(lived, YEAR_DAYS)),
        "trend": (own.count[30.0], own.count[180.0] * 30 / np.minimum(lived, 180)),
        "cadence": (own.median_gap, usual("cadence")),
        "rhythm": (silence, usual("rhythm")),
        "reciprocity": (own.share_in, usual("reciprocity")),
        "history": (own.age, usual("history")),
        "horizon": (own.horizon, np.full(len(own.since), HORIZON_DAYS)),
    }


def _of_ends(ties: Ties, snapshot: Snapshot) -> dict[Code, tuple[Days, Days]]:
    def usual(code: Code) -> Days:
        return np.full(ties.count, snapshot.typical[code])

    return {
        "others": (_days(ties.others[:, 1]), _days(ties.others[:, 2]) * 90 / YEAR_DAYS),
        "own_activity": (_days(ties.own[:, 1]), _days(ties.own[:, 2]) * 90 / YEAR_DAYS),
        "mutual_contacts": (_days(ties.mutual), _days(ties.mutual_before)),
        "influence": (_days(ties.influence), usual("influence")),
        "community": (_days(ties.community_size), usual("community")),
        "tags": (_days(ties.tags_gained) - ties.tags_lost, np.zeros(ties.count)),
        "organization": (_days(ties.organization_changed), np.zeros(ties.count)),
    }


def _days(column: Values) -> Days:
    return column.astype(np.float64)
