"""API keys as the door sees them: who recognises one, what answers under /api/ml/keys, and whether there are any."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.proxy.api_keys.app import create_app
from gateway.proxy.api_keys.known import KnownKeys
from gateway.proxy.api_keys.routes import PATH
from gateway.proxy.identity import Caller
from kit.db import open_pool
from kit.errors import NotFound, Unauthenticated

CONNECTIONS = 4


class ApiKeys:
    """The keys of an installation; without a database there are none, and a key is refused as what it is."""

    def __init__(self, database_url: SecretStr | None, *, issuer: str) -> None:
        self.app: ASGIApp = _not_here
        self._known: KnownKeys | None = None
        if database_url is not None:
            pool = open_pool(database_url.get_secret_value(), name=issuer, max_size=CONNECTIONS)
            self.app = create_app(pool)
            self._known = KnownKeys(pool, issuer)

    def answers(self, path: str) -> bool:
        return path == PATH or path.startswith(f"{PATH}/")

    async def verify(self, token: str) -> Caller:
        """Return the caller of a key; raise Unauthenticated, or Unavailable while it cannot be looked up."""
        if self._known is None:
            raise Unauthenticated("API keys are not kept here.", code="api_keys_off")
        return await self._known.verify(token)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        if self._known is None:
            yield
            return
        async with self._known.running():
            yield


async def _not_here(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope["route_template"] = PATH
    raise NotFound("API keys are not kept here: GATEWAY_DATABASE_URL is not set.", code="api_keys_off")
