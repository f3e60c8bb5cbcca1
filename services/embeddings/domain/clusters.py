"""Interest clusters: as they are found, as they stand, who is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sampled:
    """A contact that clusters are learnt from, and the one it is in at present."""

    id: UUID
    embedding: NDArray[np.float32]
    first_name: str
    last_name: str
    title: str | None
    organization: str | None
    tags: list[str]
    cluster_id: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster as the last run left it; its centre only where it is of the model that serves."""

    id: int
    centroid: NDArray[np.float32] | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class NewCluster:
    """A cluster as it was found: its centre at unit length, and where and how wide it is drawn."""

    id: int
    centroid: NDArray[np.float32]
    top_topics: list[str]
    x: float
    y: float
    radius: float
    silhouette: float | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run that stands: which job made it, of which model's vectors, asked for how many (None: what fits best)."""

    job_id: UUID
    model: str
    n_clusters: int | None
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it is now: those who came or left since the run are counted."""

    id: int
    size: int
    top_topics: list[str]
    x: float
    y: float
    radius: float
    silhouette: float | None


@dataclass(frozen=True, slots=True)
class Member:
    """A contact in a cluster; `similarity` is the cosine with its centre, clipped to 0–1."""

    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    similarity: float


# How many contacts went from which cluster to which; None: from nowhere, to nowhere.
Moves: TypeAlias = dict[tuple[int | None, int | None], int]


@dataclass(frozen=True, slots=True)
class Found:
    """When, from which facts and of which embedding model clusters were made."""

    model: str
    computed_at: datetime
    facts_as_of: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A cluster and some of its members, the nearest to its centre first; `more` when there are others after them."""

    run: Found
    cluster: Cluster
    members: list[Member]
    cursor_holds: bool
    more: bool = False


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a workspace, the largest first; without any, `missing` says what there must be first."""

    status: str
    missing: tuple[str, ...]
    run: Found | None
    items: list[Cluster]
    members: Mapping[int, Sequence[Member]] | None = None  # by cluster, where asked for
