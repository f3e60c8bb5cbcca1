"""A workspace whose people talk, pushed through the CRM; scores as a worker makes them, answers as callers see them."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest

from deploy.embedded import postgres
from kit.db import Connection, Pool, open_pool, workspace
from kit.registry import Served
from kit.testing import until
from services.churn import model
from services.churn.usecases.follow import follow_workspace
from services.churn.usecases.run import predict_workspace
from services.churn.usecases.score import AT_ONCE, Serving
from tests.conftest import House

NOW = datetime.now(UTC).replace(microsecond=0)
PAGE = 1_000


async def quietly(_done: int, _total: int) -> None:
    return None


class Circle:
    """One workspace."""

    def __init__(self, crm: House, churn: House, pool: Pool) -> None:
        self.id = uuid4()
        self.pool = pool
        self.runs_asked_for = 0
        self.serving = Serving(Served(model.NAME, model.load), model.shipped()[1])
        self._crm, self._churn, self._talks = crm, churn, 0

    async def push(self, kind: str, *rows: dict[str, Any]) -> list[str]:
        ids: list[str] = []
        for start in range(0, len(rows), PAGE):
            answer = await self._crm.client.put(
                f"/api/ml/crm/{kind}", json={"items": rows[start : start + PAGE]}, headers=self._crm.token(self.id)
            )
            results = answer.json()["results"]
            assert all(result["status"] != "rejected" for result in results), results
            ids += [result["id"] for result in results]
        return ids

    async def people(self, *names: str, **fields: Any) -> dict[str, str]:
        rows = ({"source": "test", "external_id": name, "first_name": name} | fields for name in names)
        return dict(zip(names, await self.push("contacts", *rows), strict=True))

    async def talk(
        self, name: str, days_ago: Iterable[float], *, to: str | None = None, direction: str = "in"
    ) -> list[str]:
        """Let something pass between somebody and our own people, or another contact."""
        rows = []
        for days in days_ago:
            self._talks += 1
            rows.append(
                {"source": "test", "external_id": f"talk {self._talks}", "contact_id": by(name), "kind": "email",
                 "direction": direction, "occurred_at": (NOW - timedelta(days=days)).isoformat()}
                | ({"counterpart_id": by(to)} if to else {})
            )  # fmt: skip
        return await self.push("interactions", *rows)

    async def link(self, *pairs: tuple[str, str]) -> None:
        await self.push("links", *({"contact_a": by(one), "contact_b": by(other)} for one, other in pairs))

    async def user(self, card: str) -> UUID:
        row = {"source": "test", "external_id": f"user {card}", "name": card, "contact_id": by(card)}
        return UUID((await self.push("users", row))[0])

    async def erase(self, contact_id: str) -> None:
        path = f"/api/ml/crm/contacts/{contact_id}"
        assert (await self._crm.client.delete(path, headers=self._crm.token(self.id))).status_code == 202

    async def compute(
        self,
        *,
        run_id: UUID | None = None,
        as_of: datetime | None = None,
        now: datetime | None = None,
        aside: bool = False,
        at_once: int = AT_ONCE,
        progress: Any = quietly,
    ) -> dict[str, Any]:
        """Run the predict job."""
        now = now or datetime.now(UTC)
        return await predict_workspace(
            self.pool, self.id, run_id or uuid4(), as_of or now, self.serving, progress,
            now=now, aside=aside, at_once=at_once,
        )  # fmt: skip

    async def follow(self) -> None:
        """Follow the change feed to its end, as the worker does."""

        async def ask_for_run(_connection: Connection, _workspace_id: UUID) -> None:
            self.runs_asked_for += 1

        await follow_workspace(self.pool, self.id, self.serving, ask_for_run, lambda: datetime.now(UTC))

    async def follow_until_erased(self, contact_id: str) -> None:
        async def gone() -> bool:
            await self.follow()
            return bool((await self.ask("GET", f"/erasures/{contact_id}")).json()["erased"])

        await until(gone)

    async def ask(self, method: str, path: str, *, user_id: UUID | None = None, **arguments: Any) -> httpx.Response:
        headers = self._churn.token(self.id, user_id=user_id) | arguments.pop("headers", {})
        return await self._churn.client.request(method, f"/api/ml/churn{path}", headers=headers, **arguments)

    async def one(self, contact_id: str, *, user_id: UUID | None = None, **query: Any) -> dict[str, Any]:
        answer = await self.ask("GET", f"/{contact_id}", user_id=user_id, params=query)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def listed(self, *, user_id: UUID | None = None, **query: Any) -> list[dict[str, Any]]:
        """Return every page of the list."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            answer = await self.ask("GET", "", user_id=user_id, params=query | ({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return items

    async def rows(self, table: str) -> list[str]:
        """Return what is kept, as text: what is unknown, NaN, is equal to itself there."""
        query = {
            "scores": "SELECT ego_id, contact_id, state, probability, horizon_days, interactions, days_since_last,"
            " features, shown, compared, contributions FROM scores ORDER BY run_id, ego_id, contact_id",
            "runs": "SELECT state, ties, own_ties, own_snapshot::text, facts_as_of FROM runs",
            "history": "SELECT ego_id, contact_id, state, probability FROM history ORDER BY 1, 2, facts_as_of",
        }[table]
        async with workspace(self.pool, self.id) as connection:
            return [repr(row) for row in await (await connection.execute(query)).fetchall()]


def by(name: str) -> dict[str, str]:
    return {"source": "test", "external_id": name}


def rhythm(random: np.random.Generator, gap_days: float, silence_days: float, *, count: int = 12) -> list[float]:
    """Return days ago of interactions about every so many days, up to some days ago."""
    days: list[float] = (silence_days + np.cumsum(random.exponential(gap_days, count))).tolist()
    return days


async def crowd(circle: Circle, people: int = 40) -> dict[str, str]:
    """People who talk with our own people: often or seldom, of late, or, the last third, not for months."""
    random = np.random.default_rng(7)
    ids = await circle.people(*(f"p{number}" for number in range(people)), organization="Engines")
    for number, name in enumerate(ids):
        days = rhythm(random, 5, 150 + number) if number > 2 * people / 3 else rhythm(random, 3 + number, 1.5 * number)
        await circle.talk(name, days, direction=("in", "out", "both")[number % 3])
    return ids


@pytest.fixture(scope="session")
async def churn_pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("churn"), name="test", max_size=6) as pool:
        yield pool


@pytest.fixture
def circle(crm: House, churn: House, churn_pool: Pool) -> Circle:
    return Circle(crm, churn, churn_pool)
