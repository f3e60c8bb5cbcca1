"""The tone of a text and of a relationship: what is read, what comes of it, and what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.int64]

Tongue: TypeAlias = Literal["en", "ru"]
Label: TypeAlias = Literal["positive", "neutral", "negative", "none"]
Direction: TypeAlias = Literal["in", "out", "both"]
Part: TypeAlias = Literal["tags", "notes", "interactions"]
Status: TypeAlias = Literal["scored", "baseline", "insufficient_data", "stale"]
RelationshipLabel: TypeAlias = Literal["Very Positive", "Positive", "Neutral", "Negative", "Very Negative"]

TONGUES: tuple[Tongue, ...] = ("en", "ru")
PARTS: tuple[Part, ...] = ("tags", "notes", "interactions")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text in lower case, which of them a negation turns, and how much an intensifier adds to each."""

    words: Sequence[str]
    negated: Sequence[bool]
    strength: Sequence[float]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts of one language as a model sees them: `columns` texts x features, and which buckets each text is in.

    `words` and `chars` are pairs of equal length, the number of a text and a bucket, in ascending order, each once.
    """

    columns: Values
    words: tuple[Numbers, Numbers]
    chars: tuple[Numbers, Numbers]

    @property
    def count(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Tone:
    """How a text sounds: polarity -1 to 1, how sure the label is, 0 to 1; `none`: there is nothing we can read."""

    polarity: float
    label: Label
    language: Tongue | None
    confidence: float


NO_TONE = Tone(0.0, "none", None, 0.0)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that pushed a text one way."""

    text: str
    polarity: float
    language: Tongue | None


@dataclass(frozen=True, slots=True)
class Written:
    """A text about or from a contact: his notes, or the summary of something that passed, as it stands in the CRM."""

    body: str
    at: datetime
    source: Literal["notes", "summary"]
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How much passed on a tie within a year: all, the newest 90 days, and which way; both ways counts as half each."""

    year: int
    recent: int
    received: float
    sent: float
    first_day: float


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a contact by an instant: his tags, what was written, what passed."""

    contact_id: UUID
    tags: Sequence[str]
    texts: Sequence[Written]
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a relationship's tone: -1 to 1 with its confidence, 0 to 1, from `count` facts."""

    part: Part
    value: float
    confidence: float
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What pushed: a tag, a sentence, or the rhythm; `value` -1 to 1. A sentence's text stays with the fact."""

    code: Literal["tag", "sentence"]
    text: str
    value: float
    source: Literal["tags", "notes", "summary"]
    at: datetime | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The tone of what one side wrote: a mean polarity over `texts` that could be read."""

    polarity: float
    texts: int


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The tone of a relationship; `overall` None where no part has data."""

    contact_id: UUID
    overall: float | None
    shares: Sequence[Share]
    received: Side | None
    sent: Side | None
    rhythm: Rhythm
    evidence: Sequence[Evidence] = ()

    def share(self, part: Part) -> Share | None:
        return next((share for share in self.shares if share.part == part), None)


@dataclass(frozen=True, slots=True)
class Reason:
    """SPEC §3: why a score is what it is, in one sentence and in numbers."""

    code: str
    direction: Literal["up", "down"]
    text: str
    feature: str
    value: float | None
    comparison: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A relationship's tone as a night kept it: numbers only."""

    contact_id: UUID
    overall: float
    tags: float | None
    notes: float | None
    interactions: float | None
    tags_confidence: float | None
    notes_confidence: float | None
    interactions_confidence: float | None
    model_version: str
    facts_as_of: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One computation of everybody's tone; the first of a workspace also looks `weeks_back` for the trend."""

    run_id: UUID
    state: str
    model_version: str
    model_kind: str
    weeks_back: int
    after_id: UUID | None
    contacts: int
    facts_as_of: datetime
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """What stood in a contact's card, and since when."""

    contact_id: UUID
    tags: list[str]
    notes: str | None
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that passed with a contact: `in` came from him; `with_us` unless it was with another contact."""

    contact_id: UUID
    occurred_at: datetime
    direction: Direction
    with_us: bool
    summary: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How the relationships of a workspace stand: their mean, and how many have each label."""

    average: float
    very_positive: int
    positive: int
    neutral: int
    negative: int
    very_negative: int
    computed_at: datetime | None
    facts_as_of: datetime | None

    @property
    def all(self) -> int:
        return self.very_positive + self.positive + self.neutral + self.negative + self.very_negative


@dataclass(frozen=True, slots=True)
class Week:
    """The mean tone of a week's newest figure of each contact."""

    week: date
    average: float
    contacts: int
    positive: int
    neutral: int
    negative: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says a relationship's tone is, beside what we said."""

    correction_id: UUID
    contact_id: UUID
    label: RelationshipLabel
    given: float | None
    corrected_at: datetime
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much a workspace has of what tones are made from."""

    tags: int
    notes: int
    summaries: int
    interactions: int
    corrections: int
