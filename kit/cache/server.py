"""The Redis behind the cache: asked for 20 ms at most, and not at all while it is away."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from prometheus_client import Counter, Gauge
from pydantic import SecretStr
from redis.asyncio import Connection, Redis
from redis.exceptions import RedisError

from kit.logs import describe, get_logger
from kit.redis import open_client

log = get_logger(__name__)
Answer = TypeVar("Answer")

TIMEOUT_S = 0.020
LIFETIME_S = 3600
CONNECTIONS = 16
AT_ONCE = 8
FAILURES_TO_REST = 3  # in a row
TRY_AGAIN_S = 1.0
REMEMBERED = 10_000  # workspaces
PROBE_TIMEOUT_S = 1.0  # a new connection may take longer than a request would wait

FAILURES = Counter("rapport_cache_failures_total", "Time-outs and errors of Redis", ["service"])
AWAY = Gauge("rapport_cache_away", "1 while Redis is not asked", ["service"])


class Server:
    """One service's Redis: `async with` it. Without an address every question finds nothing, and nothing is kept.

    After three failures in a row nobody asks any more; a task of its own tries again each second, and first makes good
    what could not be raised meanwhile.
    """

    def __init__(self, url: SecretStr | None, service: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.service = service
        self._timeout_s = timeout_s
        self._redis = None if url is None else self._client(url)
        self._run = ""  # of the server: one that was restarted may have come back with an epoch of before
        # Of a hundred questions at once most would wait for our own loop, and be taken for a slow Redis.
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._failures = 0
        self._owed: set[UUID] = set()
        self._last_seen: dict[UUID, str] = {}  # epochs, without the run: most likely they still are
        self._recovery: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._redis is not None:
            self._rest()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.gather(self._recovery, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    @property
    def is_away(self) -> bool:
        return self._redis is None or self._recovery is not None

    async def read(
        self, workspace_id: UUID, model_version: str, names: Sequence[str], *, epoch: str | None = None
    ) -> tuple[str, list[Any]] | None:
        """Return an epoch, the present one unless named, and what is there by these names; None while Redis is away."""

        def keys(now: str) -> list[str]:
            return [self.key(workspace_id, model_version, now, name) for name in names]

        async def look(redis: "Redis") -> tuple[str, list[Any]]:
            # In one question: the epoch, and what is there if it is the one seen last.
            likely = None if epoch else self._last_seen.get(workspace_id)
            if likely is not None:
                found, *values = await redis.mget([self._epoch_key(workspace_id), *keys(self._run + likely)])
                if found == likely.encode():
                    return self._run + likely, values
            now = epoch or await self._epoch(redis, workspace_id)
            return now, await redis.mget(keys(now))

        return await self._ask(look)

    async def raise_epoch(self, workspace_id: UUID) -> None:
        """Let nothing that was computed before be found again; while Redis is away, as soon as it is back."""
        if self._redis is None:
            return
        self._owed.add(workspace_id)
        if await self._ask(lambda redis: self._raise(redis, workspace_id)):
            self._owed.discard(workspace_id)
        elif self._recovery is None:
            self._rest()

    async def write(self, values: Mapping[str, bytes], lifetime_s: int) -> None:
        """Keep values for at most an hour."""

        async def put(redis: "Redis") -> list[Any]:
            async with redis.pipeline(transaction=False) as pipeline:
                for key, value in values.items():
                    pipeline.set(key, value, ex=min(lifetime_s, LIFETIME_S))
                return await pipeline.execute()

        await self._ask(put)

    def key(self, workspace_id: UUID, model_version: str, epoch: str, name: str) -> str:
        return f"rapport:{workspace_id}:{self.service}:{model_version}:{epoch}:{name}"

    def _epoch_key(self, workspace_id: UUID) -> str:
        return f"rapport:{workspace_id}:{self.service}:epoch"

    async def _epoch(self, redis: "Redis", workspace_id: UUID) -> str:
        key = self._epoch_key(workspace_id)
        found = await redis.get(key)
        if found is None:  # the first of several to find none says what it is
            await redis.set(key, secrets.token_hex(8), ex=LIFETIME_S, nx=True)
            found = await redis.get(key)
        if not isinstance(found, bytes):
            return self._run + secrets.token_hex(8)
        if len(self._last_seen) >= REMEMBERED:
            self._last_seen.clear()
        self._last_seen[workspace_id] = found.decode()
        return self._run + found.decode()

    async def _raise(self, redis: "Redis", workspace_id: UUID) -> bool:
        await redis.set(self._epoch_key(workspace_id), secrets.token_hex(8), ex=LIFETIME_S)
        return True

    async def _ask(self, question: Callable[["Redis"], Awaitable[Answer]]) -> Answer | None:
        """Return Redis' answer; None where it is away, too slow, or fails."""
        if self._redis is None or self._recovery is not None:
            return None
        async with self._turns:
            if self.is_away:  # since this question began to wait
                return None
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await question(self._redis)
            except (RedisError, OSError, TimeoutError) as error:
                self._note_failure(error)
                return None
        self._failures = 0
        return answer

    def _note_failure(self, error: Exception) -> None:
        FAILURES.labels(self.service).inc()
        self._failures += 1
        if self._failures >= FAILURES_TO_REST and self._recovery is None:
            log.warning("cache_away", **describe(error))
            self._rest()

    def _rest(self) -> None:
        AWAY.labels(self.service).set(1)
        self._recovery = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        """Try until Redis answers and every epoch that is owed has been raised; then it is asked again."""
        assert self._redis is not None  # noqa: S101 only a server with an address rests
        while True:
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(PROBE_TIMEOUT_S):
                    await self._redis.ping()
                    while self._owed:
                        workspace_id = next(iter(self._owed))
                        await self._raise(self._redis, workspace_id)
                        self._owed.discard(workspace_id)
                break
            await asyncio.sleep(TRY_AGAIN_S)
        self._failures, self._recovery = 0, None
        AWAY.labels(self.service).set(0)

    def _client(self, url: SecretStr) -> "Redis":
        return open_client(url, timeout_s=PROBE_TIMEOUT_S, max_connections=CONNECTIONS, on_connect=self._note_server)

    async def _note_server(self, connection: Connection) -> None:
        """Learn which run of the server a new connection leads to."""
        await connection.on_connect()
        await connection.send_command("INFO", "server")
        lines = (await connection.read_response()).decode().splitlines()
        self._run = next((line[7:15] for line in lines if line.startswith("run_id:")), "")
