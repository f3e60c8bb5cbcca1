"""HTTP for the interest clusters."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from services.embeddings.routes import PoolDep, Reader, ServingDep
from services.embeddings.schemas.clusters import MAX_INT, ClusterDetailsOut, ClustersOut
from services.embeddings.usecases import clusters

router = APIRouter(prefix="/api/ml/clusters", tags=["interest clusters"])


@router.get("")
async def list_clusters(
    who: Reader,
    pool: PoolDep,
    serving: ServingDep,
    members: Annotated[int, Query(ge=0, le=DEFAULT_LIMIT, description="with the most typical people of each")] = 0,
) -> ClustersOut:
    """List the interest groups of the workspace, the largest first."""
    return ClustersOut.from_domain(await clusters.read_clusters(pool, who.workspace_id, serving, members=members))


@router.get("/{cluster_id}")
async def read_cluster(
    who: Reader,
    pool: PoolDep,
    serving: ServingDep,
    cluster_id: Annotated[int, Path(ge=1, le=MAX_INT)],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ClusterDetailsOut:
    """Show one interest group and a page of its members, the most typical first."""
    after = decode_cursor(cursor) if cursor else None
    found, status = await clusters.read_cluster(pool, who.workspace_id, serving, cluster_id, after=after, limit=limit)
    more = encode_cursor(found.members[-1].id) if found.more else None
    return ClusterDetailsOut.from_domain(found, status=status, next_cursor=more)
