"""Readiness counts the caller's facts of each kind, beside how many are enough."""

from typing import Any
from uuid import UUID, uuid4

from tests.conftest import House
from tests.integration.crm.test_kinds import ROWS, push, push_people


async def readiness(crm: House, workspace_id: UUID) -> list[dict[str, Any]]:
    answer = await crm.client.get("/api/ml/crm/readiness", headers=crm.token(workspace_id))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_readiness_counts_each_kind_of_the_callers_facts_alone(crm: House, workspace_id: UUID) -> None:
    await push_people(crm, workspace_id)
    for kind, times in (("links", 1), ("interactions", 2), ("research_runs", 3), ("user_interactions", 4)):
        rows = [{**ROWS[kind]} if kind == "links" else {**ROWS[kind], "external_id": str(n)} for n in range(times)]
        await push(crm, workspace_id, kind, *rows)
    have = {item["kind"]: item["have"] for item in await readiness(crm, workspace_id)}
    assert have == {
        "contacts": 2,
        "links": 1,
        "interactions": 2,
        "accounts": 1,
        "research_runs": 3,
        "user_interactions": 4,
    }
    assert {item["have"] for item in await readiness(crm, uuid4())} == {0}


async def test_an_archived_contact_is_not_counted(crm: House, workspace_id: UUID) -> None:
    await push_people(crm, workspace_id)
    gone = {"source": "s", "external_id": "ada", "archived_at": "2026-01-02T03:04:05Z"}
    assert (await push(crm, workspace_id, "contacts", gone))[0]["status"] == "updated"
    assert (await readiness(crm, workspace_id))[0] | {"have": 1} == (await readiness(crm, workspace_id))[0]


async def test_what_is_enough_is_what_was_promised(crm: House, workspace_id: UUID) -> None:
    enough = {item["kind"]: (item["minimum"], item["optimal"]) for item in await readiness(crm, workspace_id)}
    promised = {"research_runs": (50, 500), "user_interactions": (100, 1_000), "accounts": (20, 100)}
    assert promised.items() <= enough.items()
    assert all(minimum < optimal for minimum, optimal in enough.values())
