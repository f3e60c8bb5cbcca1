"""HTTP for the facts: one to five lines for each endpoint."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile

from kit.auth import Identity, require
from kit.db import Pool, workspace
from kit.errors import NotFound
from kit.jobs import JobOut, Queue
from kit.jobs.routes import accepted
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, decode_number, encode_cursor, encode_number
from kit.wire import Rejected
from services.crm import store
from services.crm.domain import Fact, Outcome
from services.crm.schemas import facts as wire
from services.crm.usecases import facts, uploads

Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
ImportKind = Literal["contacts", "users"]
Filter = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]

router = APIRouter(prefix="/api/ml/crm")


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


def queue_of(request: Request) -> Queue:
    queue: Queue = request.app.state.queue
    return queue


PoolDep = Annotated[Pool, Depends(pool_of)]
QueueDep = Annotated[Queue, Depends(queue_of)]


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


@router.put("/contacts", tags=["contacts"])
async def push_contacts(who: Writer, pool: PoolDep, body: wire.ContactsIn) -> wire.OutcomesOut:
    """Write up to 1,000 contacts; an absent field stays, null clears, a rejected item does not stop the others."""
    return await _push(who, pool, "contacts", body.items)


@router.get("/contacts", tags=["contacts"])
async def list_contacts(
    who: Reader,
    pool: PoolDep,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    source: Filter = None,
    external_id: Filter = None,
) -> wire.ContactsOut:
    """List contacts in the order of their ids, or find one by the id another system gave it."""
    page = _page(limit, cursor) | {"source": source, "external_id": external_id}
    async with workspace(pool, who.workspace_id) as connection:
        rows = await store.contacts_page(connection, who.workspace_id, **page)
    items = [wire.ContactOut.from_domain(row) for row in rows[:limit]]
    return wire.ContactsOut(items=items, next_cursor=_next(rows, limit))


@router.get("/contacts/{contact_id}", tags=["contacts"])
async def read_contact(who: Reader, pool: PoolDep, contact_id: UUID) -> wire.ContactOut:
    """Read one contact."""
    async with workspace(pool, who.workspace_id) as connection:
        found = await store.contact(connection, who.workspace_id, contact_id)
    return wire.ContactOut.from_domain(facts.found_or_404(found))


@router.get("/contacts/{contact_id}/versions", tags=["contacts"])
async def list_contact_versions(
    who: Reader, pool: PoolDep, contact_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> wire.ContactVersionsOut:
    """List the row as it stood after each change, newest first."""
    before = decode_number(cursor) if cursor else None
    page = {"id": contact_id, "before": before, "limit": limit + 1}
    async with workspace(pool, who.workspace_id) as connection:
        facts.found_or_404(await store.contact(connection, who.workspace_id, contact_id))
        rows = await store.contact_versions_page(connection, who.workspace_id, **page)
    items = [wire.ContactVersionOut.from_domain(row) for row in rows[:limit]]
    more = encode_number(items[-1].version) if len(rows) > limit else None
    return wire.ContactVersionsOut(items=items, next_cursor=more)


@router.delete("/contacts/{contact_id}", status_code=202, tags=["contacts"])
async def erase_contact(who: Writer, pool: PoolDep, queue: QueueDep, contact_id: UUID, response: Response) -> JobOut:
    """Erase a contact with its history; the job ends when every service has let go of it."""
    return await _erase(who, pool, queue, "contacts", contact_id, response)


@router.put("/users", tags=["users"])
async def push_users(who: Writer, pool: PoolDep, body: wire.UsersIn) -> wire.OutcomesOut:
    """Write up to 1,000 users; an absent field stays, null clears, a rejected item does not stop the others."""
    return await _push(who, pool, "users", body.items)


@router.get("/users", tags=["users"])
async def list_users(
    who: Reader,
    pool: PoolDep,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    source: Filter = None,
    external_id: Filter = None,
) -> wire.UsersOut:
    """List users in the order of their ids, or find one by the id another system gave it."""
    page = _page(limit, cursor) | {"source": source, "external_id": external_id}
    async with workspace(pool, who.workspace_id) as connection:
        rows = await store.users_page(connection, who.workspace_id, **page)
    items = [wire.UserOut.from_domain(row) for row in rows[:limit]]
    return wire.UsersOut(items=items, next_cursor=_next(rows, limit))


@router.get("/users/{user_id}", tags=["users"])
async def read_user(who: Reader, pool: PoolDep, user_id: UUID) -> wire.UserOut:
    """Read one user."""
    async with workspace(pool, who.workspace_id) as connection:
        found = await store.user(connection, who.workspace_id, user_id)
    return wire.UserOut.from_domain(facts.found_or_404(found))


@router.delete("/users/{user_id}", status_code=202, tags=["users"])
async def erase_user(who: Writer, pool: PoolDep, queue: QueueDep, user_id: UUID, response: Response) -> JobOut:
    """Erase a user; the job ends when every service has let go of it."""
    return await _erase(who, pool, queue, "users", user_id, response)


@router.post("/imports", status_code=202, tags=["imports"])
async def import_file(
    who: Writer,
    pool: PoolDep,
    queue: QueueDep,
    response: Response,
    file: UploadFile,
    kind: Annotated[ImportKind, Form(description="what its rows are")],
    strict: Annotated[bool, Form(description="one bad row stops everything")] = False,
) -> JobOut:
    """Import a CSV file whose first line names our own columns; the job reports bad rows by line and column."""
    async with workspace(pool, who.workspace_id) as connection:
        job = await uploads.receive(connection, queue, who.workspace_id, file, kind=kind, strict=strict)
    return accepted(response, "crm", job)


async def _push(who: Identity, pool: Pool, kind: str, rows: Sequence[Any]) -> wire.OutcomesOut:
    items = [row.to_domain(index) for index, row in enumerate(rows) if not isinstance(row, Rejected)]
    outcomes = {
        index: Outcome(index, "rejected", code="invalid", fields=row.fields)
        for index, row in enumerate(rows)
        if isinstance(row, Rejected)
    }
    if items:
        async with workspace(pool, who.workspace_id) as connection:
            pushed = await facts.push(connection, who.workspace_id, facts.KINDS[kind], items)
        outcomes |= {outcome.index: outcome for outcome in pushed}
    return wire.OutcomesOut(results=[wire.OutcomeOut.from_domain(outcomes[index]) for index in range(len(rows))])


async def _erase(who: Identity, pool: Pool, queue: Queue, kind: str, row_id: UUID, response: Response) -> JobOut:
    async with workspace(pool, who.workspace_id) as connection:
        job = await facts.erase(connection, queue, who, facts.KINDS[kind], row_id)
    return accepted(response, "crm", job)


def _page(limit: int, cursor: str | None) -> dict[str, Any]:
    """Ask for one row more than shown: it tells whether there is a next page."""
    return {"after": decode_cursor(cursor) if cursor else None, "limit": limit + 1}


def _next(rows: Sequence[Fact], limit: int) -> str | None:
    return encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
