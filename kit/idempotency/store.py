"""Rows of the table of keys: claimed, held, kept, let go."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kit.db import Connection, Pool, load_query, read_row, workspace

CLAIM_S = 30.0
KEPT_S = 24 * 3600.0
FORGOTTEN_AT_ONCE = 100

_query = partial(load_query, Path(__file__).parent / "sql")


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as one request holds it."""

    workspace_id: UUID
    key_hash: bytes
    claim: UUID

    @property
    def parameters(self) -> dict[str, Any]:
        return {"workspace_id": self.workspace_id, "key_hash": self.key_hash, "claim": self.claim}


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of a key that another request holds; `status` None while that one runs."""

    fingerprint: bytes | None
    status: int | None
    headers: dict[str, str] | None
    body: bytes | None


async def claim(pool: Pool, wanted: Claim, fingerprint: bytes | None) -> Taken | None:
    """Claim a key, or return what is known of it where it is taken."""
    async with workspace(pool, wanted.workspace_id) as connection:
        parameters = wanted.parameters | {"fingerprint": fingerprint, "lifetime_s": CLAIM_S}
        claimed = await (await connection.execute(_query("claim"), parameters)).fetchone()
        if claimed is None:
            return await _taken(connection, wanted)
        await forget_expired(connection, wanted.workspace_id)  # afterwards: who waits for a key holds no other's row
        return None


async def look(pool: Pool, wanted: Claim) -> Taken | None:
    """Return what is known of a key; None where it has become free."""
    async with workspace(pool, wanted.workspace_id) as connection:
        return await _taken(connection, wanted)


async def renew(pool: Pool, held: Claim) -> bool:
    async with workspace(pool, held.workspace_id) as connection:
        return (await connection.execute(_query("renew"), held.parameters | {"lifetime_s": CLAIM_S})).rowcount == 1


async def keep(
    pool: Pool, held: Claim, fingerprint: bytes, *, status: int, headers: dict[str, str], body: bytes
) -> None:
    answer = {"fingerprint": fingerprint, "status": status, "headers": Jsonb(headers), "body": body}
    async with workspace(pool, held.workspace_id) as connection:
        await connection.execute(_query("keep"), held.parameters | answer | {"lifetime_s": KEPT_S})


async def release(pool: Pool, held: Claim) -> None:
    async with workspace(pool, held.workspace_id) as connection:
        await connection.execute(_query("release"), held.parameters)


async def forget_expired(connection: Connection, workspace_id: UUID) -> None:
    parameters = {"workspace_id": workspace_id, "limit": FORGOTTEN_AT_ONCE}
    await connection.execute(_query("forget_expired"), parameters)


async def _taken(connection: Connection, wanted: Claim) -> Taken | None:
    return await read_row(connection, Taken, _query("taken"), wanted.parameters)
