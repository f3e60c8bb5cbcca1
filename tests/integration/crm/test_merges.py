"""Duplicates are proposed, merged into one, found under every old id, and taken apart again as they were."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from deploy.embedded import postgres
from tests.conftest import House
from tests.integration.crm.test_kinds import push

WHEN = "2026-01-02T03:04:05Z"
KEPT: dict[str, Any] = {
    "source": "s",
    "external_id": "kept",
    "first_name": "Ada",
    "emails": ["ada@x.example"],
    "tags": ["friend"],
}
SAME: dict[str, Any] = {
    "source": "s",
    "external_id": "same",
    "first_name": "A.",
    "last_name": "Lovelace",
    "emails": ["ADA@x.example", "al@y.example"],
    "notes": "likes engines",
}
THIRD: dict[str, Any] = {
    "source": "t",
    "external_id": "third",
    "phones": ["+44 20 7946 0958"],
    "tags": ["mentor"],
    "custom": {"n": 1},
}
FRIENDS = [{"source": "s", "external_id": name, "first_name": name} for name in ("bob", "eve")]


async def get(crm: House, workspace_id: UUID, path: str, **params: Any) -> httpx.Response:
    return await crm.client.get(f"/api/ml/crm/{path}", headers=crm.token(workspace_id), params=params)


async def merge(crm: House, workspace_id: UUID, keep: str, *ids: str) -> httpx.Response:
    body = {"keep": keep, "merge": ids}
    return await crm.client.post("/api/ml/crm/contacts/merge", json=body, headers=crm.token(workspace_id))


async def undo(crm: House, workspace_id: UUID, merged: httpx.Response) -> httpx.Response:
    path = f"/api/ml/crm/merges/{merged.json()['id']}/undo"
    return await crm.client.post(path, headers=crm.token(workspace_id))


async def people(crm: House, workspace_id: UUID) -> list[str]:
    """Push three rows of one person with ties, and two friends; return their ids."""
    pushed = await push(crm, workspace_id, "contacts", KEPT, SAME, THIRD, *FRIENDS)
    ids = kept, same, third, bob, eve = [one["id"] for one in pushed]
    strengths = [(kept, bob, 0.2), (same, bob, 0.9), (third, bob, 0.5), (third, eve, 0.4), (kept, same, 1.0)]
    links = [{"contact_a": a, "contact_b": b, "strength": s, "since": WHEN} for a, b, s in strengths]
    ends = [(same, bob), (bob, third), (same, None), (kept, third), (bob, eve)]
    met = {"source": "s", "kind": "email", "direction": "in", "occurred_at": WHEN, "summary": "Gas"}
    rows = [
        {**met, "external_id": str(n), "contact_id": one, "counterpart_id": other}
        for n, (one, other) in enumerate(ends)
    ]
    assert {one["status"] for one in await push(crm, workspace_id, "links", *links)} == {"created"}
    assert {one["status"] for one in await push(crm, workspace_id, "interactions", *rows)} == {"created"}
    await push(crm, workspace_id, "users", {"source": "s", "external_id": "u", "name": "Ada", "contact_id": third})
    return ids


def stored(database: postgres.Server, workspace_id: UUID) -> dict[str, list[Any]]:
    """Return everything that is stored of a workspace but what only grows: changes, versions, when it was touched."""
    tables = ("contacts", "links", "interactions", "users", "contact_keys", "contact_accounts", "merged_contacts")
    found = {}
    with psycopg.connect(database.conninfo()) as connection:
        for table in (*tables, "merges"):
            query = sql.SQL("SELECT to_jsonb(t) - 'updated_at' FROM {} t WHERE workspace_id = %s").format(
                sql.Identifier("crm_store", table)
            )
            found[table] = sorted(str(row) for (row,) in connection.execute(query, (workspace_id,)).fetchall())
    return found


async def test_what_people_share_is_proposed_page_by_page(crm: House, workspace_id: UUID) -> None:
    named = {"first_name": "Eve", "last_name": "Stone", "organization": "Acme"}
    twins = [{"source": "n", "external_id": str(n), **named} for n in range(2)]
    crowd = [{"source": "c", "external_id": str(n), "phones": ["+1 555 0100 100"]} for n in range(11)]
    ids = [one["id"] for one in await push(crm, workspace_id, "contacts", KEPT, SAME, *twins, *crowd)]
    whole = (await get(crm, workspace_id, "duplicates")).json()["items"]
    assert sorted((one["reasons"], sorted(one["ids"]), one["score"]) for one in whole) == [
        (["email"], sorted(ids[:2]), 0.95),
        (["name_and_organization"], sorted(ids[2:4]), 0.7),
    ]
    first = (await get(crm, workspace_id, "duplicates", limit=1)).json()
    rest = (await get(crm, workspace_id, "duplicates", limit=1, cursor=first["next_cursor"])).json()
    assert first["items"] + rest["items"] == whole
    assert rest["next_cursor"] is None
    assert (await get(crm, uuid4(), "duplicates")).json()["items"] == []


async def test_three_become_one_with_everything_of_theirs(crm: House, workspace_id: UUID) -> None:
    kept, same, third, bob, eve = await people(crm, workspace_id)
    merged = await merge(crm, workspace_id, kept, same, third)
    assert merged.status_code == 200, merged.text
    assert merged.json()["kept_id"] == kept
    one = (await get(crm, workspace_id, f"contacts/{kept}")).json()
    assert (one["first_name"], one["last_name"], one["notes"]) == ("Ada", "Lovelace", "likes engines")
    assert one["emails"] == ["ada@x.example", "al@y.example"]
    assert (one["tags"], one["phones"], one["custom"]) == (["friend", "mentor"], THIRD["phones"], {"n": 1})
    assert (one["source"], one["external_id"]) == ("s", "kept")
    links = (await get(crm, workspace_id, "links")).json()["items"]
    strengths = {frozenset((link["contact_a"], link["contact_b"])): link["strength"] for link in links}
    assert strengths == {frozenset((kept, bob)): 0.9, frozenset((kept, eve)): 0.4}
    met = (await get(crm, workspace_id, "interactions")).json()["items"]
    assert {row["external_id"]: (row["contact_id"], row["counterpart_id"]) for row in met} == {
        "0": (kept, bob),
        "1": (bob, kept),
        "2": (kept, None),
        "4": (bob, eve),
    }
    assert (await get(crm, workspace_id, "users")).json()["items"][0]["contact_id"] == kept
    assert (await get(crm, workspace_id, "duplicates")).json()["items"] == []


async def test_a_merged_id_says_who_that_is_now(crm: House, workspace_id: UUID) -> None:
    kept, same, *_ = await people(crm, workspace_id)
    await merge(crm, workspace_id, kept, same)
    for gone in (
        await get(crm, workspace_id, f"contacts/{same}"),
        await get(crm, workspace_id, f"contacts/{same}/export"),
        await crm.client.delete(f"/api/ml/crm/contacts/{same}", headers=crm.token(workspace_id)),
        await merge(crm, workspace_id, kept, same),
    ):
        assert (gone.status_code, gone.json()["code"], gone.json()["kept_id"]) == (404, "merged_into", kept)
    assert (await get(crm, uuid4(), f"contacts/{same}")).json()["code"] == "not_found"


async def test_an_export_has_the_merged_contacts_as_they_stood(crm: House, workspace_id: UUID) -> None:
    kept, same, *_ = await people(crm, workspace_id)
    stood = (await get(crm, workspace_id, f"contacts/{same}")).json()
    await merge(crm, workspace_id, kept, same)
    [merged] = (await get(crm, workspace_id, f"contacts/{kept}/export")).json()["merged"]
    assert merged | {"account_id": None} == stood | {"account_id": None}
    assert (await get(crm, workspace_id, f"contacts/{stood['id']}/export")).status_code == 404


async def test_an_export_has_the_older_versions_of_the_merged_too(crm: House, workspace_id: UUID) -> None:
    kept, same, third, *_ = await people(crm, workspace_id)
    await push(crm, workspace_id, "contacts", {**SAME, "notes": "likes looms"})
    stood = [(await get(crm, workspace_id, f"contacts/{gone}/versions")).json()["items"] for gone in (same, third)]
    await merge(crm, workspace_id, same, third)
    before = (await get(crm, workspace_id, f"contacts/{same}/versions")).json()["items"]
    await merge(crm, workspace_id, kept, same)
    versions = await merged_versions(crm, workspace_id, kept)
    assert versions == sorted([*before, *stood[1]], key=lambda row: -row["version"])
    assert {row["notes"] for row in versions if row["id"] == same} == {"likes engines", "likes looms"}
    assert all(row in versions for row in stood[0])
    assert await merged_versions(crm, workspace_id, kept, limit=1) == versions


async def merged_versions(crm: House, workspace_id: UUID, contact_id: str, **page: Any) -> list[dict[str, Any]]:
    """Read an export's versions of merged contacts to the last page."""
    rows: list[dict[str, Any]] = []
    while True:
        exported = await get(crm, workspace_id, f"contacts/{contact_id}/export", **page)
        assert exported.status_code == 200, exported.text
        found = exported.json()["merged_versions"]
        rows += found["items"]
        if found["next_cursor"] is None:
            return rows
        page["merged_versions_cursor"] = found["next_cursor"]


