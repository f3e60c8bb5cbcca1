"""What a CRM does on its first day: push people, find who is like them, import a file, erase somebody."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.e2e

FRESH_S = 60.0
PEOPLE = (
    ("Vera", "Gas trader", "Houston Energy", "natural gas pipeline prices"),
    ("Tom", "Gas trading manager", "Houston Energy", "pipeline capacity and gas prices"),
    ("Olga", "Pastry chef", "Bakery Lane", "croissants and sourdough"),
    ("Igor", "Baker", "Bakery Lane", "bread, sourdough and cakes"),
)


def eventually(look: Callable[[], Any], *, timeout_s: float = FRESH_S) -> Any:
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(0.2)


def push(client: httpx.Client, people: tuple[tuple[str, str, str, str], ...] = PEOPLE) -> list[str]:
    rows = [
        {
            "source": "journey",
            "external_id": name,
            "first_name": name,
            "title": title,
            "organization": firm,
            "notes": notes,
        }
        for name, title, firm, notes in people
    ]
    answer = client.put("/crm/contacts", json={"items": rows}).raise_for_status()
    return [result["id"] for result in answer.json()["results"]]


def similar(client: httpx.Client, contact_id: str) -> list[str]:
    answer = client.get(f"/similar/{contact_id}", params={"limit": 3}).raise_for_status()
    return [item["first_name"] for item in answer.json()["items"]]


def test_a_pushed_contact_is_soon_similar_to_those_like_it(stack: Stack) -> None:
    with stack.client() as client:
        vera, *_ = push(client)
        names = eventually(lambda: len(found := similar(client, vera)) == 3 and found)
    assert names[0] == "Tom"


def test_graphql_answers_what_is_there_and_says_what_is_not(stack: Stack) -> None:
    query = """query($id: UUID!) {
      contact(id: $id) { firstName tags similar(limit: 1) { firstName } churn { probability } }
      sentimentOverview { neutralCount }
    }"""
    with stack.client() as client:
        vera, *_ = push(client)
        eventually(lambda: similar(client, vera))
        url = str(client.base_url.copy_with(path="/graphql"))
        answer = client.post(url, json={"query": query, "variables": {"id": vera}}).raise_for_status().json()
    assert answer["data"]["contact"]["firstName"] == "Vera"
    assert [one["firstName"] for one in answer["data"]["contact"]["similar"]] == ["Tom"]
    said = {error["path"][-1]: error["extensions"] for error in answer.get("errors", ())}
    parts = {"churn": "churn", "sentimentOverview": "sentiment"}
    missing = {field: part for field, part in parts.items() if part not in stack.endpoint["services"]}
    assert {field: (one["code"], one["service"]) for field, one in said.items() if field in missing} == {
        field: ("not_built", part) for field, part in missing.items()
    }
    assert said.keys() == missing.keys()


def test_embedding_everything_again_costs_no_model_call(stack: Stack) -> None:
    with stack.client() as client:
        push(client)
        results = [eventually(lambda: _run(client, "/embeddings/jobs", kind="embed")) for _ in range(2)]
    assert results[1]["embedded"] == 0
    assert results[1]["unchanged"] >= len(PEOPLE)


def test_an_erased_person_is_gone_everywhere(stack: Stack) -> None:
    with stack.client() as client:
        _, _, olga, igor = push(client)
        eventually(lambda: "Igor" in similar(client, olga))
        job = client.delete(f"/crm/contacts/{igor}").raise_for_status()
        location = job.headers["Location"].removeprefix("/api/ml")
        done = eventually(lambda: _ended(client.get(location).json()))
        assert done["result"]["confirmed_by"] == ["crm", "churn", "embeddings", "recommend", "sentiment"]
        assert "Igor" not in similar(client, olga)
        assert client.get(f"/similar/{igor}").status_code == 404


def test_a_file_is_imported_once_and_its_bad_row_is_named(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("external_id,first_name,emails\n1,Ada,ada@example.org\n2,Bob,not an address\n3,Юрий,\n")
    with stack.client() as client:
        first, second = (_import(client, file) for _ in range(2))
    assert (first["created"], first["rejected"]) == (2, 1)
    assert first["errors"][0] | {"reason": ""} == {"line": 3, "column": "emails", "reason": ""}
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 2)


def test_another_workspace_sees_nothing_of_it(stack: Stack) -> None:
    with stack.client() as client:
        vera, *_ = push(client)
    token = stack.rapport("token", "--workspace", str(uuid4()))
    with httpx.Client(
        base_url=f"{stack.endpoint['url']}/api/ml", headers={"Authorization": f"Bearer {token}"}
    ) as other:
        assert other.get(f"/crm/contacts/{vera}").status_code == 404
        assert other.get(f"/similar/{vera}").status_code == 404
        assert other.get("/crm/contacts").json() == {"items": [], "next_cursor": None}


def test_a_key_opens_the_door_until_it_is_revoked(stack: Stack) -> None:
    key = stack.rapport("key", "create", "journey", "--scopes", "ml:read")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"{stack.endpoint['url']}/api/ml", headers=headers) as program, stack.client() as owner:
        assert program.get("/crm/contacts").status_code == 200
        assert program.put("/crm/contacts", json={"items": []}).json()["code"] == "scope_missing"
        [made] = [one for one in owner.get("/keys").json()["items"] if key.startswith(one["prefix"])]
        assert made["name"] in stack.rapport("key", "list")
        stack.rapport("key", "revoke", made["id"])
        refused = eventually(lambda: (answer := program.get("/crm/contacts")).status_code == 401 and answer)
    assert refused.json()["code"] == "api_key_revoked"


def test_the_command_tells_how_it_is(stack: Stack) -> None:
    assert UUID(stack.endpoint["workspace_id"])
    assert oct((stack.home / "endpoint.json").stat().st_mode)[-3:] == "600"
    status = stack.rapport("status")
    assert all(name in status for name in ("crm", "embeddings", "encoder", "gateway", "postgres", "valkey"))


def _run(client: httpx.Client, path: str, **request: str) -> Any:
    location = client.post(path, json=request).raise_for_status().headers["Location"].removeprefix("/api/ml")
    return eventually(lambda: _ended(client.get(location).json()))["result"]


def _import(client: httpx.Client, file: Path) -> Any:
    with file.open("rb") as content:
        answer = client.post("/crm/imports", data={"kind": "contacts"}, files={"file": content}).raise_for_status()
    location = answer.headers["Location"].removeprefix("/api/ml")
    return eventually(lambda: _ended(client.get(location).json()))["result"]


def _ended(job: dict[str, Any]) -> dict[str, Any] | None:
    assert job["state"] not in {"failed", "cancelled"}, job
    return job if job["state"] == "succeeded" else None
