"""Rows about erasure: what somebody is known by, who is suppressed, where he is mentioned, what there is of him."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from kit.db import Connection, load_query, read_rows
from services.crm.domain import Contact, ContactVersion, Interaction, Link, User

_query = partial(load_query, Path(__file__).parents[1] / "sql")


@dataclass(frozen=True, slots=True)
class Mention:
    """A row of others whose text names somebody, and how many rows of its kind do."""

    kind: str
    id: UUID
    total: int


async def names_of(connection: Connection, workspace_id: UUID, contact_id: UUID) -> list[tuple[str, str]]:
    """Return what a contact alone is known by: (kind, value)."""
    cursor = await connection.execute(_query("names_of_contact"), {"workspace_id": workspace_id, "id": contact_id})
    return [(kind, value) for kind, value in await cursor.fetchall()]


async def suppress(connection: Connection, workspace_id: UUID, hashes: Sequence[bytes]) -> None:
    await connection.execute(_query("put_suppressions"), {"workspace_id": workspace_id, "hashes": list(hashes)})


async def anybody_suppressed(connection: Connection, workspace_id: UUID) -> bool:
    row = await (await connection.execute(_query("anybody_suppressed"), {"workspace_id": workspace_id})).fetchone()
    return row is not None and row[0]


async def suppressed(connection: Connection, workspace_id: UUID, hashes: Sequence[bytes]) -> set[bytes]:
    """Return those of the hashes that are kept."""
    parameters = {"workspace_id": workspace_id, "hashes": list(hashes)}
    cursor = await connection.execute(_query("find_suppressions"), parameters)
    return {row[0] for row in await cursor.fetchall()}


async def mentions(connection: Connection, workspace_id: UUID, contact_id: UUID, *, limit: int) -> list[Mention]:
    """Return up to `limit` rows of each kind whose text has the name or an e-mail of a contact."""
    parameters = {"workspace_id": workspace_id, "id": contact_id, "limit": limit}
    return await read_rows(connection, Mention, _query("mentions"), parameters)


async def links_of(
    connection: Connection, workspace_id: UUID, contact_id: UUID, *, after: UUID | None, limit: int
) -> list[Link]:
    parameters = {"workspace_id": workspace_id, "id": contact_id, "after": after, "limit": limit}
    return await read_rows(connection, Link, _query("links_of_contact"), parameters)


async def interactions_of(
    connection: Connection, workspace_id: UUID, contact_id: UUID, *, after: UUID | None, limit: int
) -> list[Interaction]:
    """Return what passed between a contact and anybody, from either side."""
    parameters = {"workspace_id": workspace_id, "id": contact_id, "after": after, "limit": limit}
    return await read_rows(connection, Interaction, _query("interactions_of_contact"), parameters)


async def users_of(connection: Connection, workspace_id: UUID, contact_id: UUID) -> list[User]:
    """Return the users whose own card a contact is."""
    return await read_rows(
        connection, User, _query("users_of_contact"), {"workspace_id": workspace_id, "id": contact_id}
    )


async def merged_into(connection: Connection, workspace_id: UUID, contact_id: UUID) -> list[Contact]:
    """Return the contacts that were merged into one, as they stood before."""
    return await read_rows(
        connection, Contact, _query("merged_of_contact"), {"workspace_id": workspace_id, "id": contact_id}
    )


async def versions_of_merged(
    connection: Connection, workspace_id: UUID, contact_id: UUID, *, before: int | None, limit: int
) -> list[ContactVersion]:
    """Return versions of the contacts that were merged into one, newest first."""
    parameters = {"workspace_id": workspace_id, "id": contact_id, "before": before, "limit": limit}
    return await read_rows(connection, ContactVersion, _query("versions_of_merged"), parameters)
