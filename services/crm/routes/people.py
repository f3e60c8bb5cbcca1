"""One person as a whole: everything that is known of him."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from fastapi import APIRouter

from kit.db import workspace
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, decode_number, encode_cursor, encode_number
from services.crm import store
from services.crm.routes.callers import PREFIX, PoolDep, Reader
from services.crm.schemas.export import ExportOut
from services.crm.schemas.people import ContactOut, ContactVersionOut, UserOut
from services.crm.schemas.rows import Page, RowOut
from services.crm.schemas.ties import InteractionOut, LinkOut
from services.crm.store import erasures
from services.crm.usecases import facts

router = APIRouter(prefix=PREFIX)
Out = TypeVar("Out", bound=RowOut)


@router.get("/contacts/{contact_id}/export", tags=["contacts"], name="export_contact", summary="Export one person")
async def export(
    who: Reader,
    pool: PoolDep,
    contact_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    versions_cursor: Cursor = None,
    merged_versions_cursor: Cursor = None,
    links_cursor: Cursor = None,
    interactions_cursor: Cursor = None,
) -> ExportOut:
    """Everything held of a person: the row, those merged into it, their history, links, interactions, his user."""
    async with workspace(pool, who.workspace_id) as connection:
        contact = await facts.read_one(connection, who.workspace_id, facts.KINDS["contacts"], contact_id)
        merged = await erasures.merged_into(connection, who.workspace_id, contact_id)
        merged_versions = await erasures.versions_of_merged(
            connection, who.workspace_id, contact_id, before=_before(merged_versions_cursor), limit=limit + 1
        )
        users = await erasures.users_of(connection, who.workspace_id, contact_id)
        versions = await store.contact_versions(
            connection, who.workspace_id, contact_id, before=_before(versions_cursor), limit=limit + 1
        )
        links = await erasures.links_of(
            connection, who.workspace_id, contact_id, after=_after(links_cursor), limit=limit + 1
        )
        interactions = await erasures.interactions_of(
            connection, who.workspace_id, contact_id, after=_after(interactions_cursor), limit=limit + 1
        )
    return ExportOut(
        contact=ContactOut.from_domain(contact),
        merged=[ContactOut.from_domain(row) for row in merged],
        merged_versions=_page([ContactVersionOut.from_domain(row) for row in merged_versions], limit, _by_version),
        users=[UserOut.from_domain(user) for user in users],
        versions=_page([ContactVersionOut.from_domain(row) for row in versions], limit, _by_version),
        links=_page([LinkOut.from_domain(row) for row in links], limit, _by_id),
        interactions=_page([InteractionOut.from_domain(row) for row in interactions], limit, _by_id),
    )


def _before(cursor: str | None) -> int | None:
    return decode_number(cursor) if cursor else None


def _after(cursor: str | None) -> UUID | None:
    return decode_cursor(cursor) if cursor else None


def _by_id(row: RowOut) -> str:
    return encode_cursor(row.id)


def _by_version(row: ContactVersionOut) -> str:
    return encode_number(row.version)


def _page(rows: Sequence[Out], limit: int, cursor: Callable[[Out], str]) -> Page[Out]:
    return Page(items=list(rows[:limit]), next_cursor=cursor(rows[limit - 1]) if len(rows) > limit else None)
