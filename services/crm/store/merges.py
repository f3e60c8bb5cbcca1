"""Rows about contacts that are one person: what they share, merges with their snapshots, where merged ids lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from kit.db import Connection, load_query, read_row, read_rows

_query = partial(load_query, Path(__file__).parents[1] / "sql")

WholeRow = dict[str, Any]  # a row as it is stored, as JSON


@dataclass(frozen=True, slots=True)
class SharedKey:
    """Contacts with an e-mail, a phone, or name and organization in common."""

    kind: str
    contact_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Merge:
    id: UUID
    kept_id: UUID
    merged_ids: list[UUID]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Undoable(Merge):
    """A merge with what it changed; no snapshot once the person was erased."""

    snapshot: dict[str, Any] | None
    merged_again: bool


@dataclass(frozen=True, slots=True)
class Obstacles:
    somebody_gone: bool
    external_id_taken: bool


async def shared_keys(connection: Connection, workspace_id: UUID, *, shared_by_at_most: int) -> list[SharedKey]:
    parameters = {"workspace_id": workspace_id, "shared_by_at_most": shared_by_at_most}
    return await read_rows(connection, SharedKey, _query("shared_keys"), parameters)


async def merged_into(connection: Connection, workspace_id: UUID, contact_id: UUID) -> UUID | None:
    """Return who a merged contact is now."""
    cursor = await connection.execute(_query("merged_into"), {"workspace_id": workspace_id, "id": contact_id})
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def whole_contacts(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[WholeRow]:
    cursor = await connection.execute(_query("whole_contacts"), {"workspace_id": workspace_id, "ids": list(ids)})
    return [row for (row,) in await cursor.fetchall()]


async def whole_links(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[WholeRow]:
    """Return the given links of some contacts, from either end."""
    cursor = await connection.execute(_query("whole_links"), {"workspace_id": workspace_id, "ids": list(ids)})
    return [row for (row,) in await cursor.fetchall()]


async def add_merge(
    connection: Connection,
    workspace_id: UUID,
    merge_id: UUID,
    kept: UUID,
    merged: Sequence[UUID],
    known: dict[str, Any],
) -> Merge:
    """Note a merge before it happens; `known` is the part of the snapshot that the caller has read already."""
    parameters = _parameters(workspace_id, kept, merged) | {"id": merge_id, "known": Jsonb(known)}
    async with connection.cursor(row_factory=class_row(Merge)) as cursor:
        await cursor.execute(_query("add_merge"), parameters)
        added = await cursor.fetchone()
    assert added is not None  # noqa: S101 an INSERT of one row returns it
    return added


async def move(connection: Connection, workspace_id: UUID, merge_id: UUID, kept: UUID, merged: Sequence[UUID]) -> None:
    """Give everything of merged contacts but their links to the kept one, and delete them."""
    parameters = _parameters(workspace_id, kept, merged)
    everybody = {"workspace_id": workspace_id, "ids": [kept, *merged]}
    await connection.execute(_query("drop_inner_interactions"), everybody)
    await connection.execute(_query("move_interactions"), parameters)
    await connection.execute(_query("move_users"), parameters)
    await connection.execute(_query("move_merged_contacts"), parameters)
    await connection.execute(_query("add_merged_contacts"), parameters | {"id": merge_id})
    await connection.execute(_query("move_merges"), parameters)
    await connection.execute(_query("drop_merged_contacts"), {"workspace_id": workspace_id, "ids": list(merged)})


async def drop_links(connection: Connection, workspace_id: UUID, ids: Sequence[str]) -> None:
    await connection.execute(_query("drop_links"), {"workspace_id": workspace_id, "ids": list(ids)})


async def put_links(connection: Connection, workspace_id: UUID, rows: Sequence[WholeRow]) -> None:
    await connection.execute(_query("put_whole_links"), {"workspace_id": workspace_id, "rows": Jsonb(list(rows))})


async def read_merge(connection: Connection, workspace_id: UUID, merge_id: UUID) -> Undoable | None:
    return await read_row(connection, Undoable, _query("read_merge"), {"workspace_id": workspace_id, "id": merge_id})


async def obstacles(
    connection: Connection,
    workspace_id: UUID,
    merged: Sequence[UUID],
    *,
    contacts: Sequence[WholeRow],
    links: Sequence[WholeRow],
) -> Obstacles:
    """Return what has happened since that merged contacts cannot come back to."""
    parameters = {
        "workspace_id": workspace_id,
        "merged": list(merged),
        "contacts": Jsonb(list(contacts)),
        "links": Jsonb(list(links)),
    }
    async with connection.cursor(row_factory=class_row(Obstacles)) as cursor:
        await cursor.execute(_query("undo_obstacles"), parameters)
        found = await cursor.fetchone()
    assert found is not None  # noqa: S101 a SELECT without FROM gives one row
    return found


async def give_back(
    connection: Connection, workspace_id: UUID, merge: Merge, snapshot: Mapping[str, Any], contacts: Sequence[WholeRow]
) -> None:
    """Bring merged contacts back with everything of theirs but their links, and forget the merge."""
    parameters = _parameters(workspace_id, merge.kept_id, merge.merged_ids)

    def rows(name: str) -> dict[str, Any]:
        return parameters | {"rows": Jsonb(snapshot[name])}

    await connection.execute(_query("restore_contacts"), parameters | {"rows": Jsonb(list(contacts))})
    await connection.execute(_query("restore_contact_versions"), rows("versions"))
    await connection.execute(_query("return_interactions"), rows("interactions"))
    await connection.execute(_query("restore_interactions"), rows("inner"))
    await connection.execute(_query("return_users"), rows("users"))
    await connection.execute(_query("forget_merged_contacts"), {"workspace_id": workspace_id, "id": merge.id})
    await connection.execute(_query("return_merged_contacts"), rows("merged"))
    await connection.execute(_query("return_merges"), rows("merges"))
    await connection.execute(_query("drop_merge"), {"workspace_id": workspace_id, "id": merge.id})


def _parameters(workspace_id: UUID, kept: UUID, merged: Sequence[UUID]) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "kept": kept, "merged": list(merged)}
