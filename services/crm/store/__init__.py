"""Rows of the facts: parameters in, domain values out. What is done with every kind is written once, here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from kit.db import Connection, load_query, read_rows
from services.crm.domain import (
    Account,
    AccountSignal,
    AccountVersion,
    Amounts,
    Contact,
    ContactVersion,
    Fact,
    Found,
    Interaction,
    Item,
    Link,
    Reference,
    ResearchRun,
    User,
    UserInteraction,
    Workspace,
)

_query = partial(load_query, Path(__file__).parents[1] / "sql")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact: what its rows are, and the queries that find, guard, write, read and delete them."""

    row: type[Fact]
    find: LiteralString
    taken: LiteralString
    put: LiteralString
    read: LiteralString
    delete: LiteralString
    put_new: LiteralString | None = None  # of a kind that comes in bulk
    of_ids: LiteralString | None = None  # of a kind that other services ask for in bulk


CONTACTS = Kind(
    Contact,
    find=_query("find_contacts"),
    taken=_query("taken_contacts"),
    put=_query("put_contacts"),
    read=_query("read_contacts"),
    delete=_query("delete_contacts"),
    put_new=_query("put_new_contacts"),
    of_ids=_query("contacts_of_ids"),
)
USERS = Kind(
    User,
    find=_query("find_users"),
    taken=_query("taken_users"),
    put=_query("put_users"),
    read=_query("read_users"),
    delete=_query("delete_users"),
)
ACCOUNTS = Kind(
    Account,
    find=_query("find_accounts"),
    taken=_query("taken_accounts"),
    put=_query("put_accounts"),
    read=_query("read_accounts"),
    delete=_query("delete_accounts"),
    of_ids=_query("accounts_of_ids"),
)
LINKS = Kind(
    Link,
    find=_query("find_links"),
    taken=_query("taken_links"),
    put=_query("put_links"),
    read=_query("read_links"),
    delete=_query("delete_links"),
)
INTERACTIONS = Kind(
    Interaction,
    find=_query("find_interactions"),
    taken=_query("taken_interactions"),
    put=_query("put_interactions"),
    read=_query("read_interactions"),
    delete=_query("delete_interactions"),
    put_new=_query("put_new_interactions"),
)
ACCOUNT_SIGNALS = Kind(
    AccountSignal,
    find=_query("find_account_signals"),
    taken=_query("taken_account_signals"),
    put=_query("put_account_signals"),
    read=_query("read_account_signals"),
    delete=_query("delete_account_signals"),
)
RESEARCH_RUNS = Kind(
    ResearchRun,
    find=_query("find_research_runs"),
    taken=_query("taken_research_runs"),
    put=_query("put_research_runs"),
    read=_query("read_research_runs"),
    delete=_query("delete_research_runs"),
)
USER_INTERACTIONS = Kind(
    UserInteraction,
    find=_query("find_user_interactions"),
    taken=_query("taken_user_interactions"),
    put=_query("put_user_interactions"),
    read=_query("read_user_interactions"),
    delete=_query("delete_user_interactions"),
)