async def test_the_nightly_push_does_not_bring_the_duplicate_back(
    crm: House, workspace_id: UUID, database: postgres.Server
) -> None:
    kept, same, third, bob, _ = await people(crm, workspace_id)
    await merge(crm, workspace_id, kept, same, third)
    before = stored(database, workspace_id)
    by_id = [{**SAME, "id": same}, {"id": third, "title": None}]
    for rows in ([KEPT, SAME, THIRD], [THIRD, SAME, KEPT], by_id):
        results = await push(crm, workspace_id, "contacts", *rows)
        assert [(one["id"], one["status"]) for one in results if one["status"] != "unchanged"] == []
    assert stored(database, workspace_id) == before
    note = {"source": "s", "external_id": "n", "kind": "note", "direction": "in", "occurred_at": WHEN}
    said = {**note, "contact_id": {"source": "s", "external_id": "same"}, "counterpart_id": bob}
    assert (await push(crm, workspace_id, "interactions", said))[0]["status"] == "created"
    added = (await push(crm, workspace_id, "contacts", {**SAME, "emails": ["more@y.example"]}))[0]
    assert (added["id"], added["status"]) == (kept, "updated")
    one = (await get(crm, workspace_id, f"contacts/{kept}")).json()
    assert one["emails"] == ["ada@x.example", "al@y.example", "more@y.example"]
    own = {"id": kept, "custom": {"own": {"x": 1}}}
    await push(crm, workspace_id, "contacts", own, {**SAME, "custom": {"n": 9, "own": {"x": 9, "y": 2}, "new": 3}})
    one = (await get(crm, workspace_id, f"contacts/{kept}")).json()
    assert one["custom"] == {"n": 1, "own": {"x": 1}, "new": 3}
    taking = {"id": bob, "source": "s", "external_id": "same"}
    assert (await push(crm, workspace_id, "contacts", taking))[0]["error"]["code"] == "external_id_taken"


