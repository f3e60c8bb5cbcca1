"""People as text and as vectors."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]
Among: TypeAlias = NDArray[np.bool_]  # for each number in the lexical index whether its contact is one of those meant


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model made a vector; the number of its dimensions is its version."""

    name: str
    dimensions: int


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
class Person:
    """What is shown of a contact that was found."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A contact and how near it is: cosine, clipped to 0–1."""

    person: Person
    similarity: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many contacts a workspace has, how many of them have a vector, and how many are in the lexical index."""

    contacts: int
    vectors: int
    documents: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The contact others are compared with, by one model. Without a vector, `missing` says what to add."""

    model: ModelName
    profile: Profile
    text: str
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
    """Whom a search is about: those who have every one of the tags and belong to the organization."""

    tags: tuple[str, ...] = ()
    organization: str | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Question:
    """What a search is to find: the nearest to a vector, but never `exclude`."""

    embedding: NDArray[np.float32]
    limit: int
    exclude: UUID | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A contact and how near it is: cosine, clipped to 0–1."""

    contact_id: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """Those nearest to a vector, nearest first; `exhaustive` when every vector that was asked about was compared."""

    hits: list[Hit]
    exhaustive: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """What a workspace has of a model: an index, vectors, counted no further than was asked, cells, numbers in them."""

    indexed: bool
    vectors: int
    cells: int
    placed: int
