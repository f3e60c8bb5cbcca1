"""Rate limits: how much a token, a workspace and an address without a valid token may ask; counted here, in memory.

The count is GCRA, the leaky bucket as a meter (ITU-T I.371, annex A; the form redis-cell made known): one instant for
each bucket, at which it will be full again. `reconcile` tells other replicas of the gateway, behind the requests.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from prometheus_client import Counter
from starlette.types import Scope

from kit.asgi import RawHeaders
from kit.errors import RateLimited

LIMITED = Counter("rapport_gateway_limited_total", "Requests refused because a limit was reached", ["policy"])

ROUNDING_S = 1e-7  # sums of instants are off by that much, which is no reason to refuse


@dataclass(frozen=True, slots=True)
class Policy:
    """One limit: `burst` units at once, and `rate_per_s` new ones each second."""

    name: str
    rate_per_s: float
    burst: int

    @property
    def unit_s(self) -> float:
        """What one unit costs, in seconds of waiting for it."""
        return 1 / self.rate_per_s

    @property
    def fill_s(self) -> float:
        """How long an empty bucket takes to be full."""
        return self.burst / self.rate_per_s


class Bucket:
    """What is left for one token, workspace or address; `untold_s` is what other replicas do not know of yet."""

    __slots__ = ("_burst", "_fill_s", "_stated", "full_at", "key", "policy", "unit_s", "untold_s")

    def __init__(self, key: str, policy: Policy) -> None:
        self.key = key
        self.policy = policy
        self.unit_s, self._fill_s, self._burst = policy.unit_s, policy.fill_s, policy.burst
        self._stated = b'"%b";r=%%d;t=%%d' % policy.name.encode()
        self.full_at = -math.inf
        self.untold_s = 0.0

    def wait_s(self, cost: int, now: float) -> float:
        """Return how long until `cost` units are there; zero or less when they are."""
        return max(self.full_at, now) + cost * self.unit_s - now - self._fill_s - ROUNDING_S

    def take(self, cost: int, now: float) -> None:
        taken_s = cost * self.unit_s
        self.full_at = min(max(self.full_at, now) + taken_s, now + self._fill_s)
        self.untold_s += taken_s

    def learn(self, missing_s: float, now: float) -> None:
        """Take over what all replicas together have used; what was taken here meanwhile comes on top."""
        self.full_at = min(max(self.full_at, now + missing_s + self.untold_s), now + self._fill_s)

    def left(self, now: float) -> bytes:
        """State the units that are there and the whole seconds until the bucket is full."""
        missing_s = self.full_at - now
        if missing_s <= 0:
            return self._stated % (self._burst, 0)
        return self._stated % (max(0, int(self._burst - missing_s / self.unit_s)), math.ceil(missing_s))


class _Buckets:
    """The buckets of one policy; one that nobody touched for as long as it takes to fill is full, and forgotten."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._recent: dict[object, Bucket] = {}
        self._older: dict[object, Bucket] = {}
        self._turned_at = -math.inf

    def get(self, key: object) -> Bucket | None:
        return self._recent.get(key)

    def find(self, key: object, name: str, now: float) -> Bucket:
        """Return a bucket that is not among the recent ones: one that is older, or a full one."""
        if now - self._turned_at > self.policy.fill_s:
            self._recent, self._older, self._turned_at = {}, self._recent, now
        bucket = self._older.pop(key) if key in self._older else Bucket(name, self.policy)
        self._recent[key] = bucket
        return bucket


class Limits:
    """Counts every request against its token and workspace, or against its address while it has no valid token."""

    def __init__(
        self, *, token: Policy, workspace: Policy, address: Policy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens, self._workspaces, self._addresses = _Buckets(token), _Buckets(workspace), _Buckets(address)
        self.clock = clock
        self._stated = {1: stated(address), 2: stated(token, workspace)}
        self._untold: list[Bucket] | None = None

    def share(self) -> None:
        """From now on keep what `take_untold` hands out: somebody tells the other replicas."""
        self._untold = []

    def take_untold(self) -> list[tuple[Bucket, float]]:
        """Return what was taken since the last call, in seconds for each bucket."""
        told = [(bucket, bucket.untold_s) for bucket in self._untold or ()]
        for bucket, _ in told:
            bucket.untold_s = 0.0
        self._untold = []
        return told

    def admit(self, scope: Scope, token_digest: bytes, workspace_id: UUID, cost: int) -> None:
        """Count one request of a caller; raise RateLimited when token or workspace has used up what it may."""
        now = self.clock()
        token = self._tokens.get(token_digest)
        if token is None:
            token = self._tokens.find(token_digest, _key(workspace_id, "token", token_digest.hex()[:32]), now)
        workspace = self._workspaces.get(workspace_id.int)
        if workspace is None:
            workspace = self._workspaces.find(workspace_id.int, _key(workspace_id, "workspace"), now)
        scope["limits"] = (token, workspace)
        for bucket in (token, workspace):
            if bucket.wait_s(cost, now) > 0:
                raise _refusal(bucket, cost, now)
        self._take(token, cost, now)
        self._take(workspace, cost, now)

    def check_stranger(self, scope: Scope) -> None:
        """Refuse an address that has shown too many bad tokens before the next one costs a signature check."""
        bucket, now = self._address(scope), self.clock()
        if bucket.wait_s(1, now) > 0:
            raise _refusal(bucket, 1, now)

    def blame(self, scope: Scope) -> None:
        """Count a request without a valid token against its address."""
        self._take(self._address(scope), 1, self.clock())

    def headers(self, scope: Scope) -> RawHeaders:
        """Return RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10) for an answer."""
        buckets: tuple[Bucket, ...] = scope.get("limits") or (self._address(scope),)
        now = self.clock()
        left = b", ".join([bucket.left(now) for bucket in buckets])
        return [(b"ratelimit-policy", self._stated[len(buckets)]), (b"ratelimit", left)]

    def _address(self, scope: Scope) -> Bucket:
        client = scope.get("client")
        network = _network(client[0]) if client else "none"
        bucket = self._addresses.get(network)
        if bucket is None:
            bucket = self._addresses.find(network, _key("-", "address", _digest(network)), self.clock())
        scope["limits"] = (bucket,)
        return bucket

    def _take(self, bucket: Bucket, cost: int, now: float) -> None:
        if self._untold is not None and bucket.untold_s == 0:
            self._untold.append(bucket)
        bucket.take(cost, now)


def _refusal(bucket: Bucket, cost: int, now: float) -> RateLimited:
    policy = bucket.policy
    LIMITED.labels(policy.name).inc()
    return RateLimited(
        f"This {policy.name} has used up what it may ask for now.",
        retry_after_s=max(1, math.ceil(bucket.wait_s(cost, now))),
        extra={"policy": policy.name, "limit": {"burst": policy.burst, "per_second": policy.rate_per_s}},
    )


def stated(*policies: Policy) -> bytes:
    """Return the value of RateLimit-Policy."""
    each_stated = (f'"{each.name}";q={each.burst};w={math.ceil(each.fill_s)}' for each in policies)
    return ", ".join(each_stated).encode()


def _key(workspace_id: object, *parts: str) -> str:
    return f"rapport:{workspace_id}:gateway:limits:{':'.join(parts)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """Return whom an address stands for: of IPv6 the /64, in which one machine may choose any."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
