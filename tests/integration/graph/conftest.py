"""The door, the graph process behind it and the real services behind that; the other three answer by SPEC's shapes."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from gateway.graph.app import create_app as create_graph
from gateway.graph.rest import Part
from gateway.graph.settings import GraphSettings
from gateway.proxy.app import create_app as create_gateway
from gateway.proxy.settings import GatewaySettings
from tests.conftest import House
from tests.contract.conftest import listening
from tests.integration.gateway.parts import SECRET
from tests.integration.recommend.conftest import circle, compares, recommend_pool
from tests.unit.graph.scripted import World

__all__ = ["circle", "compares", "recommend_pool"]  # fixtures


class Behind(httpx.AsyncBaseTransport):
    """Three real services and a world of scripted ones; counts what each is asked, and stops one when told to."""

    def __init__(self, real: dict[str, House], world: World) -> None:
        self.real = real
        self.world = world
        self.calls: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path.removeprefix('/api/ml')}")
        house = self.real.get(request.url.host)
        if request.url.host in self.world.down:
            raise httpx.ConnectError("told to be down")
        transport = self.world.transport if house is None else house.client._transport
        return await transport.handle_async_request(request)


@dataclass
class Door:
    """The gateway as a client outside sees it."""

    client: httpx.AsyncClient
    behind: Behind
    workspace_id: UUID
    user_id: UUID = field(default_factory=uuid4)

    def token(self, scope: str = "ml:read ml:write", secret: str = SECRET) -> str:
        claims = {
            "workspace_id": str(self.workspace_id),
            "sub": str(self.user_id),
            "scope": scope,
            "exp": int(time.time()) + 600,
        }
        return jwt.encode(claims, secret)

    async def post(self, query: str, token: str | None = None, **variables: Any) -> httpx.Response:
        self.behind.calls.clear()
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture
async def door(
    crm: House, embeddings: House, recommend: House, key_files: Path, workspace_id: UUID
) -> AsyncIterator[Door]:
    behind = Behind({"crm": crm, "embeddings": embeddings, "recommend": recommend}, World())
    graph = create_graph(
        GraphSettings(
            services={name: f"http://{name}" for name in get_args(Part)},
            jwks_file=key_files / "jwks.json",
            signing_key_file=key_files / "graph.pem",
            log_level="error",
        ),
        services=behind,
    )
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(listening(graph, lifespan="on"))
        settings = GatewaySettings(
            services={"graph": url},
            signing_key_file=key_files / "gateway.pem",
            jwt_secret=SECRET,
            caller_rate_per_s=0.01,  # nothing fills up while a test looks
            log_level="error",
        )
        door_url = await stack.enter_async_context(listening(create_gateway(settings), lifespan="on"))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=door_url, timeout=30))
        yield Door(client, behind, workspace_id)
