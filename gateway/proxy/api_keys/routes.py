"""HTTP for API keys: only who has ml:admin makes, sees or revokes them."""

import secrets
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response

from gateway.proxy.api_keys import usecases
from gateway.proxy.api_keys.domain import SECRET_BYTES
from gateway.proxy.api_keys.schemas import KeyIn, KeyOut, KeysOut, NewKeyOut
from gateway.proxy.api_keys.usecases import Randomness
from kit.auth import Identity, require
from kit.db import Pool
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor

PATH = "/api/ml/keys"
router = APIRouter(prefix=PATH, tags=["keys"])


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


def _now() -> datetime:
    return datetime.now(UTC)


def _chance() -> Randomness:
    return Randomness(uuid4(), secrets.token_urlsafe(SECRET_BYTES))


Admin = Annotated[Identity, Depends(require("ml:admin"))]
PoolDep = Annotated[Pool, Depends(pool_of)]
Now = Annotated[datetime, Depends(_now)]
Chance = Annotated[Randomness, Depends(_chance)]


@router.post("", status_code=201, summary="Create an API key")
async def create_key(who: Admin, pool: PoolDep, now: Now, chance: Chance, body: KeyIn, response: Response) -> NewKeyOut:
    """Make a key for the caller's workspace; the answer is the only one that shows its secret."""
    key, secret = await usecases.create(pool, who, body.to_domain(), chance=chance, now=now)
    response.headers["Cache-Control"] = "no-store"
    return NewKeyOut.of(key, secret)


@router.get("", summary="List API keys")
async def list_keys(who: Admin, pool: PoolDep, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> KeysOut:
    """List the workspace's keys, newest first, revoked ones too; no secret is in it."""
    after = decode_cursor(cursor) if cursor else None
    found = await usecases.page(pool, who, after=after, limit=limit + 1)
    items = [KeyOut.from_domain(key) for key in found[:limit]]
    return KeysOut(items=items, next_cursor=encode_cursor(items[-1].id) if len(found) > limit else None)


@router.delete("/{key_id}", summary="Revoke an API key")
async def revoke_key(who: Admin, pool: PoolDep, now: Now, key_id: UUID) -> KeyOut:
    """Revoke a key for good; every gateway refuses it within a few seconds."""
    return KeyOut.from_domain(await usecases.revoke(pool, who, key_id, now=now))