async def last_write(connection: Connection, workspace_id: UUID) -> str | None:
    """Return the transaction that wrote to a workspace last, and hold its write lock; None where there is none yet."""
    cursor = await connection.execute(_query("last_write"), {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    return None if row is None else str(row[0])


async def open_for_writing(connection: Connection, workspace_id: UUID) -> str:
    """Create the workspace if need be and hold its write lock until the transaction ends; return the transaction."""
    cursor = await connection.execute(_query("open_for_writing"), {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 it is inserted or updated
    return str(row[0])


async def plan_for_any_workspace(connection: Connection) -> None:
    """Look rows up by the index made for it, also in a workspace that the statistics have not seen yet."""
    await connection.execute(_query("plan_for_any_workspace"))


async def find(connection: Connection, workspace_id: UUID, kind: Kind, references: Sequence[Reference]) -> list[Found]:
    """Return what each reference leads to, in the order asked."""
    asked = {
        "ids": [one.id for one in references],
        "sources": [one.source for one in references],
        "external_ids": [one.external_id for one in references],
    }
    cursor = await connection.execute(kind.find, {"workspace_id": workspace_id, **asked})
    return sorted((Found(*row) for row in await cursor.fetchall()), key=lambda one: one.ordinal)


async def taken(connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]) -> set[UUID]:
    """Return those that would take another row's external id."""
    cursor = await connection.execute(kind.taken, {"workspace_id": workspace_id, "items": _pushed(items)})
    return {row[0] for row in await cursor.fetchall()}


async def put(connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]) -> dict[UUID, bool]:
    """Write rows, each id once; return those that changed, True where created."""
    cursor = await connection.execute(kind.put, {"workspace_id": workspace_id, "items": _pushed(items)})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def put_new(connection: Connection, workspace_id: UUID, kind: Kind, rows: str) -> set[UUID]:
    """Write those of many rows that are new, of a JSON array; return the ids of those that were left out."""
    assert kind.put_new is not None  # noqa: S101 a batch has new rows only where there is such a query
    parameters = {"workspace_id": workspace_id, "rows": rows}
    cursor = await connection.execute(kind.put_new, parameters, binary=True)
    return {row[0] for row in await cursor.fetchall()}


async def named_contacts(
    connection: Connection, workspace_id: UUID, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """Return the contact that each of these names leads to, by source and external id; nothing for one unknown."""
    asked = {"sources": [source for source, _ in names], "external_ids": [external_id for _, external_id in names]}
    cursor = await connection.execute(_query("named_contacts"), {"workspace_id": workspace_id, **asked}, binary=True)
    return {(source, external_id): row_id for source, external_id, row_id in await cursor.fetchall()}


async def read(
    connection: Connection,
    workspace_id: UUID,
    kind: Kind,
    *,
    row_id: UUID | None = None,
    after: UUID | None = None,
    source: str | None = None,
    external_id: str | None = None,
    limit: int = 1,
) -> list[Fact]:
    """Return rows in the order of their ids: the one with an id, those after another, or by external id."""
    page = {"id": row_id, "after": after, "source": source, "external_id": external_id, "limit": limit}
    return await read_rows(connection, kind.row, kind.read, {"workspace_id": workspace_id, **page})


async def of_ids(connection: Connection, workspace_id: UUID, kind: Kind, ids: Sequence[UUID]) -> list[Fact]:
    """Return the rows that are there of many ids, in the order of their ids; a kind without such a query has none."""
    assert kind.of_ids is not None  # noqa: S101 routes ask for the kinds that have one
    return await read_rows(connection, kind.row, kind.of_ids, {"workspace_id": workspace_id, "ids": list(ids)})


async def delete(connection: Connection, workspace_id: UUID, kind: Kind, row_id: UUID) -> bool:
    cursor = await connection.execute(kind.delete, {"workspace_id": workspace_id, "id": row_id})
    return cursor.rowcount > 0


async def contact_versions(
    connection: Connection,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    before: int | None = None,
    as_of: datetime | None = None,
    limit: int = 1,
) -> list[ContactVersion]:
    """Return versions of one contact, newest first; with `as_of` the first is the one that stood then."""
    page = {"id": contact_id, "before": before, "as_of": as_of, "limit": limit}
    return await read_rows(
        connection, ContactVersion, _query("contact_versions"), {"workspace_id": workspace_id, **page}
    )


async def account_versions(
    connection: Connection,
    workspace_id: UUID,
    account_id: UUID,
    *,
    before: int | None = None,
    as_of: datetime | None = None,
    limit: int = 1,
) -> list[AccountVersion]:
    """Return versions of one account, newest first; with `as_of` the first is the one that stood then."""
    page = {"id": account_id, "before": before, "as_of": as_of, "limit": limit}
    return await read_rows(
        connection, AccountVersion, _query("account_versions"), {"workspace_id": workspace_id, **page}
    )


async def put_workspace(connection: Connection, workspace_id: UUID, patch: dict[str, Any]) -> None:
    await connection.execute(_query("put_workspace"), {"workspace_id": workspace_id, "patch": Jsonb(patch)})


async def read_workspace(connection: Connection, workspace_id: UUID) -> Workspace | None:
    rows = await read_rows(connection, Workspace, _query("read_workspace"), {"workspace_id": workspace_id})
    return rows[0] if rows else None


async def amounts(connection: Connection, workspace_id: UUID) -> Amounts:
    return (await read_rows(connection, Amounts, _query("readiness"), {"workspace_id": workspace_id}))[0]


async def add_chunk(connection: Connection, workspace_id: UUID, job_id: UUID, number: int, piece: bytes) -> None:
    parameters = {"workspace_id": workspace_id, "job_id": job_id, "number": number, "bytes": piece}
    await connection.execute(_query("add_chunk"), parameters)


async def chunk(connection: Connection, workspace_id: UUID, job_id: UUID, number: int) -> bytes | None:
    parameters = {"workspace_id": workspace_id, "job_id": job_id, "number": number}
    row = await (await connection.execute(_query("chunk"), parameters)).fetchone()
    return None if row is None else row[0]


def _pushed(items: Sequence[Item]) -> Jsonb:
    return Jsonb([{"id": _text(item.reference.id), "patch": dict(item.patch)} for item in items])


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
