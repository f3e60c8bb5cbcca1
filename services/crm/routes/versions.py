"""The row as it stood: versions of contacts and accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.db import workspace
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_number, encode_number
from kit.wire import Instant
from services.crm import store
from services.crm.routes.callers import PREFIX, PoolDep, Reader
from services.crm.schemas.accounts import AccountVersionOut
from services.crm.schemas.people import ContactVersionOut
from services.crm.schemas.rows import Page
from services.crm.usecases import facts

router = APIRouter(prefix=PREFIX)

AsOf = Annotated[Instant | None, Query(description="only versions that were valid by then, the newest of them first")]


@router.get("/contacts/{contact_id}/versions", tags=["contacts"])
async def list_contact_versions(
    who: Reader,
    pool: PoolDep,
    contact_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> Page[ContactVersionOut]:
    """List a contact as it stood after each change, newest first."""
    before = decode_number(cursor) if cursor else None
    async with workspace(pool, who.workspace_id) as connection:
        facts.found_or_404(await store.read(connection, who.workspace_id, store.CONTACTS, row_id=contact_id))
        rows = await store.contact_versions(
            connection, who.workspace_id, contact_id, before=before, as_of=as_of, limit=limit + 1
        )
    items = [ContactVersionOut.from_domain(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_number(items[-1].version) if len(rows) > limit else None)


@router.get("/accounts/{account_id}/versions", tags=["accounts"])
async def list_account_versions(
    who: Reader,
    pool: PoolDep,
    account_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> Page[AccountVersionOut]:
    """List an account as it stood after each change, newest first."""
    before = decode_number(cursor) if cursor else None
    async with workspace(pool, who.workspace_id) as connection:
        facts.found_or_404(await store.read(connection, who.workspace_id, store.ACCOUNTS, row_id=account_id))
        rows = await store.account_versions(
            connection, who.workspace_id, account_id, before=before, as_of=as_of, limit=limit + 1
        )
    items = [AccountVersionOut.from_domain(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_number(items[-1].version) if len(rows) > limit else None)
