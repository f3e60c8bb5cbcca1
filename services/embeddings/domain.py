"""People as text and as vectors."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a contact's vector is made from; `content_hash` is that of the text the present vector was made from."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    tags: list[str]
    notes: str | None
    content_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewVector:
    """A vector to keep, and the hash of the text it was made from."""

    contact_id: UUID
    content_hash: bytes
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class KeptVector:
    """A vector as it is stored."""

    embedding: NDArray[np.float32]
    content_hash: bytes
    embedded_at: datetime


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A contact and how near it is: cosine, clipped to 0–1."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    tags: list[str]
    similarity: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many contacts a workspace has, and how many of them have a vector."""

    contacts: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The contact others are compared with. Without a vector, `missing` says what to add."""

    profile: Profile
    embedding: NDArray[np.float32] | None
    status: str
    missing: tuple[str, ...]
    degraded: bool
    facts_as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who is like an anchor, nearest first; `exhaustive` when everybody who can be compared was."""

    anchor: Anchor
    neighbours: list[Neighbour]
    exhaustive: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """Who may be found: those with all of these tags, of this organization; in upper or lower case."""

    tags: tuple[str, ...] = ()
    organization: str | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """A contact near a vector."""

    contact_id: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """The contacts nearest to a vector, nearest first; `exhaustive` when everybody who can be compared was."""

    hits: list[Hit]
    exhaustive: bool


@dataclass(frozen=True, slots=True)
class Stem:
    """A word's stem in one of the texts asked about, and how often it is there."""

    position: int
    lexeme: str
    count: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a contact says: how often each term, and how many words and n-grams that are."""

    contact_id: UUID
    content_hash: bytes
    counts: dict[str, int]
    words: int
    grams: int


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as it is in the index, under its number."""

    contact_id: UUID
    number: int
    content_hash: bytes
    terms: list[str]
    words: int
    grams: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Who says a term, of one block of numbers: entries packed as features.postings reads them."""

    term: str
    block: int
    entries: bytes


@dataclass(frozen=True, slots=True)
class Sayers:
    """Everybody who says a term: its blocks (pairs of number and bytes, big-endian), and their entries joined."""

    term: str
    blocks: bytes
    entries: bytes


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A workspace's totals: documents, their words and n-grams, and one more than the highest number."""

    documents: int = 0
    words: int = 0
    grams: int = 0
    next_number: int = 0
    indexed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is looked up: its words, the stems of each (none of a stop word), the n-grams worth having."""

    words: tuple[str, ...]
    stems: dict[str, tuple[str, ...]]
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be an answer; `number` only if he is in the lexical index, `similarity` if he has a vector."""

    contact_id: UUID
    number: int | None
    similarity: float | None
    first_name: str = ""
    last_name: str = ""
    organization: str | None = None
    title: str | None = None
    tags: list[str] = field(default_factory=list)
    notes: str | None = None  # their beginning

    @property
    def profile(self) -> Profile:
        return Profile(
            self.contact_id, self.first_name, self.last_name, self.organization, self.title, self.tags, self.notes
        )


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the query that are found in a field of a contact, and what that field says there."""

    field: str
    value: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A contact that answers a query, and why."""

    profile: Profile
    similarity: float | None
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers a query, best first."""

    items: list[Found]
    exhaustive: bool
    degraded: bool
    status: str
    missing: tuple[str, ...]
    facts_as_of: datetime | None