async def test_undone_everything_is_as_it_was(crm: House, workspace_id: UUID, database: postgres.Server) -> None:
    kept, same, third, *_ = await people(crm, workspace_id)
    before = stored(database, workspace_id)
    history = (await get(crm, workspace_id, f"contacts/{same}/versions")).json()["items"]
    merged = await merge(crm, workspace_id, kept, same, third)
    assert (await undo(crm, workspace_id, merged)).status_code == 200
    assert stored(database, workspace_id) == before
    assert (await get(crm, workspace_id, f"contacts/{same}/versions")).json()["items"][-1:] == history
    assert (await undo(crm, workspace_id, merged)).status_code == 404
    assert (await merge(crm, workspace_id, kept, same, third)).status_code == 200


async def test_what_was_changed_since_stays_when_a_merge_is_undone(crm: House, workspace_id: UUID) -> None:
    kept, same, third, bob, eve = await people(crm, workspace_id)
    merged = await merge(crm, workspace_id, kept, same, third)
    await push(crm, workspace_id, "contacts", {"id": kept, "title": "Countess", "last_name": "Byron"})
    await push(crm, workspace_id, "links", {"contact_a": kept, "contact_b": bob, "strength": 0.1})
    met = {"source": "s", "external_id": "later", "kind": "call", "direction": "in", "occurred_at": WHEN}
    later = (await push(crm, workspace_id, "interactions", {**met, "contact_id": kept, "counterpart_id": bob}))[0]["id"]
    assert (await undo(crm, workspace_id, merged)).status_code == 200
    one = (await get(crm, workspace_id, f"contacts/{kept}")).json()
    assert (one["title"], one["last_name"], one["notes"]) == ("Countess", "Byron", None)
    assert one["emails"] == KEPT["emails"]
    assert (await get(crm, workspace_id, f"interactions/{later}")).json()["contact_id"] == kept
    links = (await get(crm, workspace_id, "links")).json()["items"]
    strengths = {frozenset((link["contact_a"], link["contact_b"])): link["strength"] for link in links}
    assert strengths[frozenset((kept, bob))] == 0.1
    assert (strengths[frozenset((same, bob))], strengths[frozenset((third, eve))]) == (0.9, 0.4)


