"""Contacts that may be one person: proposed, merged, and taken apart again."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from kit.db import workspace
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from services.crm.routes.callers import PREFIX, PoolDep, Reader, Writer
from services.crm.schemas.duplicates import DuplicatesOut, DuplicatesPage, MergeIn, MergeOut
from services.crm.store.merges import shared_keys
from services.crm.usecases import merges
from services.crm.usecases.duplicates import SHARED_BY_AT_MOST, groups

router = APIRouter(prefix=PREFIX)


@router.get("/duplicates", tags=["contacts"], name="list_duplicates", summary="List possible duplicates")
async def page(who: Reader, pool: PoolDep, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> DuplicatesPage:
    """Contacts that share an e-mail, a phone, or name and organization: each in one proposal, with the reasons."""
    async with workspace(pool, who.workspace_id) as connection:
        shared = await shared_keys(connection, who.workspace_id, shared_by_at_most=SHARED_BY_AT_MOST)
    after = decode_cursor(cursor) if cursor else None
    found = [one for one in groups(shared) if after is None or one.ids[0] > after]
    items = [DuplicatesOut(**asdict(one)) for one in found[:limit]]
    return DuplicatesPage(items=items, next_cursor=encode_cursor(items[-1].ids[0]) if len(found) > limit else None)


@router.post("/contacts/merge", tags=["contacts"], name="merge_contacts", summary="Merge contacts")
async def merge(who: Writer, pool: PoolDep, body: MergeIn) -> MergeOut:
    """Make one contact of several: the kept one's fields win, absent ones are filled, lists united, ties moved."""
    async with workspace(pool, who.workspace_id) as connection:
        merged = await merges.merge(connection, who.workspace_id, body.keep, body.merge)
    return MergeOut(**asdict(merged))


@router.post("/merges/{merge_id}/undo", tags=["contacts"], name="undo_merge", summary="Undo a merge")
async def undo(who: Writer, pool: PoolDep, merge_id: UUID) -> MergeOut:
    """Restore the merged contacts as they were; 409 when somebody was erased or merged again since."""
    async with workspace(pool, who.workspace_id) as connection:
        undone = await merges.undo(connection, who.workspace_id, merge_id)
    return MergeOut(**asdict(undone))
