"""Short ways to say what tests of the facts say often."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.conftest import House


class Workspace:
    """The facts of one workspace, as its owner sees them."""

    def __init__(self, house: House, workspace_id: UUID) -> None:
        self.id = workspace_id
        self._client = house.client
        self._token = house.token(workspace_id)

    async def call(self, method: str, path: str, **body: Any) -> httpx.Response:
        headers = self._token | body.pop("headers", {})
        return await self._client.request(method, f"/api/ml/crm{path}", headers=headers, **body)

    async def push(self, *rows: dict[str, Any], kind: str = "contacts") -> list[dict[str, Any]]:
        answer = await self.call("PUT", f"/{kind}", json={"items": rows})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        assert [result["index"] for result in results] == list(range(len(rows)))
        return results

    async def statuses(self, *rows: dict[str, Any], kind: str = "contacts") -> list[str]:
        return [result["status"] for result in await self.push(*rows, kind=kind)]

    async def read(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return every row of a list, page by page."""
        found: list[dict[str, Any]] = []
        while True:
            page = await self.read(path, **query)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    async def one(self, **wanted: Any) -> dict[str, Any]:
        """Return the one contact that has these fields."""
        rows = [row for row in await self.items("/contacts") if wanted.items() <= row.items()]
        assert len(rows) == 1, rows
        return rows[0]

    async def exists(self) -> bool:
        return (await self.call("GET", "/workspace")).status_code == 200


@pytest.fixture
def facts(crm: House, workspace_id: UUID) -> Workspace:
    return Workspace(crm, workspace_id)


def pointers(result: dict[str, Any]) -> Sequence[str]:
    """Return where in its item a rejected one is wrong; the answer says it from the document's root."""
    item = f"#/items/{result['index']}"
    found = [error["pointer"] for error in result["error"]["errors"]]
    assert all(pointer.startswith(item) for pointer in found), found
    return [f"#{pointer.removeprefix(item)}" for pointer in found]


@pytest.fixture
def crm_of(crm: House) -> Callable[[], Workspace]:
    """Return what makes one more workspace."""
    return lambda: Workspace(crm, uuid4())
