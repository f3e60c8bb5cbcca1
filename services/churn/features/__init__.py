"""A tie as numbers, as of an instant: pure and columnar; one tie is a table of one.

measure(ties, as_of_day) -> Snapshot
    What one tie is compared with. The ties are those of the whole workspace as one kind (its own people's, or all
    ordered pairs of contacts), or a sample drawn by a hash of the ids: 20,000 are plenty. A run measures once, keeps
    `dump_snapshot(snapshot)` (JSON for a jsonb column) and hands the snapshot to every block and every request.

build(ties, as_of_day, snapshot, horizon_days=None) -> Features
    The same snapshot gives the same numbers for a tie, alone or among others. `horizon_days`: one number for all,
    one for each tie, or None: 90 days, or twice the tie's own median gap where that is longer.

FEATURES: names of the matrix' columns. CODES: what a reason can be about, in the order of Features.shown.
CODE_OF: the code of each feature. SIGNS: 1 or -1 for a feature that a longer horizon lowers or raises, else 0: no
model may make silence likelier because the horizon is longer.
"""

from services.churn.features.build import build
from services.churn.features.columns import CODE_OF, CODES, FEATURES, SIGNS
from services.churn.features.measured import measure
from services.churn.features.snapshot import dump_snapshot, load_snapshot

__all__ = ["CODES", "CODE_OF", "FEATURES", "SIGNS", "build", "dump_snapshot", "load_snapshot", "measure"]
