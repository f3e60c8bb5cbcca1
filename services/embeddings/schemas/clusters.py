"""Interest clusters on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Discriminator, Field, Tag

from services.embeddings.domain.clusters import Cluster, Clusters, Found, Member, Page
from services.embeddings.schemas import RICHARD, STANDING, Similarity

MOST_CLUSTERS = 50
MAX_INT = 2**31 - 1

_CLUSTER = {
    "id": 2,
    "size": 31,
    "top_topics": ["regulatory affairs", "government", "counsel"],
    "x": 0.31,
    "y": -0.12,
    "radius": 0.18,
}
_MEMBER = {
    "id": RICHARD,
    "first_name": "Richard",
    "last_name": "Shapiro",
    "organization": "Regulatory and Government Affairs",
    "title": "Vice President of Regulatory Affairs",
    "similarity": 0.83,
}
_MODEL = {"name": "interest_clusters", "version": "all-MiniLM-L6-v2", "kind": "clustering"}
_MADE = {
    "status": "scored",
    "missing": [],
    "model": _MODEL,
    "computed_at": STANDING["computed_at"],
    "facts_as_of": STANDING["facts_as_of"],
}
_CLUSTERS = {**_MADE, "items": [_CLUSTER | {"members": None}], "next_cursor": None}
_DETAILS = {**_MADE, **_CLUSTER, "silhouette": 0.09, "members": [_MEMBER], "next_cursor": None}

Status = Literal["scored", "stale", "insufficient_data"]


def _shape(value: Any) -> str:
    return "(word)" if isinstance(value, str) else "(number)"


# A number or a word, told apart by shape, so that an error points at the field and at nothing below it.
ClusterCount = Annotated[
    Annotated[Annotated[int, Field(ge=2, le=MOST_CLUSTERS)], Tag("(number)")]
    | Annotated[Literal["auto"], Tag("(word)")],
    Discriminator(_shape),
]


class ClusterModelOut(BaseModel):
    """Which way of grouping, on the vectors of which model."""

    name: Literal["interest_clusters"] = "interest_clusters"
    version: str
    kind: Literal["clustering"] = "clustering"


class ClusterScored(BaseModel):
    """What an answer about clusters says of itself."""

    status: Status = Field(description="stale: made of another embedding model's vectors than serve now")
    missing: list[Literal["contacts", "vectors", "cluster_job"]] = Field(
        description="what there must be (more of) before there are clusters"
    )
    model: ClusterModelOut | None
    computed_at: datetime | None = Field(description="when the clusters were found; members come and go at once")
    facts_as_of: datetime | None


class ClusterMemberOut(BaseModel):
    id: UUID
    first_name: str
    last_name: str
    organization: str | None
    title: str | None
    similarity: Similarity

    @classmethod
    def from_domain(cls, member: Member) -> Self:
        return cls(
            id=member.id,
            first_name=member.first_name,
            last_name=member.last_name,
            organization=member.organization,
            title=member.title,
            similarity=member.similarity,
        )


class ClusterOut(BaseModel):
    """An interest group; its id stays the same from run to run while most of its people stay."""

    id: int
    size: int = Field(ge=0, description="members now")
    top_topics: list[str] = Field(description="what sets it apart, the most telling first; at most five")
    x: float = Field(description="its place in a plane; near ones are alike")
    y: float
    radius: float = Field(ge=0, description="how far its members lie from its place, in the unit of x and y")
    members: list[ClusterMemberOut] | None = Field(description="the most typical first; null unless asked for")

    @classmethod
    def from_domain(cls, cluster: Cluster, members: Sequence[Member] | None) -> Self:
        shown = None if members is None else [ClusterMemberOut.from_domain(member) for member in members]
        return cls(**_drawn(cluster), members=shown)


class ClustersOut(ClusterScored, json_schema_extra={"examples": [_CLUSTERS]}):
    """The interest groups of a workspace, the largest first."""

    items: list[ClusterOut]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, found: Clusters) -> Self:
        people = found.members
        items = [ClusterOut.from_domain(one, None if people is None else people.get(one.id, ())) for one in found.items]
        return cls(**_standing(found.status, found.missing, found.run), items=items)


class ClusterDetailsOut(ClusterScored, json_schema_extra={"examples": [_DETAILS]}):
    """One interest group and a page of who is in it, the most typical first."""

    id: int
    size: int = Field(ge=0)
    top_topics: list[str]
    x: float
    y: float
    radius: float = Field(ge=0)
    silhouette: float | None = Field(ge=-1, le=1, description="how much nearer members are to it than to the next one")
    members: list[ClusterMemberOut] = Field(description="similarity is the cosine with the cluster's centre")
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, found: Page, *, status: str, next_cursor: str | None) -> Self:
        return cls(
            **_standing(status, (), found.run),
            **_drawn(found.cluster),
            silhouette=found.cluster.silhouette,
            members=[ClusterMemberOut.from_domain(member) for member in found.members],
            next_cursor=next_cursor,
        )


def _drawn(cluster: Cluster) -> dict[str, Any]:
    return {
        "id": cluster.id,
        "size": cluster.size,
        "top_topics": cluster.top_topics,
        "x": cluster.x,
        "y": cluster.y,
        "radius": cluster.radius,
    }


def _standing(status: str, missing: tuple[str, ...], run: Found | None) -> dict[str, Any]:
    return {
        "status": status,
        "missing": list(missing),
        "model": None if run is None else ClusterModelOut(version=run.model),
        "computed_at": None if run is None else run.computed_at,
        "facts_as_of": None if run is None else run.facts_as_of,
    }
