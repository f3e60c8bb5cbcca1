"""The one way to Redis: every process asks through this client, which gives up early and never tries twice."""

from collections.abc import Awaitable, Callable

from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

OnConnect = Callable[[Connection], Awaitable[None]]


def open_client(
    url: SecretStr, *, timeout_s: float, max_connections: int, on_connect: OnConnect | None = None
) -> "Redis":
    """Return a client that opens its connections when they are needed; whoever asked decides what a failure means."""
    pool = BlockingConnectionPool.from_url(
        url.get_secret_value(),
        protocol=2,  # the library's own default differs from release to release
        max_connections=max_connections,
        timeout=timeout_s,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        redis_connect_func=on_connect,
    )
    return Redis.from_pool(pool)
