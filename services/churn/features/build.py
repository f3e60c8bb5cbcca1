"""The features of ties as of an instant: what they are like, less what all ties of the snapshot are like."""

import numpy as np

from services.churn.domain import STATES, Days, Features, Snapshot, Ties
from services.churn.features.columns import FEATURES
from services.churn.features.described import describe
from services.churn.features.shown import table
from services.churn.features.traits import FEWEST_INTERACTIONS, LOST_DAYS, Traits, traits


def build(ties: Ties, as_of_day: float, snapshot: Snapshot, horizon_days: Days | float | None = None) -> Features:
    """Return the features of ties as of an instant, compared with the snapshot's; see the room's first page.

    The state goes by what had passed: fewer than three interactions are too little data, whatever they say.
    """
    own = traits(ties, as_of_day, horizon_days)
    shown, compared = table(ties, own, snapshot)
    center = np.array([snapshot.center[name] for name in FEATURES])
    return Features(
        matrix=(describe(ties, own, as_of_day, snapshot) - center).astype(np.float32),
        shown=shown,
        compared=compared,
        state=_state(own).astype(np.int8),
        horizon_days=own.horizon,
        interactions=own.interactions.astype(np.int32),
        days_since_last=own.since,
        usual_gap_days=own.median_gap,
    )


def _state(own: Traits) -> Days:
    too_few, lost = own.interactions < FEWEST_INTERACTIONS, own.since > LOST_DAYS
    numbers = [float(STATES.index(state)) for state in ("insufficient_data", "lost", "active")]
    return np.select([too_few, lost], numbers[:2], numbers[2])
