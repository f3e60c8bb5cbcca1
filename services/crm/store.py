"""Rows of the facts: one function for each query, parameters in, domain values out."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from kit.db import Connection, load_query
from services.crm.domain import Contact, ContactVersion, Found, Item, Reference, User, Workspace

Row = TypeVar("Row")

_query = partial(load_query, Path(__file__).parent / "sql")


async def open_for_writing(connection: Connection, workspace_id: UUID) -> None:
    """Create the workspace if need be and hold its write lock until the transaction ends."""
    await connection.execute(_query("open_for_writing"), {"workspace_id": workspace_id})


async def find_contacts(connection: Connection, workspace_id: UUID, references: Sequence[Reference]) -> list[Found]:
    """Return what each reference leads to, in the order asked."""
    return await _find(connection, _query("find_contacts"), workspace_id, references)


async def find_users(connection: Connection, workspace_id: UUID, references: Sequence[Reference]) -> list[Found]:
    """Return what each reference leads to, in the order asked."""
    return await _find(connection, _query("find_users"), workspace_id, references)


async def taken_contacts(connection: Connection, workspace_id: UUID, items: Sequence[Item]) -> set[UUID]:
    """Return those that would take another row's external id."""
    return await _taken(connection, _query("taken_contacts"), workspace_id, items)


async def taken_users(connection: Connection, workspace_id: UUID, items: Sequence[Item]) -> set[UUID]:
    """Return those that would take another row's external id."""
    return await _taken(connection, _query("taken_users"), workspace_id, items)


async def put_contacts(connection: Connection, workspace_id: UUID, items: Sequence[Item]) -> dict[UUID, bool]:
    """Write contacts, each id once; return those that changed, True where created."""
    return await _put(connection, _query("put_contacts"), workspace_id, items)


async def put_users(connection: Connection, workspace_id: UUID, items: Sequence[Item]) -> dict[UUID, bool]:
    """Write users, each id once; return those that changed, True where created."""
    return await _put(connection, _query("put_users"), workspace_id, items)


async def put_workspace(connection: Connection, workspace_id: UUID, patch: dict[str, Any]) -> None:
    await connection.execute(_query("put_workspace"), {"workspace_id": workspace_id, "patch": Jsonb(patch)})


async def read_workspace(connection: Connection, workspace_id: UUID) -> Workspace | None:
    rows = await _rows(connection, Workspace, _query("read_workspace"), workspace_id=workspace_id)
    return rows[0] if rows else None


async def contact(connection: Connection, workspace_id: UUID, contact_id: UUID) -> Contact | None:
    rows = await _rows(connection, Contact, _query("contact"), workspace_id=workspace_id, id=contact_id)
    return rows[0] if rows else None


async def contacts_page(connection: Connection, workspace_id: UUID, **page: Any) -> list[Contact]:
    """Return contacts in the order of their ids; `page` is after, source, external_id and limit."""
    return await _rows(connection, Contact, _query("contacts_page"), workspace_id=workspace_id, **page)


async def contact_versions_page(connection: Connection, workspace_id: UUID, **page: Any) -> list[ContactVersion]:
    """Return versions of one contact, newest first; `page` is id, before and limit."""
    return await _rows(connection, ContactVersion, _query("contact_versions_page"), workspace_id=workspace_id, **page)


async def user(connection: Connection, workspace_id: UUID, user_id: UUID) -> User | None:
    rows = await _rows(connection, User, _query("user"), workspace_id=workspace_id, id=user_id)
    return rows[0] if rows else None


async def users_page(connection: Connection, workspace_id: UUID, **page: Any) -> list[User]:
    """Return users in the order of their ids; `page` is after, source, external_id and limit."""
    return await _rows(connection, User, _query("users_page"), workspace_id=workspace_id, **page)


async def delete_contact(connection: Connection, workspace_id: UUID, contact_id: UUID) -> bool:
    cursor = await connection.execute(_query("delete_contact"), {"workspace_id": workspace_id, "id": contact_id})
    return cursor.rowcount > 0


async def delete_user(connection: Connection, workspace_id: UUID, user_id: UUID) -> bool:
    cursor = await connection.execute(_query("delete_user"), {"workspace_id": workspace_id, "id": user_id})
    return cursor.rowcount > 0


async def add_chunk(connection: Connection, workspace_id: UUID, job_id: UUID, number: int, piece: bytes) -> None:
    parameters = {"workspace_id": workspace_id, "job_id": job_id, "number": number, "bytes": piece}
    await connection.execute(_query("add_chunk"), parameters)


async def chunk(connection: Connection, workspace_id: UUID, job_id: UUID, number: int) -> bytes | None:
    parameters = {"workspace_id": workspace_id, "job_id": job_id, "number": number}
    row = await (await connection.execute(_query("chunk"), parameters)).fetchone()
    return None if row is None else row[0]


async def _rows(connection: Connection, kind: type[Row], query: LiteralString, **parameters: Any) -> list[Row]:
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()


async def _find(
    connection: Connection, query: LiteralString, workspace_id: UUID, references: Sequence[Reference]
) -> list[Found]:
    asked = [
        {"ordinal": ordinal, "id": _text(one.id), "source": one.source, "external_id": one.external_id}
        for ordinal, one in enumerate(references)
    ]
    found = await _rows(connection, Found, query, workspace_id=workspace_id, references=Jsonb(asked))
    return sorted(found, key=lambda one: one.ordinal)


async def _put(
    connection: Connection, query: LiteralString, workspace_id: UUID, items: Sequence[Item]
) -> dict[UUID, bool]:
    cursor = await connection.execute(query, {"workspace_id": workspace_id, "items": _pushed(items)})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def _taken(connection: Connection, query: LiteralString, workspace_id: UUID, items: Sequence[Item]) -> set[UUID]:
    cursor = await connection.execute(query, {"workspace_id": workspace_id, "items": _pushed(items)})
    return {row[0] for row in await cursor.fetchall()}


def _pushed(items: Sequence[Item]) -> Jsonb:
    return Jsonb([{"id": _text(item.reference.id), "patch": dict(item.patch)} for item in items])


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
