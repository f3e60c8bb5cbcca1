"""The keys this gateway has met: found by hash, confirmed every two seconds, believed for a while without a database.

A revoked key is therefore refused everywhere within REFRESH_S and a moment. While PostgreSQL is away nobody can revoke
one either, so those already known go on for BELIEVED_S; new ones are told to try again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg_pool import PoolTimeout

from gateway.proxy.api_keys import store
from gateway.proxy.api_keys.domain import ApiKey, digest
from gateway.proxy.identity import FOREVER, Caller
from kit.auth import SCOPES, Identity
from kit.db import Pool
from kit.errors import Unauthenticated, Unavailable
from kit.logs import describe, get_logger

REFRESH_S = 2.0
BELIEVED_S = 300.0
FORGOTTEN_S = 600.0  # unused for so long, it is looked up again when it comes
NOTED_EVERY_S = 60.0
LOOK_UP_TIMEOUT_S = 2.0
REMEMBERED_KEYS = 10_000
AWAY = (psycopg.Error, PoolTimeout, TimeoutError)
log = get_logger(__name__)


@dataclass(slots=True)
class _Known:
    key: ApiKey
    caller: Caller
    confirmed_at: float
    used_at: float
    noted_at: float = float("-inf")


class KnownKeys:
    """Recognises API keys. Open it with `async with running()`: it then keeps itself up to date."""

    def __init__(self, pool: Pool, issuer: str, *, clock: Callable[[], float] = time.time) -> None:
        self._pool = pool
        self._issuer = issuer
        self._clock = clock
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._away = False

    async def verify(self, token: str) -> Caller:
        """Return the caller; raise Unauthenticated, or Unavailable for a new key while the database is away."""
        sha256 = digest(token)
        known = self._known.get(sha256)
        if known is None or self._clock() - known.confirmed_at > BELIEVED_S:
            known = await self._look_up(sha256)
        now = self._clock()
        _refuse_ended(known.key, datetime.fromtimestamp(now, UTC))
        known.used_at = now
        self._known.move_to_end(sha256)
        return known.caller

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self._pool.open(wait=False)
        watching = asyncio.create_task(self._watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        with suppress(*AWAY):
            async with asyncio.timeout(LOOK_UP_TIMEOUT_S):
                await self._note_uses()
        await self._pool.close()

    async def refresh(self) -> None:
        """Confirm every known key in one query, forget those nobody uses, note when they were used."""
        now = self._clock()
        for sha256 in [one for one, known in self._known.items() if now - known.used_at > FORGOTTEN_S]:
            del self._known[sha256]
        if not self._known:
            return
        asked = list(self._known)
        async with self._pool.connection(timeout=LOOK_UP_TIMEOUT_S) as connection:
            found = await store.known(connection, asked)
        for sha256 in asked:
            self._confirm(sha256, found.get(sha256), now)
        await self._note_uses()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
                self._away = False
            except AWAY as error:
                if not self._away:
                    log.warning("api_keys_unconfirmed", **describe(error))
                self._away = True

    async def _look_up(self, sha256: bytes) -> _Known:
        try:
            async with self._pool.connection(timeout=LOOK_UP_TIMEOUT_S) as connection:
                found = await store.known(connection, [sha256])
        except AWAY as error:
            detail = "Keys cannot be looked up at the moment; try again."
            raise Unavailable(detail, code="api_keys_unavailable") from error
        if sha256 not in found:
            self._known.pop(sha256, None)
            raise Unauthenticated("There is no such key.", code="api_key_unknown")
        now = self._clock()
        key = found[sha256]
        known = self._known[sha256] = _Known(key, self._caller(key, sha256), confirmed_at=now, used_at=now)
        if len(self._known) > REMEMBERED_KEYS:
            self._known.popitem(last=False)
        return known

    def _confirm(self, sha256: bytes, key: ApiKey | None, now: float) -> None:
        known = self._known.get(sha256)
        if known is None:
            return
        if key is None:
            del self._known[sha256]
            return
        known.key, known.confirmed_at = key, now

    def _caller(self, key: ApiKey, sha256: bytes) -> Caller:
        identity = Identity(self._issuer, key.workspace_id, key.user_id, frozenset(key.scopes) & SCOPES)
        return Caller(identity, float(FOREVER), sha256)

    async def _note_uses(self) -> None:
        used = {
            sha256: known
            for sha256, known in self._known.items()
            if known.used_at > known.noted_at and known.used_at - known.noted_at >= NOTED_EVERY_S
        }
        if not used:
            return
        times = {sha256: datetime.fromtimestamp(known.used_at, UTC) for sha256, known in used.items()}
        async with self._pool.connection(timeout=LOOK_UP_TIMEOUT_S) as connection:
            await store.note_uses(connection, times)
        for known in used.values():
            known.noted_at = known.used_at


def _refuse_ended(key: ApiKey, now: datetime) -> None:
    if key.revoked_at is not None:
        raise Unauthenticated("The key was revoked.", code="api_key_revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise Unauthenticated("The key has expired.", code="api_key_expired")
