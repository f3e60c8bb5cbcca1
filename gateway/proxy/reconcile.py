"""Replicas of the gateway tell each other, through Redis, what their limits have counted; no request waits for it.

Five times a second what was taken here is added to a shared instant for each bucket, and what all have taken comes
back. Between two turns a replica knows its own count only, so a limit may be passed by what the others let in
meanwhile. Without Redis each replica counts alone.
"""

import asyncio
from collections.abc import Sequence
from itertools import islice

from prometheus_client import Gauge
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.proxy.limits import Bucket, Limits
from kit.logs import get_logger
from kit.redis import open_client

INTERVAL_S = 0.2
TIMEOUT_S = 0.5
AWAY_S = 2.0  # between attempts while Redis does not answer
BUCKETS_A_CALL = 250  # Redis does nothing else during a script

log = get_logger(__name__)
SHARED = Gauge("rapport_gateway_limits_shared", "1 while replicas count together, 0 while each counts alone")

# KEYS: buckets. ARGV: for each what was taken and how much it can hold, in microseconds of filling.
# Redis' own clock is the only one: replicas' clocks need not agree.
TELL = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local missing = {}
for i, key in ipairs(KEYS) do
  local full_at = math.max(tonumber(redis.call('GET', key) or '0') or 0, now)
  full_at = math.min(full_at + ARGV[2 * i - 1], now + ARGV[2 * i])
  redis.call('SET', key, string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1000)
  missing[i] = math.ceil(full_at - now)
end
return missing
"""


def open_reconciler(limits: Limits, url: SecretStr) -> "Reconciler":
    return Reconciler(limits, open_client(url, timeout_s=TIMEOUT_S, max_connections=2))


class Reconciler:
    """Tells and learns, turn after turn: the next one is the retry."""

    def __init__(self, limits: Limits, client: Redis) -> None:
        self._limits = limits
        self._client = client
        self._shared: bool | None = None
        limits.share()

    async def run(self) -> None:
        """Go on until cancelled."""
        try:
            while True:
                shared = await self.turn()
                await asyncio.sleep(INTERVAL_S if shared else AWAY_S)
        finally:
            await self._client.aclose()

    async def turn(self) -> bool:
        """Tell what is untold; return whether Redis took it. What it did not take is not told again: it has aged."""
        untold = iter(self._limits.take_untold())
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while part := list(islice(untold, BUCKETS_A_CALL)):
                    await self._tell(part)
                if not self._shared:
                    await self._client.ping()
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            self._note(shared=False, error=type(error).__name__)
        else:
            self._note(shared=True)
        return bool(self._shared)

    async def _tell(self, part: Sequence[tuple[Bucket, float]]) -> None:
        spans = [span for bucket, taken_s in part for span in (_us(taken_s), _us(bucket.policy.fill_s))]
        keys = [bucket.key for bucket, _ in part]
        missing_us: list[int] = await self._client.eval(TELL, len(keys), *keys, *spans)
        now = self._limits.clock()
        for (bucket, _), each_us in zip(part, missing_us, strict=True):
            bucket.learn(each_us / 1e6, now)

    def _note(self, *, shared: bool, error: str | None = None) -> None:
        if shared != self._shared:
            self._shared = shared
            SHARED.set(shared)
            if shared:
                log.info("limits_shared")
            else:
                log.warning("limits_counted_alone", error=error)


def _us(seconds: float) -> int:
    return round(seconds * 1e6)
