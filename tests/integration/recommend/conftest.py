"""People of a workspace and who knows whom, pushed through the CRM; recommendations as a worker computes them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.embedded import postgres
from kit.cache import Server
from kit.db import Pool, open_pool, workspace
from kit.http import ServiceClient
from kit.registry import Served
from kit.testing import Keys, until
from services.embeddings.model.known import Models
from services.embeddings.usecases import embed
from services.recommend.model import people as ranker
from services.recommend.usecases.follow import follow_workspace
from services.recommend.usecases.likeness import Compares
from services.recommend.usecases.run import PEOPLE_AT_ONCE, recommend_workspace
from tests.conftest import House

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def quietly(_done: int, _total: int) -> None:
    return None


class Circle:
    """One workspace."""

    def __init__(
        self, crm: House, recommend: House, pool: Pool, compares: Compares, make_vectors: Callable[..., Awaitable[Any]]
    ) -> None:
        self.id = uuid4()
        self.pool, self.compares = pool, compares
        self._crm, self._recommend, self._make_vectors = crm, recommend, make_vectors

    async def push(self, kind: str, *rows: dict[str, Any]) -> list[str]:
        answer = await self._crm.client.put(
            f"/api/ml/crm/{kind}", json={"items": rows}, headers=self._crm.token(self.id)
        )
        results = answer.json()["results"]
        assert all(result["status"] != "rejected" for result in results), results
        return [result["id"] for result in results]

    async def people(self, *names: str, **fields: Any) -> dict[str, str]:
        rows = ({"source": "test", "external_id": name, "first_name": name} | fields for name in names)
        return dict(zip(names, await self.push("contacts", *rows), strict=True))

    async def link(self, *pairs: tuple[str, str], strength: float | None = None) -> None:
        """Link people by their names."""
        since = (NOW - timedelta(days=30)).isoformat()
        rows = (
            {"contact_a": by(one), "contact_b": by(other), "strength": strength, "since": since} for one, other in pairs
        )
        await self.push("links", *rows)

    async def talk(self, one: str, other: str, *days_ago: float) -> None:
        rows = (
            {"source": "test", "external_id": f"{one} {other} {days}", "contact_id": by(one),
             "counterpart_id": by(other), "kind": "email", "direction": "both",
             "occurred_at": (NOW - timedelta(days=days)).isoformat()}
            for days in days_ago
        )  # fmt: skip
        await self.push("interactions", *rows)

    async def user(self, card: str | None = None, name: str = "Zed") -> UUID:
        row = {"source": "test", "external_id": f"user {name}", "name": name, "contact_id": by(card) if card else None}
        return UUID((await self.push("users", row))[0])

    async def erase(self, contact_id: str) -> None:
        path = f"/api/ml/crm/contacts/{contact_id}"
        assert (await self._crm.client.delete(path, headers=self._crm.token(self.id))).status_code == 202

    async def compute(
        self,
        *,
        run_id: UUID | None = None,
        as_of: datetime = NOW,
        at_once: int = PEOPLE_AT_ONCE,
        progress: Any = quietly,
    ) -> dict[str, Any]:
        """Run the recommend job."""
        return await recommend_workspace(
            self.pool, self.id, run_id or uuid4(), as_of, Served(ranker.NAME, ranker.load),
            self.compares.within(self.id), progress, at_once=at_once,
        )  # fmt: skip

    async def embed(self) -> None:
        await self._make_vectors(self.id)

    async def notice(self, *names: str) -> None:
        """Follow the feed until the lists of these people are marked."""

        async def marked() -> bool:
            await follow_workspace(self.pool, self.id)
            return set(names) <= set(await self.outdated())

        await until(marked)

    async def outdated(self) -> list[str]:
        """Return whose lists are to be made anew, by name."""
        query = (
            "SELECT c.first_name FROM people_outdated o JOIN crm.contacts c ON c.id = o.contact_id"
            " AND c.workspace_id = o.workspace_id ORDER BY c.first_name"
        )
        async with workspace(self.pool, self.id) as connection:
            return [row[0] for row in await (await connection.execute(query)).fetchall()]

    async def follow(self, until_erased: str) -> None:
        async def gone() -> bool:
            await follow_workspace(self.pool, self.id)
            answer = await self.ask("GET", f"/erasures/{until_erased}")
            return bool(answer.json()["erased"])

        await until(gone)

    async def ask(self, method: str, path: str, *, user_id: UUID | None = None, **arguments: Any) -> httpx.Response:
        headers = self._recommend.token(self.id, user_id=user_id) | arguments.pop("headers", {})
        return await self._recommend.client.request(
            method, f"/api/ml/recommendations{path}", headers=headers, **arguments
        )

    async def meet(self, contact_id: str | None = None, *, user_id: UUID | None = None, **query: Any) -> dict[str, Any]:
        """Return whom somebody should meet, whatever the score."""
        params = {"min_score": 0, **({"contact_id": contact_id} if contact_id else {}), **query}
        answer = await self.ask("GET", "/contacts", user_id=user_id, params=params)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def names(self, contact_id: str) -> list[str]:
        return [item["contact"]["first_name"] for item in (await self.meet(contact_id))["items"]]

    async def say(self, action: str, target_id: str, *, contact_id: str | None = None, **more: Any) -> httpx.Response:
        user_id = more.pop("user_id", None)
        body = {"kind": "contact", "target_id": target_id, "action": action, "event_id": str(uuid4())} | more
        if contact_id:
            body["contact_id"] = contact_id
        return await self.ask("POST", "/feedback", user_id=user_id, json=body)

    async def rows(self, table: str) -> list[str]:
        """Return what is kept, as text: what is unknown, NaN, is equal to itself there."""
        query = {
            "people": "SELECT contact_id, rank, candidate_id, raw, mutual, semantic_similarity, influence,"
            " same_organization, base, share_values, comparisons, contributions FROM people ORDER BY contact_id, rank",
            "people_runs": "SELECT state, histogram, contacts, candidates, facts_as_of FROM people_runs",
        }[table]
        async with workspace(self.pool, self.id) as connection:
            return [repr(row) for row in await (await connection.execute(query)).fetchall()]


def by(name: str) -> dict[str, str]:
    return {"source": "test", "external_id": name}


@pytest.fixture(scope="session")
async def recommend_pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("recommend"), name="test", max_size=6) as pool:
        yield pool


@pytest.fixture(scope="session")
async def compares(embeddings: House, keys: Keys) -> AsyncIterator[Compares]:
    """Return a way to the real services/embeddings, without a cache."""
    transport = embeddings.client._transport
    async with ServiceClient(
        {"embeddings": "http://embeddings"}, keys.signer("recommend"), timeout_s=30, transport=transport
    ) as client:
        yield Compares(client, Server(None, "recommend"))


@pytest.fixture
def circle(
    crm: House, recommend: House, recommend_pool: Pool, embeddings_pool: Pool, models: Models, compares: Compares
) -> Circle:
    async def make_vectors(workspace_id: UUID) -> None:
        await embed.embed_workspace(embeddings_pool, workspace_id, models, quietly)

    return Circle(crm, recommend, recommend_pool, compares, make_vectors)
