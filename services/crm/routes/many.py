"""HTTP for many rows at once, by their ids: what a list of scores is told about those on it."""

from fastapi import APIRouter

from kit.db import workspace
from services.crm import store
from services.crm.routes.callers import PREFIX, PoolDep, Reader
from services.crm.schemas.accounts import AccountOut
from services.crm.schemas.many import IdsIn
from services.crm.schemas.people import ContactOut
from services.crm.schemas.rows import Page

router = APIRouter(prefix=PREFIX)


@router.post("/contacts/batch", tags=["contacts"])
async def read_contacts(who: Reader, pool: PoolDep, body: IdsIn) -> Page[ContactOut]:
    """Read up to 1,000 contacts by their ids, in the order of their ids; those that are not there are left out."""
    async with workspace(pool, who.workspace_id) as connection:
        rows = await store.of_ids(connection, who.workspace_id, store.CONTACTS, body.ids)
    return Page(items=[ContactOut.from_domain(row) for row in rows])


@router.post("/accounts/batch", tags=["accounts"])
async def read_accounts(who: Reader, pool: PoolDep, body: IdsIn) -> Page[AccountOut]:
    """Read up to 1,000 accounts by their ids, in the order of their ids; those that are not there are left out."""
    async with workspace(pool, who.workspace_id) as connection:
        rows = await store.of_ids(connection, who.workspace_id, store.ACCOUNTS, body.ids)
    return Page(items=[AccountOut.from_domain(row) for row in rows])
