"""The gateway's web process: settings → keys → upstreams → door, as one raw ASGI application."""

import asyncio
import gc
import random
from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.proxy import keys, resolver, routes, settings
from gateway.proxy.api_keys.door import ApiKeys
from gateway.proxy.dashboard import HOME, Dashboard
from gateway.proxy.drain import Drain
from gateway.proxy.health import Health, send_json
from gateway.proxy.identity import Caller, Doorkeeper, Expectations
from gateway.proxy.keys import Keyring
from gateway.proxy.limits import Limits, Policy
from gateway.proxy.pages import DOCUMENT_PATH, Pages
from gateway.proxy.reconcile import Reconciler, open_reconciler
from gateway.proxy.resolver import Lookup
from gateway.proxy.routes import ROUTES, Route, Table
from gateway.proxy.settings import GatewaySettings
from gateway.proxy.stream import Exchange, forward
from gateway.proxy.upstream import Upstream
from kit import logs
from kit.asgi import Edge, RawHeaders
from kit.auth import OPEN_PATHS, bearer_token, read_signer
from kit.errors import Unauthenticated

NAME = "gateway"
TABLE = Table(ROUTES)
# Requests under way are a few thousand objects, none of them garbage: by default they are walked every few requests.
YOUNG_OBJECTS = 20_000


