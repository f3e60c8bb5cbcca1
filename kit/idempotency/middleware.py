"""The middleware: who is first does it, the others wait a little and are given the same answer."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from uuid import uuid4

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.auth import Identity
from kit.db import LOST, Pool, lost
from kit.errors import BadRequest, Conflict, FieldError, Invalid
from kit.idempotency import store
from kit.idempotency.body import Body
from kit.idempotency.store import Claim, Taken
from kit.logs import describe, get_logger
from kit.operations import Operation, operations

log = get_logger(__name__)

HEADER = b"idempotency-key"
REPLAYED = (b"idempotent-replayed", b"true")
MAX_LENGTH = 255
WAIT_S = 5.0
LOOK_EVERY_S = 0.05
# Answers that nothing was done for, and that may be another the next time.
NOT_KEPT = frozenset({401, 403, 429})

# A bare word, or quoted as a string of structured fields (RFC 9651); inside, visible characters but the quote.
_KEY = re.compile(r'(?P<quote>"?)(?P<key>[!#-~]{1,255})(?P=quote)')


class Idempotency:
    """ASGI middleware inside of authentication, for every POST that changes something."""

    def __init__(self, app: ASGIApp, *, wait_s: float = WAIT_S) -> None:
        self._app = app
        self._wait_s = wait_s
        self._guarded: list[Operation] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope) if scope["type"] == "http" and scope["method"] == "POST" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        wanted = Claim(scope["identity"].workspace_id, _key_hash(scope["identity"], key), uuid4())
        pool: Pool = scope["app"].state.pool
        body = Body(scope, receive)
        await body.read_ahead()
        taken = await self._claim(pool, wanted, body)
        if taken is not None:
            await _replay(taken, send)
        else:
            await self._run(pool, wanted, scope, body, send)

    def _key(self, scope: Scope) -> str | None:
        """Return the key of a request that is to be done once."""
        sent = [value.decode("latin-1").strip() for name, value in scope["headers"] if name == HEADER]
        operation = self._guarded_operation(scope) if sent else None
        if operation is None:
            return None
        scope["route_template"] = operation.path  # for who is answered without reaching the router
        found = _KEY.fullmatch(sent[0])
        if found is None or len(sent) > 1:
            where = FieldError("#/Idempotency-Key", "Not a key.", "header", {"pattern": "[!#-~]{1,255}"})
            raise BadRequest(
                f"An Idempotency-Key has 1 to {MAX_LENGTH} visible ASCII characters and is sent once.",
                code="idempotency_key_invalid",
                fields=[where],
                extra={"max_length": MAX_LENGTH},
            )
        return found["key"]

    def _guarded_operation(self, scope: Scope) -> Operation | None:
        """Return the operation, where it changes something and the caller may ask for it."""
        if self._guarded is None:
            app: FastAPI = scope["app"]
            self._guarded = [operation for operation in operations(app) if operation.is_changing_post]
        who: Identity | None = scope.get("identity")  # of paths that are open to all there is none
        held = frozenset[str]() if who is None else who.scopes
        return next((one for one in self._guarded if one.scope in held and one.pattern.match(scope["path"])), None)

    async def _claim(self, pool: Pool, wanted: Claim, body: Body) -> Taken | None:
        """Return None once the key is ours, or the answer of who was first."""
        deadline = asyncio.get_running_loop().time() + self._wait_s
        with _lost_database():
            taken = await store.claim(pool, wanted, body.fingerprint)
            while taken is not None:
                if body.fingerprint is None:  # a long body: whoever takes it to compare can no longer pass it on
                    await body.drain()
                    return await self._wait(pool, wanted, body, deadline)
                if _is_answer(taken, body):
                    return taken
                await _pause(deadline)
                taken = await store.look(pool, wanted) or await store.claim(pool, wanted, body.fingerprint)
        return None

    async def _wait(self, pool: Pool, wanted: Claim, body: Body, deadline: float) -> Taken:
        while taken := await store.look(pool, wanted):
            if _is_answer(taken, body):
                return taken
            await _pause(deadline)
        raise _in_use()

    async def _run(self, pool: Pool, held: Claim, scope: Scope, body: Body, send: Send) -> None:
        answer = _Answer()
        try:
            async with _holding(pool, held):
                await self._app(scope, body.receive, answer)
        except Exception:
            await _settle(pool, held, body, answer, worth_keeping=False)
            raise
        await _settle(pool, held, body, answer, worth_keeping=answer.is_final)
        await answer.pass_on(send)


class _Answer:
    """A `send` that holds an answer until it has been kept."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)

    @property
    def status(self) -> int:
        return int(self._messages[0]["status"]) if self._messages else 500

    @property
    def headers(self) -> dict[str, str]:
        sent = self._messages[0].get("headers", ()) if self._messages else ()
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in sent}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._messages[1:])

    @property
    def is_final(self) -> bool:
        """Whether asking again could never give another; an answer that says when to ask again could."""
        return self.status < 500 and self.status not in NOT_KEPT and "retry-after" not in self.headers

    async def pass_on(self, send: Send) -> None:
        for message in self._messages:
            await send(message)


async def _settle(pool: Pool, held: Claim, body: Body, answer: _Answer, *, worth_keeping: bool) -> None:
    """Keep the answer or let go of the key; what was done is answered even when neither succeeds."""
    fingerprint = body.fingerprint
    try:
        if worth_keeping and fingerprint is not None:
            await store.keep(pool, held, fingerprint, status=answer.status, headers=answer.headers, body=answer.body)
        else:
            await store.release(pool, held)
    except LOST as error:
        log.warning("idempotency_key_unsettled", **describe(error))


async def _replay(taken: Taken, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (taken.headers or {}).items()]
    await send({"type": "http.response.start", "status": taken.status, "headers": [*headers, REPLAYED]})
    await send({"type": "http.response.body", "body": taken.body or b""})


@asynccontextmanager
async def _holding(pool: Pool, held: Claim) -> AsyncIterator[None]:
    """Renew a claim for as long as its request runs: that of a process that died expires."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(store.CLAIM_S / 3)
            with suppress(*LOST):
                await store.renew(pool, held)

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()


@contextmanager
def _lost_database() -> Iterator[None]:
    try:
        yield
    except LOST as error:
        raise lost(error) from error


def _is_answer(taken: Taken, body: Body) -> bool:
    """Tell whether the first request has ended; raise Invalid where it was another request."""
    if taken.fingerprint is not None and taken.fingerprint != body.fingerprint:
        raise Invalid(
            "This Idempotency-Key was sent with another request before: use a new one.", code="idempotency_key_reused"
        )
    return taken.status is not None


async def _pause(deadline: float) -> None:
    if asyncio.get_running_loop().time() > deadline:
        raise _in_use()
    await asyncio.sleep(LOOK_EVERY_S)


def _in_use() -> Conflict:
    detail = "The first request with this Idempotency-Key is still running; ask again."
    return Conflict(detail, code="idempotency_key_in_use", retry_after_s=1)


def _key_hash(who: Identity, key: str) -> bytes:
    """Return what a key is stored under: another person's, or another service's, same word is another key."""
    return hashlib.sha256(f"{who.issuer}\x1f{who.user_id}\x1f{key}".encode()).digest()
