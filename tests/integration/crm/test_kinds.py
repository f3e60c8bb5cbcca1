"""Every kind of fact is pushed, read, listed and erased the same way; what ties them together is guarded."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import House

WHEN = "2026-01-02T03:04:05Z"
ADA = {"source": "s", "external_id": "ada"}
BOB = {"source": "s", "external_id": "bob"}
ACME = {"source": "s", "external_id": "acme"}
USER = {"source": "s", "external_id": "user"}
ROWS: dict[str, dict[str, Any]] = {
    "accounts": {**ACME, "name": "Acme", "domain": "https://www.ACME.example/about", "tech_stack": ["python"]},
    "links": {"contact_a": BOB, "contact_b": ADA, "strength": 0.5},
    "interactions": {
        "source": "s",
        "external_id": "1",
        "contact_id": ADA,
        "counterpart_id": BOB,
        "user_id": USER,
        "kind": "email",
        "direction": "in",
        "occurred_at": WHEN,
        "summary": "Gas",
    },
    "account_signals": {
        "source": "s",
        "external_id": "1",
        "account_id": ACME,
        "observed_at": WHEN,
        "total_open_roles": 3,
    },
    "research_runs": {"source": "s", "external_id": "1", "account_id": ACME, "ran_at": WHEN, "findings": {"x": 1}},
    "user_interactions": {
        "source": "s",
        "external_id": "1",
        "user_id": USER,
        "account_id": ACME,
        "action": "won",
        "occurred_at": WHEN,
    },
}


async def push(crm: House, workspace_id: UUID, kind: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await crm.client.put(f"/api/ml/crm/{kind}", json={"items": rows}, headers=crm.token(workspace_id))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def push_people(crm: House, workspace_id: UUID) -> tuple[str, str]:
    ada, bob = await push(crm, workspace_id, "contacts", {**ADA, "first_name": "Ada"}, {**BOB, "first_name": "Bob"})
    await push(crm, workspace_id, "users", {**USER, "name": "User"})
    await push(crm, workspace_id, "accounts", ROWS["accounts"])
    return ada["id"], bob["id"]


@pytest.mark.parametrize("kind", ROWS)
async def test_a_row_of_any_kind_is_written_once_and_read_again(crm: House, workspace_id: UUID, kind: str) -> None:
    await push_people(crm, workspace_id)
    first, again = [(await push(crm, workspace_id, kind, ROWS[kind]))[0] for _ in range(2)]
    assert first["status"] in {"created", "unchanged"}
    assert (again["status"], again["id"]) == ("unchanged", first["id"])
    path, token = f"/api/ml/crm/{kind}", crm.token(workspace_id)
    row = (await crm.client.get(f"{path}/{first['id']}", headers=token)).json()
    assert (await crm.client.get(path, headers=token)).json()["items"] == [row]
    assert (await crm.client.get(f"{path}/{first['id']}", headers=crm.token(uuid4()))).status_code == 404
    assert (await crm.client.delete(f"{path}/{first['id']}", headers=token)).status_code == 202
    assert (await crm.client.get(f"{path}/{first['id']}", headers=token)).status_code == 404


async def test_a_link_is_the_same_from_either_end(crm: House, workspace_id: UUID) -> None:
    ada, bob = await push_people(crm, workspace_id)
    turned = {"contact_a": bob, "contact_b": ada, "strength": 1}
    there, back = await push(crm, workspace_id, "links", {"contact_a": ADA, "contact_b": BOB}, turned)
    assert there["id"] == back["id"]
    link = await crm.client.get(f"/api/ml/crm/links/{there['id']}", headers=crm.token(workspace_id))
    assert [link.json()["contact_a"], link.json()["contact_b"]] == sorted([ada, bob])
    assert link.json()["strength"] == 1


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("links", {"contact_b": BOB}, "self_reference"),
        ("interactions", {"counterpart_id": ADA}, "self_reference"),
        ("interactions", {"contact_id": str(uuid4())}, "unknown_reference"),
        ("user_interactions", {"account_id": {"source": "s", "external_id": "nobody"}}, "unknown_reference"),
        ("interactions", {"occurred_at": "0001-01-01T00:00:00Z"}, "invalid"),
        ("interactions", {"kind": "telepathy"}, "invalid"),
        ("accounts", {"domain": "not a domain"}, "invalid"),
    ],
)
async def test_a_row_that_cannot_be_is_refused_alone(
    crm: House, workspace_id: UUID, kind: str, change: dict[str, Any], code: str
) -> None:
    await push_people(crm, workspace_id)
    bad, good = await push(crm, workspace_id, kind, {**ROWS[kind], "external_id": "bad", **change}, ROWS[kind])
    assert (bad["status"], bad["error"]["code"]) == ("rejected", code)
    assert good["status"] in {"created", "unchanged"}


async def test_a_new_row_needs_what_makes_it_one_and_a_known_one_does_not(crm: House, workspace_id: UUID) -> None:
    await push_people(crm, workspace_id)
    half = {"source": "s", "external_id": "1", "summary": "only this"}
    refused = (await push(crm, workspace_id, "interactions", half))[0]
    assert refused["error"]["code"] == "field_required"
    await push(crm, workspace_id, "interactions", ROWS["interactions"])
    assert (await push(crm, workspace_id, "interactions", half))[0]["status"] == "updated"


async def test_erasing_a_person_takes_what_passed_between_him_and_others(crm: House, workspace_id: UUID) -> None:
    ada, _ = await push_people(crm, workspace_id)
    for kind in ("links", "interactions"):
        await push(crm, workspace_id, kind, ROWS[kind])
    await crm.client.delete(f"/api/ml/crm/contacts/{ada}", headers=crm.token(workspace_id))
    for kind in ("links", "interactions"):
        left = await crm.client.get(f"/api/ml/crm/{kind}", headers=crm.token(workspace_id))
        assert left.json()["items"] == []


async def test_an_account_is_read_as_it_stood(crm: House, workspace_id: UUID) -> None:
    created = (await push(crm, workspace_id, "accounts", {**ACME, "name": "Acme", "employee_count": 5}))[0]
    path, token = f"/api/ml/crm/accounts/{created['id']}/versions", crm.token(workspace_id)
    before = (await crm.client.get(path, headers=token)).json()["items"][0]["valid_from"]
    await push(crm, workspace_id, "accounts", {**ACME, "employee_count": 50})
    then = await crm.client.get(path, headers=token, params={"as_of": before})
    now = await crm.client.get(path, headers=token)
    assert [row["employee_count"] for row in then.json()["items"]] == [5]
    assert [row["employee_count"] for row in now.json()["items"]] == [50, 5]
