"""People pushed through the CRM, and embeddings as a worker makes them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
import pytest

from kit import feed
from kit.db import Pool, workspace
from kit.errors import Unavailable
from kit.testing import until
from services.embeddings.model.known import Models
from services.embeddings.usecases import embed
from tests.conftest import House, Provider

Ask = Callable[..., Awaitable[httpx.Response]]


class People:
    """The contacts of one workspace and what is known of their vectors."""

    def __init__(self, crm: House, embeddings: House, workspace_id: UUID, pool: Pool, models: Models) -> None:
        self.id = workspace_id
        self._crm, self._embeddings = crm, embeddings
        self.pool, self._models = pool, models

    async def push(self, **people: dict[str, Any]) -> dict[str, str]:
        """Write contacts by name; return their ids."""
        rows = [{"source": "test", "external_id": name, "first_name": name} | row for name, row in people.items()]
        answer = await self._crm.client.put(
            "/api/ml/crm/contacts", json={"items": rows}, headers=self._crm.token(self.id)
        )
        results = answer.json()["results"]
        assert all(result["status"] != "rejected" for result in results)
        return {name: result["id"] for name, result in zip(people, results, strict=True)}

    async def erase(self, contact_id: str) -> None:
        path, headers = f"/api/ml/crm/contacts/{contact_id}", self._crm.token(self.id)
        assert (await self._crm.client.delete(path, headers=headers)).status_code == 202

    async def ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = self._embeddings.token(self.id)
        return await self._embeddings.client.request(method, f"/api/ml{path}", headers=headers, **arguments)

    async def read(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def embed(self) -> dict[str, Any]:
        """Run the embed job; return its report."""

        async def progress(done: int, total: int | None) -> None:
            assert total is None or done <= total

        return await embed.embed_workspace(self.pool, self.id, self._models, progress)

    async def follow(self, *, until_vectors: set[str]) -> None:
        """Follow the feed until exactly these contacts have a vector."""

        async def there() -> bool:
            await embed.follow_workspace(self.pool, self.id, self._models)
            return {str(contact_id) for contact_id in await self.vectors()} == until_vectors

        await until(there)

    async def follow_once(self) -> None:
        """Follow the feed as a worker does whom the provider fails, until what was pushed can be read."""

        async def read() -> bool:
            async with workspace(self.pool, self.id) as connection:
                return bool(await feed.read_changes(connection, self.id, limit=1))

        await until(read)
        with suppress(Unavailable):
            await embed.follow_workspace(self.pool, self.id, self._models)

    async def vectors(self) -> dict[UUID, Any]:
        async with workspace(self.pool, self.id) as connection:
            rows = await (await connection.execute("SELECT contact_id, embedding FROM vectors")).fetchall()
        return {row[0]: row[1].to_numpy() for row in rows}


@pytest.fixture
def people(crm: House, embeddings: House, workspace_id: UUID, embeddings_pool: Pool, models: Models) -> People:
    return People(crm, embeddings, workspace_id, embeddings_pool, models)


@pytest.fixture
async def away(provider: Provider) -> AsyncIterator[Provider]:
    """Return a provider that is away until the test says otherwise; afterwards it is back."""
    provider.failure = 500
    yield provider
    provider.failure = None
