"""One function for each query about API keys: a connection and parameters in, dataclasses out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from gateway.proxy.api_keys.domain import ApiKey
from kit.db import Connection, load_query

_query = partial(load_query, Path(__file__).parent / "sql")


async def add(connection: Connection, key: ApiKey, sha256: bytes) -> None:
    facts = {
        "workspace_id": key.workspace_id,
        "id": key.id,
        "user_id": key.user_id,
        "name": key.name,
        "prefix": key.prefix,
        "sha256": sha256,
        "scopes": list(key.scopes),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
    }
    await connection.execute(_query("add"), facts)


async def page(connection: Connection, workspace_id: UUID, *, after: UUID | None, limit: int) -> list[ApiKey]:
    """Return keys, newest first."""
    asked = {"workspace_id": workspace_id, "after": after, "limit": limit}
    return [_key(row) for row in await _rows(connection, _query("page"), asked)]


async def revoke(connection: Connection, workspace_id: UUID, key_id: UUID, *, now: datetime) -> ApiKey | None:
    """Return the revoked key, or None when the workspace has no such key."""
    rows = await _rows(connection, _query("revoke"), {"workspace_id": workspace_id, "id": key_id, "now": now})
    return _key(rows[0]) if rows else None


async def known(connection: Connection, sha256s: Sequence[bytes]) -> dict[bytes, ApiKey]:
    """Return the keys of those hashes that are somebody's."""
    rows = await _rows(connection, _query("known"), {"sha256s": list(sha256s)})
    return {bytes(row.pop("sha256")): _key(row) for row in rows}


async def note_uses(connection: Connection, uses: Mapping[bytes, datetime]) -> None:
    await connection.execute(_query("note_uses"), {"sha256s": list(uses), "times": list(uses.values())})


async def _rows(connection: Connection, query: LiteralString, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query, facts)).fetchall()


def _key(row: dict[str, Any]) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(row["scopes"])})
