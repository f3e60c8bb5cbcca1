"""Push, list, read and erase: the same four endpoints for every kind of fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit.auth import Identity
from kit.db import Pool, workspace
from kit.jobs import JobOut
from kit.jobs.routes import accepted
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from kit.wire import Rejected
from services.crm import store
from services.crm.domain import Outcome
from services.crm.routes.callers import PREFIX, ErasureKeyDep, PoolDep, QueueDep, Reader, Writer
from services.crm.schemas import accounts, people, ties
from services.crm.schemas.rows import OutcomeOut, OutcomesOut, Page, Push, RowIn, RowOut
from services.crm.usecases import erasures, facts

Filter = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class Wire:
    """How one kind is written and read, and what one row of it is called."""

    one: str
    row_in: type[RowIn]
    row_out: type[RowOut]


WIRE = {
    "contacts": Wire("contact", people.ContactIn, people.ContactOut),
    "users": Wire("user", people.UserIn, people.UserOut),
    "accounts": Wire("account", accounts.AccountIn, accounts.AccountOut),
    "links": Wire("link", ties.LinkIn, ties.LinkOut),
    "interactions": Wire("interaction", ties.InteractionIn, ties.InteractionOut),
    "account_signals": Wire("account_signal", accounts.AccountSignalIn, accounts.AccountSignalOut),
    "research_runs": Wire("research_run", accounts.ResearchRunIn, accounts.ResearchRunOut),
    "user_interactions": Wire("user_interaction", accounts.UserInteractionIn, accounts.UserInteractionOut),
}


def kind_router(kind: facts.Kind, wire: Wire) -> APIRouter:
    """Return the endpoints of one kind."""
    router = APIRouter(prefix=f"{PREFIX}/{kind.name}", tags=[kind.name])
    words, one = kind.name.replace("_", " "), wire.one
    row_in, row_out = wire.row_in, wire.row_out
    row_key = Annotated[UUID, Path(alias=f"{one}_id")]
    path = f"/{{{one}_id}}"

    @router.put("", name=f"push_{kind.name}", summary=f"Push {words}")
    async def push(
        who: Writer,
        pool: PoolDep,
        key: ErasureKeyDep,
        body: Push[row_in],  # type: ignore[valid-type]
    ) -> OutcomesOut:
        """Write up to 1,000 rows; an absent field stays, null clears, a rejected row does not stop the others."""
        return await _push(who, pool, kind, body.items, key)

    @router.get("", name=f"list_{kind.name}", summary=f"List {words}")
    async def page(
        who: Reader,
        pool: PoolDep,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        source: Filter = None,
        external_id: Filter = None,
    ) -> Page[row_out]:  # type: ignore[valid-type]
        """List rows in the order of their ids, or find one by the id another system gave it."""
        after = decode_cursor(cursor) if cursor else None
        async with workspace(pool, who.workspace_id) as connection:
            rows = await store.read(
                connection,
                who.workspace_id,
                kind.table,
                after=after,
                source=source,
                external_id=external_id,
                limit=limit + 1,
            )
        items = [row_out.from_domain(row) for row in rows[:limit]]
        return Page[Any](items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)

    @router.get(path, name=f"read_{one}", summary=f"Read one {one.replace('_', ' ')}")
    async def read(who: Reader, pool: PoolDep, row_id: row_key) -> row_out:  # type: ignore[valid-type]
        """Read one row; one of another workspace is not there."""
        async with workspace(pool, who.workspace_id) as connection:
            row = await facts.read_one(connection, who.workspace_id, kind, row_id)
        return row_out.from_domain(row)

    @router.delete(path, status_code=202, name=f"erase_{one}", summary=f"Erase one {one.replace('_', ' ')}")
    async def erase(
        who: Writer, pool: PoolDep, queue: QueueDep, key: ErasureKeyDep, row_id: row_key, response: Response
    ) -> JobOut:
        """Erase a row with its history; the job ends when every service has let go of it."""
        async with workspace(pool, who.workspace_id) as connection:
            job = await erasures.erase(connection, queue, who, kind, row_id, key)
        return accepted(response, "crm", job)

    return router


async def _push(who: Identity, pool: Pool, kind: facts.Kind, rows: Sequence[Any], key: bytes) -> OutcomesOut:
    items = [row.to_domain(index) for index, row in enumerate(rows) if not isinstance(row, Rejected)]
    outcomes = {
        index: Outcome(index, "rejected", code="invalid", fields=row.fields)
        for index, row in enumerate(rows)
        if isinstance(row, Rejected)
    }
    batch = facts.batch_of(kind, items)
    async with workspace(pool, who.workspace_id) as connection:  # also without a good row: whose they are comes first
        pushed = await facts.push(connection, who.workspace_id, kind, batch, key)
    outcomes |= {outcome.index: outcome for outcome in pushed}
    return OutcomesOut(results=[OutcomeOut.from_domain(outcomes[index]) for index in range(len(rows))])


routers = [kind_router(facts.KINDS[name], wire) for name, wire in WIRE.items()]
