"""People as numbers: who knows whom, who passed messages to whom, who might meet whom. Columns of equal length.

And what is said of one pair of them: shares of a score, reasons, introductions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int32]
Offsets: TypeAlias = NDArray[np.int64]
Values: TypeAlias = NDArray[np.float32]
Days: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of a workspace, numbered 0 to n-1 in the order of their ids.

    `organization` is a number for each distinct one, -1 where none is known; `influence` is 0–1, NaN where unknown.
    """

    organization: Numbers
    influence: Values

    @property
    def count(self) -> int:
        return len(self.organization)


@dataclass(frozen=True, slots=True)
class Links:
    """Who knows whom, a < b, each pair once; strength 0–1, NaN where nobody says; since when, in days since 1970."""

    a: Numbers
    b: Numbers
    strength: Values
    since_day: Days


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What passed from one contact to another, or `both` ways, as in a meeting; time in days since 1970."""

    sender: Numbers
    receiver: Numbers
    day: Days
    both: Flags

    def before(self, day: float) -> "Exchanges":
        kept = self.day < day
        return Exchanges(self.sender[kept], self.receiver[kept], self.day[kept], self.both[kept])


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people said of candidates: `wanted` 1 where they connected, 0 where they dismissed; days since 1970."""

    who: Numbers
    whom: Numbers
    wanted: Values
    day: Days


@dataclass(frozen=True, slots=True)
class Facts:
    """What training looks back on."""

    people: People
    links: Links
    exchanges: Exchanges
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Network:
    """Ties as of an instant, as a symmetric matrix in CSR form: row u's neighbours are in ascending order.

    Each weight is 0–1: `strength` grows with the exchanges of late where they go both ways, or is what the CRM says;
    `recent` halves with every 90 days since the last exchange, `volume` grows with exchanges of late. `passing` has a
    row for each person, what features.paths needs of him whoever asks. `together` is a second matrix of the same form:
    how often two people were in one message or meeting of a third, of late.
    """

    offsets: Offsets
    neighbours: Numbers
    strength: Values
    recent: Values
    volume: Values
    passing: Values
    together_offsets: Offsets
    together_with: Numbers
    together: Values

    @property
    def people(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who each of some people might meet: `who` numbers the asking person, `whom` the candidate.

    `signals` has one column for each of features.pairs.SIGNALS, scaled by the asking person's largest, 0–1;
    `mutual` counts the contacts they share.
    """

    who: Numbers
    whom: Numbers
    mutual: Numbers
    signals: Values


@dataclass(frozen=True, slots=True)
class Also:
    """Candidates from elsewhere (semantic neighbours), CSR: those of the i-th asked person from offsets[i] on."""

    offsets: Offsets
    whom: Numbers


Code: TypeAlias = Literal[
    "mutual_contacts", "same_organization", "semantic_similarity", "influence", "wider_circle", "together"
]
Link: TypeAlias = Literal["identity", "logit", "log"]
Direction: TypeAlias = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why candidates score as they do: base + the sum of a row's contributions is its score on the `link` scale.

    `base` has one value a candidate; the others one column for each of `codes`: the value itself (NaN: unknown), that
    of the same person's average candidate, and what the candidate's adds to the score.
    """

    link: Link
    codes: tuple[Code, ...]
    base: Values
    values: Values
    comparisons: Values
    contributions: Values


@dataclass(frozen=True, slots=True)
class Share:
    """One part of one candidate's score; `comparison` is the average of the same person's candidates."""

    code: Code
    value: float | None
    comparison: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Mutual:
    """A contact both know; `strength` 0–1 is that of the weaker of the two ties."""

    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Between:
    """What words can say of a person and a candidate.

    `mutual` holds at least the three strongest of the `mutual_count` contacts both know; `organization` is the one
    they share, `tags` those they share, `title` and `influence` the candidate's own.
    """

    mutual: Sequence[Mutual] = ()
    mutual_count: int = 0
    organization: str | None = None
    tags: Sequence[str] = ()
    title: str | None = None
    influence: float | None = None


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
class Way:
    """A chain of two ties: from the asking side to an introducer, from there to the target.

    `colleague` is the name of the user whose tie to the introducer it is; None is the caller himself. Strengths are
    0–1; the times are of the last exchange on each tie.
    """

    introducer_id: UUID
    introducer: str
    target_id: UUID
    target: str
    strength: float
    onward_strength: float
    last_contact_at: datetime | None = None
    onward_contact_at: datetime | None = None
    colleague: str | None = None


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who can introduce whom: base + contributions of the reasons is the logarithm of the score, 0–1."""

    way: Way
    score: float
    reason: str
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Run:
    """One computation of everybody's recommendations; `histogram` counts the scores of all its candidates."""

    run_id: UUID
    state: str
    model_name: str
    model_version: str
    model_kind: str
    link: Link
    codes: list[Code]
    histogram: bytes
    after_id: UUID | None
    contacts: int
    candidates: int
    degraded: bool
    facts_as_of: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose recommendations are asked for; `contact_id` None: nobody was named and the caller has no card.

    `outdated_at`: when it was noticed that he has a tie which his list lacks.
    """

    contact_id: UUID | None
    is_there: bool
    organization: str | None
    tags: list[str]
    has_people: bool
    outdated_at: datetime | None
    has_links: bool

    @property
    def is_fresh(self) -> bool:
        return self.has_people and self.outdated_at is None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a contact should meet, as he is kept and as the facts describe him now."""

    candidate_id: UUID
    raw: float
    mutual: int
    semantic_similarity: float | None
    influence: float | None
    same_organization: float | None
    base: float
    share_values: list[float]
    comparisons: list[float]
    contributions: list[float]
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    tags: list[str]


@dataclass(frozen=True, slots=True)
class MutualContact:
    """Somebody whom both the asking contact and a candidate know; `strength` is that of the weaker tie."""

    candidate_id: UUID
    id: UUID
    first_name: str
    last_name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A candidate with his score, 0–1, and what speaks for him, the strongest reason first.

    `base` and the contributions of the reasons sum to his raw score: what cannot be put into words is in it.
    """

    candidate: Candidate
    score: float
    base: float
    reasons: Sequence[Reason]
    introducers: Sequence[MutualContact]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Whom a contact should meet, the best first; `below_min_score` more did not score enough."""

    contact_id: UUID
    items: Sequence[Recommendation]
    below_min_score: int
    run: Run | None
    status: Literal["scored", "baseline", "stale", "insufficient_data"]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom feedback is about: whether he is there, to whom he was recommended, and whether he was."""

    is_there: bool
    contact_id: UUID | None
    was_made: bool


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much a workspace has of what recommendations are made from."""

    people: int
    links: int
    interactions: int
    feedback: int
