"""The graph process before scripted services: what it asks of them is seen, and nothing listens."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest
import structlog

from gateway.graph.app import create_app
from gateway.graph.rest import Part
from gateway.graph.settings import GraphSettings
from kit.auth import Signer
from kit.testing import Keys, caller, serving
from tests.unit.graph.scripted import World

WORKSPACE, USER = UUID(int=11), UUID(int=12)


@dataclass
class Graph:
    """A graph process, and who asks it."""

    client: httpx.AsyncClient
    signer: Signer
    world: World

    async def post(self, body: Any, *scopes: str, **headers: str) -> httpx.Response:
        token = self.signer.token(caller(WORKSPACE, *scopes, user_id=USER), "graph")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}", **names})

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.post({"query": query, "variables": variables})).json()
        return answer


class Opening:
    """Opens a graph process whose settings a test chooses."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self._keys = Keys("gateway", "graph")
        (folder / "jwks.json").write_text(json.dumps(self._keys.jwks))
        (folder / "graph.pem").write_bytes(self._keys.pem("graph"))
        self._folder, self._stack = folder, stack

    async def __call__(
        self, world: World, *, without: tuple[str, ...] = (), timeout_s: float = 2.0, log_level: str = "error"
    ) -> Graph:
        settings = GraphSettings(
            services={name: f"http://{name}" for name in get_args(Part) if name not in without},
            jwks_file=self._folder / "jwks.json",
            signing_key_file=self._folder / "graph.pem",
            timeout_s=timeout_s,
            log_level=log_level,
        )
        client = await self._stack.enter_async_context(serving(create_app(settings, services=world.transport)))
        return Graph(client, self._keys.signer("gateway"), world)


@pytest.fixture
def logging_put_back() -> Iterator[None]:
    root, kept = logging.getLogger(), (logging.getLogger().handlers, logging.getLogger().level)
    yield
    root.handlers, root.level = kept
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
async def opening(tmp_path: Path) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:
        yield Opening(tmp_path, stack)


@pytest.fixture
async def graph(opening: Opening) -> Graph:
    return await opening(World())
