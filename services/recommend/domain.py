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
    `recent` halves with every 90 days since the last exchange, `volume` grows with the exchanges of late. `together` is a second matrix of the same form: how often
    two people were in one message or meeting of a third, of late.
    """

    offsets: Offsets
    neighbours: Numbers
    strength: Values
    recent: Values
    volume: Values
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
