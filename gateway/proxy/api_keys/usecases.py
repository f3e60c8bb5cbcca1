"""Create, list and revoke API keys; never more than the caller may do himself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.proxy.api_keys import store
from gateway.proxy.api_keys.domain import MARK, SHOWN_CHARACTERS, ApiKey, digest
from kit.auth import Identity
from kit.db import Pool
from kit.errors import FieldError, Forbidden, Invalid, NotFound
from kit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """The key that somebody asks for."""

    name: str
    scopes: tuple[str, ...]
    user_id: UUID | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Randomness:
    """What of a new key nobody can know beforehand: its id and 256 bits as text."""

    key_id: UUID
    secret: str


async def create(pool: Pool, who: Identity, wish: Wish, *, chance: Randomness, now: datetime) -> tuple[ApiKey, str]:
    """Keep a new key; return it with its secret, which is shown this once."""
    if beyond := sorted(set(wish.scopes) - who.scopes):
        detail = f"You do not have {', '.join(beyond)} yourself."
        raise Forbidden(detail, code="scope_not_held", extra={"scopes": beyond})
    if wish.expires_at is not None and wish.expires_at <= now:
        where = FieldError("#/expires_at", "Give a time to come, or none.")
        raise Invalid("A key cannot have expired before it exists.", code="expiry_passed", fields=[where])
    secret = MARK + chance.secret
    key = ApiKey(
        id=chance.key_id,
        workspace_id=who.workspace_id,
        user_id=wish.user_id,
        name=wish.name,
        prefix=secret[:SHOWN_CHARACTERS],
        scopes=wish.scopes,
        created_at=now,
        created_by=who.user_id,
        expires_at=wish.expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    async with pool.connection() as connection:
        await store.add(connection, key, digest(secret))
    log.info("api_key_created", key_id=str(key.id), scopes=key.scopes, workspace_id=str(who.workspace_id))
    return key, secret


async def page(pool: Pool, who: Identity, *, after: UUID | None, limit: int) -> list[ApiKey]:
    async with pool.connection() as connection:
        return await store.page(connection, who.workspace_id, after=after, limit=limit)


async def revoke(pool: Pool, who: Identity, key_id: UUID, *, now: datetime) -> ApiKey:
    """Revoke a key for good; a second time changes nothing."""
    async with pool.connection() as connection:
        key = await store.revoke(connection, who.workspace_id, key_id, now=now)
    if key is None:
        raise NotFound("There is no such key.", code="key_not_found")
    log.info("api_key_revoked", key_id=str(key.id), workspace_id=str(who.workspace_id))
    return key