class Door:
    """Lets in who may come in, and shows the way: identity first, then path, then method."""

    def __init__(
        self, table: Table, doorkeeper: Doorkeeper, upstreams: Mapping[str, Upstream], health: Health,
        limits: Limits, drain: Drain, reconciler: Reconciler | None, api_keys: ApiKeys, dashboard: Dashboard,
        *, idle_timeout_s: float,
    ) -> None:  # fmt: skip
        self._table = table
        self._doorkeeper = doorkeeper
        self._upstreams = upstreams
        self._health = health
        self._limits = limits
        self._drain = drain
        self._reconciler = reconciler
        self._api_keys = api_keys
        self._pages = Pages()
        self._dashboard = dashboard
        self._idle_timeout_s = idle_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["path"] in OPEN_PATHS:
            scope["route_template"] = scope["path"]
            routes.check_methods(scope["path"], routes.READ, scope["method"])
            await self._health.answer(scope["path"], send)
        elif scope["path"] in self._pages.open_to_all:
            await self._show(scope, send)
        elif self._dashboard.answers(scope["path"]):
            scope["route_template"] = HOME
            routes.check_methods(HOME, routes.READ, scope["method"])
            await self._dashboard.answer(scope, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await self._identify(scope)
        scope["identity"] = caller.identity
        path = scope["path"]
        route: Route | None = scope["matched_route"]
        cost = 1 if route is None else route.cost
        self._limits.admit(scope, caller.digest, caller.identity.workspace_id, cost)
        routes.check_target(path, scope["raw_path"])
        if path == "/":
            scope["route_template"] = path
            routes.check_methods(path, routes.READ, scope["method"])
            await send_json(send, 200, self._describe())
            return
        if path == DOCUMENT_PATH:
            await self._show(scope, send)
            return
        if self._api_keys.answers(path):
            await self._api_keys.app(scope, receive, send)
            return
        if route is None:
            raise routes.unknown_path()
        scope["route_template"] = route.path
        upstream = self._upstreams.get(route.service)
        if upstream is None:
            raise routes.not_installed(route)
        routes.check_methods(route.path, route.methods, scope["method"])
        exchange = Exchange(scope, receive, send, route, upstream, self._idle_timeout_s)
        await forward(exchange, authorization=self._doorkeeper.exchange(caller, upstream.name))

    async def _identify(self, scope: Scope) -> Caller:
        """Return who calls; an address with too many bad tokens is refused before the next is looked at."""
        try:
            token = bearer_token(scope)
            caller = self._doorkeeper.remembered(token)
            if caller is None:
                self._limits.check_stranger(scope)
                caller = await self._doorkeeper.verify(token)
        except Unauthenticated:
            self._limits.check_stranger(scope)
            self._limits.blame(scope)
            raise
        return caller

    def stamps(self, scope: Scope) -> RawHeaders:
        """Return what every answer carries beside its ids."""
        headers = self._limits.headers(scope)
        if self._drain.leaving:
            headers.append((b"connection", b"close"))
        return headers

    async def _show(self, scope: Scope, send: Send) -> None:
        scope["route_template"] = scope["path"]
        routes.check_methods(scope["path"], routes.READ, scope["method"])
        await self._pages.answer(scope, send)

    def _describe(self) -> dict[str, object]:
        return {"name": "Rapport", "services": {name: self._table.paths_of(name) for name in self._upstreams}}

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._doorkeeper.keys.refresh()
        for upstream in self._upstreams.values():
            upstream.start()
        telling = asyncio.create_task(self._reconciler.run()) if self._reconciler else None
        self._drain.watch()
        async with self._api_keys.running():
            gc.collect()
            gc.freeze()  # what was imported stays: else every full collection walks it, and the slowest requests pay
            gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._drain.unwatch()
        for upstream in self._upstreams.values():
            upstream.close()
        if telling is not None:
            telling.cancel()
            await asyncio.wait([telling])
        await asyncio.sleep(0)  # a connection is closed one turn of the loop after it was told to
        await send({"type": "lifespan.shutdown.complete"})


def create_app(
    given: GatewaySettings | None = None, *, table: Table = TABLE, look_up: Lookup = resolver.look_up
) -> ASGIApp:
    """Build the gateway from its environment; a wrong setting stops it here, with its name."""
    config = given or GatewaySettings()  # filled from the environment
    logs.configure(NAME, level=config.log_level, format=config.log_format)
    upstreams: dict[str, Upstream] = {
        name: Upstream(
            name,
            settings.address(url),
            max_connections=config.max_connections,
            connect_timeout_s=config.connect_timeout_s,
            refresh_s=config.resolve_s,
            look_up=look_up,
            chance=random.Random(),  # noqa: S311 it spreads load, and keeps no secret
        )
        for name, url in config.services.items()
    }
    keyring, drain, limits = _keyring(config), Drain(linger_s=config.drain_s), _limits(config)
    expected = Expectations(config.jwt_audience, config.jwt_issuer, config.workspace_claim)
    signer = read_signer(NAME, config.signing_key_file, config.signing_key_id)
    api_keys = ApiKeys(config.database_url, issuer=NAME)
    doorkeeper = Doorkeeper(keyring, signer, expected, recognise=api_keys.verify)
    health = Health(keyring, list(upstreams.values()), drain)
    reconciler = open_reconciler(limits, config.redis_url) if config.redis_url else None
    dashboard = Dashboard(config.dashboard_dir, config.dashboard_parents)
    door = Door(
        table, doorkeeper, upstreams, health, limits, drain, reconciler, api_keys, dashboard,
        idle_timeout_s=config.idle_timeout_s,
    )  # fmt: skip
    return Edge(door, service=NAME, body_limit_bytes=table.body_limit_bytes, stamps=door.stamps)


def _limits(config: GatewaySettings) -> Limits:
    return Limits(
        token=Policy("token", config.caller_rate_per_s, config.caller_burst),
        workspace=Policy("workspace", config.workspace_rate_per_s, config.workspace_burst),
        address=Policy("address", config.address_rate_per_s, config.address_burst),
    )


def _keyring(config: GatewaySettings) -> Keyring:
    secret = config.jwt_secret.get_secret_value().encode() if config.jwt_secret else None
    load = None
    if config.jwt_jwks_file:
        load = keys.from_file(config.jwt_jwks_file)
    elif config.jwt_jwks_url:
        load = keys.from_url(str(config.jwt_jwks_url))
    return Keyring(secret=secret, load=load)
