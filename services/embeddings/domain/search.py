"""Search: what people say, as terms and postings; what is asked, and who answers it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.embeddings.domain import ModelName, Profile


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
    """Who says a term, of some of its blocks (pairs of number and bytes, big-endian), and their entries joined."""

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
class LookedUp:
    """What a search reads at once: totals, who says its terms, and whether there is an index of vectors to walk.

    `left_out` are n-grams that so many say that they were not read.
    """

    totals: Lexicon
    sayers: list[Sayers]
    indexed: bool
    left_out: frozenset[str] = frozenset()


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
    """Who answers a query, best first, as one model sees it."""

    model: ModelName
    items: list[Found]
    exhaustive: bool
    degraded: bool
    status: str
    missing: tuple[str, ...]
    facts_as_of: datetime | None
