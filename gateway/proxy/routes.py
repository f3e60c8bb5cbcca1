"""The table of the door: which path belongs to which service, and what it may cost.

Scopes are not here: every service checks them itself (`kit.auth.require`), so there is one place for them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import Scope

from gateway.proxy.settings import ServiceName
from kit.asgi import DEFAULT_BODY_LIMIT_BYTES, MIB
from kit.errors import BadRequest, MethodNotAllowed, NotFound

READ = ("GET", "HEAD")
ASK = ("POST",)  # a question too long for a URL
ANY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

# What two programs may read differently: dot segments, empty segments, hidden separators, control characters.
_UNCLEAR = re.compile(r"//|/\.{1,2}(?:/|\Z)|[\x00-\x1f\x7f\\]")
_HIDDEN_SLASH = re.compile(rb"%2f", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `path` is exact, or with `/*` itself and everything below it."""

    path: str
    service: ServiceName
    methods: tuple[str, ...] = ANY
    first_byte_timeout_s: float = 30.0
    body_limit_bytes: int = DEFAULT_BODY_LIMIT_BYTES
    cost: int = 1  # units of the caller's limits; at most 100, the least burst a setting allows

    @property
    def key(self) -> str:
        return self.path.removesuffix("/*")

    @property
    def open_below(self) -> bool:
        return self.path.endswith("/*")


ROUTES: tuple[Route, ...] = (
    Route("/api/ml/crm/*", "crm"),
    Route("/api/ml/crm/contacts/batch", "crm", ASK, cost=10),
    Route("/api/ml/crm/accounts/batch", "crm", ASK, cost=10),
    Route("/api/ml/crm/imports/*", "crm", first_byte_timeout_s=120, body_limit_bytes=256 * MIB, cost=10),
    Route("/api/ml/similar/*", "embeddings", READ),
    Route("/api/ml/similar/batch", "embeddings", ASK, cost=10),
    Route("/api/ml/search", "embeddings", ASK),
    Route("/api/ml/similarities", "embeddings", ASK, cost=10),
    Route("/api/ml/similarities/pairs", "embeddings", ASK, cost=10),
    Route("/api/ml/clusters/*", "embeddings", READ),
    Route("/api/ml/embeddings/*", "embeddings"),
    Route("/api/ml/recommendations/*", "recommend"),
    Route("/api/ml/churn/*", "churn"),
    Route("/api/ml/churn/batch", "churn", ASK, first_byte_timeout_s=120, cost=10),
    Route("/api/ml/sentiment/*", "sentiment"),
    Route("/api/ml/sentiment/analyze", "sentiment", ASK, first_byte_timeout_s=120, cost=10),
    Route("/api/ml/sentiment/batch", "sentiment", ASK, first_byte_timeout_s=120, cost=10),
    Route("/api/ml/icp-score/*", "icp"),
    Route("/api/ml/icp-score/batch", "icp", ASK, first_byte_timeout_s=120, cost=10),
    Route("/graphql", "graph", ASK, body_limit_bytes=MIB, cost=10),
)


class Table:
    """Finds the most exact route of a path."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._by_key = {route.key: route for route in routes}
        self._deepest = max(key.count("/") for key in self._by_key)

    def match(self, path: str) -> Route | None:
        """Return the route, or None when no service has the path."""
        segments = path.split("/", self._deepest + 1)
        for depth in range(min(len(segments), self._deepest + 1), 1, -1):
            route = self._by_key.get("/".join(segments[:depth]))
            if route is not None and (route.open_below or route.key == path):
                return route
        return None

    def paths_of(self, service: str) -> list[str]:
        return [route.path for route in self._by_key.values() if route.service == service]

    def body_limit_bytes(self, scope: Scope) -> int:
        """Return what the body may have; the route found on the way is kept for the door."""
        route = scope["matched_route"] = self.match(scope["path"])
        return DEFAULT_BODY_LIMIT_BYTES if route is None else route.body_limit_bytes


def check_target(path: str, raw_path: bytes) -> None:
    """Refuse a path that the gateway and a service might read as two different ones."""
    if _UNCLEAR.search(path) or _HIDDEN_SLASH.search(raw_path):
        raise BadRequest("The path has characters or segments that are not allowed in it.", code="malformed_path")


def check_methods(path: str, allowed: Sequence[str], method: str) -> None:
    if method not in allowed:
        raise MethodNotAllowed(f"{path} takes {', '.join(allowed)}.", extra={"allow": list(allowed)})


def unknown_path() -> NotFound:
    return NotFound("There is nothing at this path.", code="unknown_path")


def not_installed(route: Route) -> NotFound:
    detail = f"{route.service}, the service of {route.path}, is not installed here."
    return NotFound(detail, code="service_not_installed", extra={"service": route.service})
