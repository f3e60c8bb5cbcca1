"""Ties as columns: what passed on each, what is known of its two ends, what was made of it, and what it scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Days: TypeAlias = NDArray[np.float64]
Values: TypeAlias = NDArray[np.float32]
Chances: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int32]
Offsets: TypeAlias = NDArray[np.int64]
Directions: TypeAlias = NDArray[np.int8]
Flags: TypeAlias = NDArray[np.bool_]

OUT, IN, BOTH = 1, -1, 0
OURS = -1

State: TypeAlias = Literal["active", "lost", "insufficient_data"]
Saying: TypeAlias = Literal["snooze", "not_at_risk"]
Direction: TypeAlias = Literal["up", "down"]
RiskLevel: TypeAlias = Literal["HIGH", "MEDIUM", "LOW"]
STATES: tuple[State, ...] = ("active", "lost", "insufficient_data")

Code: TypeAlias = Literal[
    "silence",
    "frequency",
    "trend",
    "cadence",
    "rhythm",
    "reciprocity",
    "history",
    "others",
    "own_activity",
    "mutual_contacts",
    "influence",
    "community",
    "tags",
    "organization",
    "horizon",
]


class TooFewExamples(Exception):
    """Nothing can be learned: too few ties, or all of them went the same way; `args[0]` says which, in words."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What is known of n ties as of one instant; days are since 1970-01-01 UTC, as float64 with their fraction.

    Tie i's interactions are `day[offsets[i]:offsets[i + 1]]`, in any order; later ones than the instant and doubles
    may be among them, `features.build` drops both and keeps the newest 1,000 of each tie. `direction` is OUT (from the
    ego to the contact), IN or BOTH.

    Everything below has one value (or row) a tie, NaN where nothing is known of it; the counts are zero only where
    somebody looked and there was nothing. All of it as of the same instant.

    `others` (n x 3) counts the contact's interactions within 30, 90 and 365 days with anybody but the ego (another
    contact, or the workspace's own people where a contact is the ego), `others_last_day` is that of the newest, ever.
    A workspace that keeps no interactions between contacts knows nothing of it: NaN. `own` (n x 3) counts the same of
    the ego with anybody but this contact; NaN where the ego is the workspace's own people.
    `mutual` counts the third contacts with whom both ends had an interaction within the last 365 days, `mutual_before`
    the same as of 90 days earlier; NaN where the ego is the workspace's own people.
    `influence` 0-1 and `community_size` are the contact's; `tags_gained`, `tags_lost` count those of the last 180
    days, `organization_changed` is 1 or 0 for the same time, from the versions.
    """

    offsets: Offsets
    day: Days
    direction: Directions
    others: Values
    others_last_day: Days
    own: Values
    mutual: Values
    mutual_before: Values
    influence: Values
    community_size: Values
    tags_gained: Values
    tags_lost: Values
    organization_changed: Values

    @property
    def count(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What all ties of a workspace looked like at one instant: what one tie is compared with.

    `grid` holds the quantiles of each ranked column, evenly spaced, ascending: NaN where fewer than 20 ties were there.
    `center` is the mean of each feature, from which a tie's is taken; `typical` the median of each value that a reason
    shows; `rates` are r, alpha, a, b of BG/NBD, in days; `silent_before` is the share of ties that fell silent within
    the last 30, 60, 90, 180 and 365 days.
    """

    grid: Mapping[str, tuple[float, ...]]
    center: Mapping[str, float]
    typical: Mapping[str, float]
    rates: tuple[float, float, float, float]
    silent_before: tuple[float, ...]
    ties: int


