"""Who stands where: communities and influence, as the graph job or the CRM itself has them."""

from fastapi import APIRouter

from kit.db import workspace
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, decode_number, encode_cursor, encode_number
from services.crm.routes.callers import PREFIX, PoolDep, Reader
from services.crm.schemas.graph import CommunitiesOut, CommunityOut, InfluenceOut, InfluentialOut
from services.crm.store import graph

router = APIRouter(prefix=PREFIX, tags=["graph"])


@router.get("/communities")
async def list_communities(
    who: Reader, pool: PoolDep, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> CommunitiesOut:
    """List communities, the largest first, each with its five most influential members."""
    before = decode_number(cursor) if cursor else None
    async with workspace(pool, who.workspace_id) as connection:
        found = await graph.communities(connection, who.workspace_id, before=before, limit=limit + 1)
    items = [CommunityOut.from_domain(community) for community in found[:limit]]
    more = len(found) > limit
    return CommunitiesOut(items=items, next_cursor=encode_number(found[limit - 1].position) if more else None)


@router.get("/influence")
async def list_influence(
    who: Reader, pool: PoolDep, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> InfluenceOut:
    """List people by influence, the most influential first; people without a link have none and are not in it."""
    after = decode_cursor(cursor) if cursor else None
    async with workspace(pool, who.workspace_id) as connection:
        found = await graph.influential(connection, who.workspace_id, after=after, limit=limit + 1)
    items = [InfluentialOut.from_domain(person) for person in found[:limit]]
    return InfluenceOut(items=items, next_cursor=encode_cursor(items[-1].id) if len(found) > limit else None)
