"""Rows of the interest clusters: what a run learns from, how it takes the last one's place, who is where."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from pgvector import HalfVector
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from kit.db import Connection, load_query, read_row
from services.embeddings.domain.clusters import Cluster, Found, LastRun, Member, Moves, NewCluster, Page, Place, Sampled

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def last_run(connection: Connection, workspace_id: UUID) -> LastRun | None:
    return await read_row(connection, LastRun, _query("last_run"), {"workspace_id": workspace_id})


async def last_places(connection: Connection, workspace_id: UUID, model: str) -> list[Place]:
    cursor = await connection.execute(_query("last_places"), {"workspace_id": workspace_id, "model": model})
    rows = await cursor.fetchall()
    return [Place(number, None if centre is None else _array(centre), x, y) for number, centre, x, y in rows]


async def sample(connection: Connection, workspace_id: UUID, model: str, limit: int) -> list[Sampled]:
    """Return at most `limit` contacts in the order of their ids."""
    parameters = {"workspace_id": workspace_id, "model": model, "limit": limit}
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_query("cluster_sample"), parameters)
        return [Sampled(row[0], _array(row[1]), *row[2:]) for row in await cursor.fetchall()]


async def hold(connection: Connection, workspace_id: UUID) -> None:
    """Keep the run that stands until the transaction ends; whoever changes members one by one does so first."""
    await connection.execute(_query("hold_clusters"), {"workspace_id": workspace_id})


async def switch(connection: Connection, workspace_id: UUID) -> None:
    """Wait for all who hold the run that stands, and let nobody else hold it until the transaction ends."""
    await connection.execute(_query("switch_clusters"), {"workspace_id": workspace_id})


async def put_clusters(connection: Connection, workspace_id: UUID, model: str, clusters: Sequence[NewCluster]) -> None:
    rows = [
        {
            "workspace_id": workspace_id,
            "id": one.id,
            "model": model,
            "centroid": HalfVector(one.centroid),
            "top_topics": one.top_topics,
            "x": one.x,
            "y": one.y,
            "radius": one.radius,
            "silhouette": one.silhouette,
        }
        for one in clusters
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(_query("put_cluster"), rows)


async def place_all(connection: Connection, workspace_id: UUID, model: str, cluster_ids: Sequence[int]) -> Moves:
    """Find the nearest of the named clusters for every vector of the model; return who moves from where to where."""
    await connection.execute(_query("make_placed"))
    parameters = {"workspace_id": workspace_id, "model": model, "cluster_ids": list(cluster_ids)}
    await connection.execute(_query("fill_placed"), parameters)
    cursor = await connection.execute(_query("cluster_moves"), {"workspace_id": workspace_id})
    return {(was, is_now): contacts for was, is_now, contacts in await cursor.fetchall()}


async def replace_members(connection: Connection, workspace_id: UUID, cluster_ids: Sequence[int]) -> None:
    """Make what `place_all` found what stands, with the named clusters and no others."""
    await connection.execute(_query("replace_members"), {"workspace_id": workspace_id})
    await connection.execute(_query("drop_unplaced"), {"workspace_id": workspace_id})
    parameters = {"workspace_id": workspace_id, "cluster_ids": list(cluster_ids)}
    await connection.execute(_query("drop_clusters"), parameters)


async def put_run(connection: Connection, workspace_id: UUID, run: LastRun, *, facts_as_of: datetime) -> None:
    parameters = {
        "workspace_id": workspace_id,
        "job_id": run.job_id,
        "model": run.model,
        "n_clusters": run.n_clusters,
        "report": Jsonb(run.report),
        "facts_as_of": facts_as_of,
    }
    await connection.execute(_query("put_run"), parameters)


async def place(connection: Connection, workspace_id: UUID, model: str, ids: Sequence[UUID]) -> None:
    """Put contacts into the cluster nearest to their vector, if there are clusters of its model."""
    parameters = {"workspace_id": workspace_id, "model": model, "ids": list(ids)}
    await connection.execute(_query("place_members"), parameters)


async def drop(connection: Connection, workspace_id: UUID, ids: Sequence[UUID], *, model: str | None = None) -> None:
    """Take contacts out of clusters: of those of one model's vectors, or of any."""
    parameters = {"workspace_id": workspace_id, "ids": list(ids), "model": model}
    await connection.execute(_query("drop_members"), parameters)


async def drop_lost(connection: Connection, workspace_id: UUID) -> None:
    await connection.execute(_query("drop_lost_members"), {"workspace_id": workspace_id})


async def standing(connection: Connection, workspace_id: UUID) -> tuple[Found, list[Cluster]] | None:
    """Return the run that stands and its clusters, the largest first; None before the first run."""
    cursor = await connection.execute(_query("clusters"), {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    return row and (Found(*row[:3]), [Cluster(**cluster) for cluster in row[3]])


async def typical(connection: Connection, workspace_id: UUID, *, limit: int) -> dict[int, list[Member]]:
    """Return the most typical members of every cluster, the nearest to its centre first."""
    cursor = await connection.execute(_query("members_of_clusters"), {"workspace_id": workspace_id, "limit": limit})
    found: dict[int, list[Member]] = {}
    for cluster_id, *member in await cursor.fetchall():
        found.setdefault(cluster_id, []).append(Member(*member))
    return found


async def page(
    connection: Connection, workspace_id: UUID, cluster_id: int, *, after: UUID | None, limit: int
) -> Page | None:
    """Return a cluster and up to `limit` members after the one named; None where there is no such cluster."""
    parameters = {"workspace_id": workspace_id, "cluster_id": cluster_id, "after": after, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_query("cluster"), parameters)
        row = await cursor.fetchone()
    if row is None:
        return None
    run = Found(row["model"], row["computed_at"], row["facts_as_of"])
    members = [Member(**member | {"id": UUID(member["id"])}) for member in row["members"]]
    return Page(run, Cluster(**row["cluster"]), members, cursor_holds=row["cursor_holds"])


def _array(vector: HalfVector) -> Any:
    return vector.to_numpy().astype(np.float32)