@dataclass(frozen=True, slots=True)
class Features:
    """n ties as numbers: `matrix` is n x features.FEATURES, float32, less the snapshot's mean, NaN where unknown.

    `shown` and `compared` (n x features.CODES) are what a reason puts into words: the value, and what it is held
    against. `state` numbers STATES; a score of a tie with too little data means nothing and is not to be shown.
    `interactions` counts those within reach, doubles dropped; `days_since_last` is NaN without any.
    """

    matrix: Values
    shown: Values
    compared: Values
    state: NDArray[np.int8]
    horizon_days: Days
    interactions: Numbers
    days_since_last: Days
    usual_gap_days: Days

    @property
    def count(self) -> int:
        return len(self.matrix)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why ties score as they do: `base` + the sum of a row's `contributions` is its `score`, the log-odds of silence.

    `contributions` has one column for each of features.CODES, as Features.shown and Features.compared have; positive
    speaks for silence. `base` is one number: what the model says of a tie of which nothing is known.
    """

    base: float
    contributions: Chances
    score: Chances


@dataclass(frozen=True, slots=True)
class Log:
    """Everything that passed in a workspace, one row an interaction, in no order: what training looks back on.

    Contacts are numbered 0 to people-1; `ego` is OURS where it passed between the workspace's own people and the
    contact. Seen from the ego it went OUT, IN or BOTH; each interaction is there once.
    """

    ego: Numbers
    contact: Numbers
    day: Days
    direction: Directions
    people: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Ties of past instants with what came of them: `silent` is 1 where nothing passed within `horizon_days`.

    `cut_day` is the instant of each row. Rows of several workspaces may be put together: no ids are in them.
    """

    matrix: Values
    silent: Values
    horizon_days: Days
    cut_day: Days

    @property
    def count(self) -> int:
        return len(self.matrix)


@dataclass(frozen=True, slots=True)
class Run:
    """One computation of all ties of a workspace; a snapshot is what features.dump_snapshot made of one of its kinds.

    `after_ego_id` and `after_id` say how far it has come in the order of (ego, contact).
    """

    run_id: UUID
    state: str
    model_name: str
    model_version: str
    model_kind: str
    features: list[str]
    codes: list[str]
    own_snapshot: str | None
    pair_snapshot: str | None
    after_ego_id: UUID | None
    after_id: UUID | None
    ties: int
    own_ties: int
    report: dict[str, Any] | None
    facts_as_of: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A score as it is kept, with the run it belongs to and what people last said of the tie."""

    ego_id: UUID
    contact_id: UUID
    state: State
    probability: float | None
    horizon_days: float
    interactions: int
    days_since_last: float | None
    usual_gap_days: float | None
    codes: list[str]
    shown: list[float]
    compared: list[float]
    base: float | None
    contributions: list[float]
    model_name: str
    model_version: str
    model_kind: str
    facts_as_of: datetime
    computed_at: datetime
    feedback: Saying | None = None
    feedback_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a score: the value, what it is held against, and what it adds to the log-odds of silence."""

    code: str
    value: float | None
    comparison: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Score:
    """What is said of one tie: numbers and ids only, so that a cache may hold it. `ego_id` None is the own people."""

    contact_id: UUID
    ego_id: UUID | None
    state: State
    probability: float | None
    horizon_days: float
    interactions: int
    days_since_last: float | None
    usual_gap_days: float | None
    base: float | None
    shares: list[Share]
    model_name: str
    model_version: str
    model_kind: str
    facts_as_of: datetime
    computed_at: datetime
    feedback: Saying | None = None
    feedback_until: datetime | None = None
    introduce_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """SPEC §3: why a score is what it is, in one sentence and in numbers."""

    code: str
    direction: Direction
    text: str
    feature: str
    value: float | None
    comparison: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """What to do about a tie, and whom it takes beside its two ends."""

    code: str
    text: str
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A score with its words: base + the contributions of the reasons is the log-odds of the probability."""

    score: Score
    status: Literal["scored", "stale", "insufficient_data"]
    risk_level: RiskLevel | None
    missing: Sequence[str]
    base: float | None
    reasons: Sequence[Reason]
    interventions: Sequence[Intervention]


@dataclass(frozen=True, slots=True)
class Past:
    """What was once said of a tie."""

    facts_as_of: datetime
    state: State
    probability: float | None
    horizon_days: float
    model_version: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a tie, and whether it fell silent; `closed` where its horizon is over."""

    probability: float
    days_since_last: float
    silent: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """From whom ties are seen: the caller's card where he has one, and what decides whether it is he or all of us."""

    card_id: UUID | None
    ego_is_there: bool
    has_own_ties: bool
    has_run: bool


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much a workspace has of what ties are judged by."""

    people: int
    interactions: int
    ties: int
    feedback: int
