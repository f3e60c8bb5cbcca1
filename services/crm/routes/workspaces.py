"""The caller's workspace."""

from fastapi import APIRouter

from kit.db import workspace
from kit.errors import NotFound
from services.crm import store
from services.crm.routes.callers import PREFIX, PoolDep, Reader, Writer
from services.crm.schemas import workspace as wire
from services.crm.schemas.readiness import ReadinessOut

router = APIRouter(prefix=PREFIX)


@router.get("/workspace", tags=["workspace"])
async def read_workspace(who: Reader, pool: PoolDep) -> wire.WorkspaceOut:
    """The caller's workspace; 404 before its first accepted write."""
    async with workspace(pool, who.workspace_id) as connection:
        found = await store.read_workspace(connection, who.workspace_id)
    if found is None:
        raise NotFound("Nothing was written to this workspace yet.", code="workspace_empty")
    return wire.WorkspaceOut.from_domain(found)


@router.put("/workspace", tags=["workspace"])
async def write_workspace(who: Writer, pool: PoolDep, body: wire.WorkspaceIn) -> wire.WorkspaceOut:
    """Name the workspace, set its language and time zone."""
    async with workspace(pool, who.workspace_id) as connection:
        await store.open_for_writing(connection, who.workspace_id)
        await store.put_workspace(connection, who.workspace_id, body.model_dump(exclude_unset=True))
    return await read_workspace(who, pool)


@router.get("/readiness", tags=["workspace"])
async def read_crm_readiness(who: Reader, pool: PoolDep) -> ReadinessOut:
    """Tell how many facts of each kind there are, and how many are enough."""
    async with workspace(pool, who.workspace_id) as connection:
        return ReadinessOut.from_domain(await store.amounts(connection, who.workspace_id))