async def test_a_merge_of_a_merge_is_undone_last_first(
    crm: House, workspace_id: UUID, database: postgres.Server
) -> None:
    kept, same, third, *_ = await people(crm, workspace_id)
    before = stored(database, workspace_id)
    first = await merge(crm, workspace_id, same, third)
    between = stored(database, workspace_id)
    second = await merge(crm, workspace_id, kept, same)
    assert (await get(crm, workspace_id, f"contacts/{third}")).json()["kept_id"] == kept
    assert (await push(crm, workspace_id, "contacts", THIRD))[0]["id"] == kept
    refused = await undo(crm, workspace_id, first)
    assert (refused.status_code, refused.json()["code"]) == (409, "merged_again")
    assert (await undo(crm, workspace_id, second)).status_code == 200
    assert stored(database, workspace_id) == between
    assert (await undo(crm, workspace_id, first)).status_code == 200
    assert stored(database, workspace_id) == before


@pytest.mark.parametrize(("erased", "code"), [(0, "erased"), (4, "link_gone")])
async def test_who_was_erased_is_not_restored(
    crm: House, workspace_id: UUID, database: postgres.Server, erased: int, code: str
) -> None:
    ids = await people(crm, workspace_id)
    merged = await merge(crm, workspace_id, *ids[:3])
    await crm.client.delete(f"/api/ml/crm/contacts/{ids[erased]}", headers=crm.token(workspace_id))
    refused = await undo(crm, workspace_id, merged)
    assert (refused.status_code, refused.json()["code"]) == (409, code)
    if erased == 0:
        assert "Lovelace" not in str(stored(database, workspace_id))
        for row in (KEPT, SAME, THIRD, {"id": ids[1], "first_name": "A."}):
            assert (await push(crm, workspace_id, "contacts", row))[0]["error"]["code"] == "erased"


async def test_two_merges_at_once_are_one(crm: House, workspace_id: UUID) -> None:
    kept, same, third, *_ = await people(crm, workspace_id)
    answers = await asyncio.gather(
        merge(crm, workspace_id, kept, same, third),
        merge(crm, workspace_id, same, kept, third),
        merge(crm, workspace_id, third, same),
    )
    good = [answer.json()["kept_id"] for answer in answers if answer.status_code == 200]
    left = {row["id"] for row in (await get(crm, workspace_id, "contacts")).json()["items"]} & {kept, same, third}
    assert all(answer.status_code in {200, 404} for answer in answers)
    assert len(left) == 3 - sum(len(answer.json()["merged_ids"]) for answer in answers if answer.status_code == 200)
    assert left & set(good)


async def test_a_merge_and_a_push_at_once_lose_nobody(crm: House) -> None:
    for round_number in range(5):
        tenant = uuid4()
        kept, same, *_ = await people(crm, tenant)
        change = {**SAME, "phones": [f"+44 20 7946 000{round_number}"]}
        merged, pushed = await asyncio.gather(merge(crm, tenant, kept, same), push(crm, tenant, "contacts", change))
        assert merged.status_code == 200
        assert pushed[0]["status"] == "updated"
        one = (await get(crm, tenant, f"contacts/{kept}")).json()
        assert change["phones"][0] in one["phones"]
        assert len((await get(crm, tenant, "contacts")).json()["items"]) == 4


@pytest.mark.parametrize("ids", [[], [0, 0], [1, 1]])
async def test_a_merge_needs_different_contacts(crm: House, workspace_id: UUID, ids: list[int]) -> None:
    known = await people(crm, workspace_id)
    answer = await merge(crm, workspace_id, known[0], *[known[position] for position in ids])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_stranger_cannot_be_merged(crm: House, workspace_id: UUID) -> None:
    kept, same, *_ = await people(crm, workspace_id)
    other = (await push(crm, uuid4(), "contacts", KEPT))[0]["id"]
    assert (await merge(crm, workspace_id, kept, other)).status_code == 404
    assert (await merge(crm, uuid4(), kept, same)).status_code == 404


async def test_a_list_too_long_is_refused_not_cut(crm: House, workspace_id: UUID) -> None:
    halves = [
        {"source": "s", "external_id": str(n), "emails": [f"{n}-{m}@x.example" for m in range(26)]} for n in range(2)
    ]
    one, other = [row["id"] for row in await push(crm, workspace_id, "contacts", *halves)]
    refused = await merge(crm, workspace_id, one, other)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_values")
