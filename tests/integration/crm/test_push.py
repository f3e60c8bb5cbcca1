"""Push: what is given is written, what is absent stays, null clears, and one bad item stops no other."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.embedded import postgres
from tests.conftest import House
from tests.integration.crm.conftest import Workspace, pointers

KEY = {"source": "hubspot", "external_id": "7"}
FULL: dict[str, Any] = KEY | {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "organization": "Analytical",
    "title": "Countess",
    "emails": ["ada@example.org"],
    "phones": ["+44 1"],
    "urls": ["https://example.org"],
    "tags": ["mentor"],
    "notes": "Met in 1843.",
    "influence_score": 0.1,
    "community_id": -3,
    "custom": {"tier": 1, "nested": {"x": [1.5, None, True]}},
    "created_at": "2020-02-29T12:00:00Z",
    "archived_at": "2021-01-01T00:00:00Z",
}


async def test_what_is_absent_stays_and_null_clears(facts: Workspace) -> None:
    assert await facts.statuses(FULL) == ["created"]
    assert FULL.items() <= (await facts.one()).items()
    assert await facts.statuses(KEY | {"title": "Programmer"}) == ["updated"]
    assert (FULL | {"title": "Programmer"}).items() <= (await facts.one()).items()
    cleared: dict[str, Any] = dict.fromkeys(FULL.keys() - KEY.keys() - {"created_at"})
    assert await facts.statuses(KEY | cleared) == ["updated"]
    empty = {"first_name": "", "last_name": "", "emails": [], "phones": [], "urls": [], "tags": [], "custom": {}}
    assert (cleared | empty).items() <= (await facts.one()).items()


async def test_an_object_is_patched_and_null_takes_a_key_or_everything_away(facts: Workspace) -> None:
    async def after(*customs: dict[str, Any] | None) -> dict[str, Any]:
        await facts.push(*(KEY | {"custom": custom} for custom in customs))
        custom: dict[str, Any] = (await facts.one())["custom"]
        return custom

    assert await after({"tier": 1, "gone": None, "in": {"x": 1, "y": [None]}}) == {
        "tier": 1,
        "in": {"x": 1, "y": [None]},
    }
    assert await after({"in": {"x": None, "z": {"n": 2}}}) == {"tier": 1, "in": {"y": [None], "z": {"n": 2}}}
    assert await after({"in": {"z": None}}, {"in": {"q": 1}, "tier": 2}) == {"tier": 2, "in": {"y": [None], "q": 1}}
    assert await facts.statuses(KEY | {"custom": {}}, KEY | {"custom": {"no": None}}) == ["unchanged"] * 2
    assert await after({"in": 7}) == {"tier": 2, "in": 7}
    assert await after(None) == {}


async def test_a_rejected_item_is_pointed_at_from_the_root_of_what_was_sent(facts: Workspace) -> None:
    good, bad, lost = await facts.push(
        {"source": "s", "external_id": "1", "name": "Ada"},
        {"source": "s", "external_id": "2", "email": "no address"},
        {"source": "s", "external_id": "3", "contact_id": KEY},
        kind="users",
    )
    assert good["error"] is None
    assert bad["error"]["errors"][0]["pointer"] == "#/items/1/email"
    assert lost["error"]["errors"][0]["pointer"] == "#/items/2/contact_id"


async def test_the_same_push_twice_changes_nothing_at_all(facts: Workspace) -> None:
    [created] = await facts.push(FULL)
    before = await facts.one()
    assert await facts.push(FULL) == [created | {"status": "unchanged"}]
    assert await facts.statuses(KEY) == ["unchanged"]
    assert await facts.one() == before
    assert len(await facts.items(f"/contacts/{created['id']}/versions")) == 1


async def test_rows_for_one_contact_in_one_push_become_one_write_the_later_winning(facts: Workspace) -> None:
    known = str(uuid4())
    results = await facts.push(
        {"id": known, **KEY, "first_name": "A", "title": "x"},
        {"id": KEY, "first_name": "B"},
        KEY | {"notes": "n"},
        {"id": known, "title": None},
    )
    assert {(result["id"], result["status"]) for result in results} == {(known, "created")}
    contact = await facts.one()
    assert (contact["first_name"], contact["title"], contact["notes"]) == ("B", None, "n")
    assert len(await facts.items(f"/contacts/{known}/versions")) == 1


@pytest.mark.parametrize(
    "thief",
    [
        KEY,
        {"external_id": "7"},
        {"source": "hubspot", "external_id": "7", "first_name": None},
    ],
)
async def test_an_external_id_that_another_row_has_is_refused_and_stops_no_other(
    facts: Workspace, thief: dict[str, Any]
) -> None:
    other, free = str(uuid4()), {"source": "hubspot", "external_id": "8"}
    await facts.push(KEY | {"first_name": "Owner"}, {"id": other, "source": "hubspot", "first_name": "Thief"})
    refused, written = await facts.push({"id": other, **thief}, free)
    assert (refused["status"], refused["error"]["code"]) == ("rejected", "external_id_taken")
    assert pointers(refused) == ["#/external_id"]
    assert written["status"] == "created"
    assert (await facts.one(id=other))["external_id"] is None


async def test_half_a_reference_is_completed_by_what_is_stored_and_cannot_collide(facts: Workspace) -> None:
    a, b, c = (str(uuid4()) for _ in range(3))
    await facts.push(*({"id": each, "source": "one", "external_id": each} for each in (a, b)))
    await facts.push({"id": c, "source": "two", "external_id": a})
    moved, taken = await facts.push({"id": b, "external_id": "new"}, {"id": a, "external_id": "new"})
    assert (moved["status"], taken["status"]) == ("updated", "rejected")
    assert await facts.statuses({"id": c, "source": "one"}, {"id": c, "source": None}) == ["updated", "updated"]
    assert (await facts.one(id=c))["source"] == "api"
    assert await facts.statuses({"id": c, "source": "one"}) == ["rejected"]


async def test_an_external_id_let_go_of_can_be_taken_up_by_another(facts: Workspace) -> None:
    first, second = str(uuid4()), str(uuid4())
    await facts.push({"id": first, **KEY})
    assert await facts.statuses({"id": first, "external_id": None}) == ["updated"]
    assert await facts.statuses({"id": second, **KEY}) == ["created"]


async def test_an_id_of_another_workspace_is_free_here(crm: House, facts: Workspace) -> None:
    [there] = await Workspace(crm, uuid4()).push(FULL)
    assert await facts.statuses({"id": there["id"], "first_name": "Mine"}) == ["created"]
    assert (await facts.one())["last_name"] == ""


async def test_among_many_new_rows_each_of_the_others_is_judged_by_itself(facts: Workspace) -> None:
    """Many new rows are written at once; what is known, twice, lost or incomplete among them is not swept along."""
    people: list[dict[str, Any]] = [{"source": "s", "external_id": str(number)} for number in range(100)]
    [known] = await facts.push(people[7] | {"title": "before", "custom": {"a": 1}})
    changed = [*people, people[3] | {"notes": "twice"}]
    changed[7] = people[7] | {"custom": {"b": None, "c": 2}}
    changed[8] = people[8] | {"account_id": {"source": "s", "external_id": "nobody"}}
    changed[9] = people[9] | {"custom": {"b": None, "c": 2}, "emails": ['a"{,}\\@b'], "first_name": None}
    results = await facts.push(*changed)
    statuses = [result["status"] for result in results]
    assert [(at, one) for at, one in enumerate(statuses) if one != "created"] == [(7, "updated"), (8, "rejected")]
    assert (pointers(results[8]), results[7]["id"]) == (["#/account_id"], known["id"])
    assert results[3]["id"] == results[100]["id"]
    assert (await facts.one(external_id="3"))["notes"] == "twice"
    assert (await facts.one(external_id="7"))["custom"] == {"a": 1, "c": 2}
    nine = await facts.one(external_id="9")
    assert (nine["custom"], nine["emails"], nine["first_name"]) == ({"c": 2}, ['a"{,}\\@b'], "")


async def test_among_many_new_interactions_each_of_the_others_is_judged_by_itself(facts: Workspace) -> None:
    ada, bob = await facts.push(KEY, KEY | {"external_id": "8"})
    when = {"kind": "email", "direction": "in", "occurred_at": "2026-01-02T03:04:05Z", "contact_id": KEY}
    rows: list[dict[str, Any]] = [when | {"source": "s", "external_id": str(number)} for number in range(100)]
    rows[1] |= {"contact_id": ada["id"], "counterpart_id": bob["id"]}
    rows[2] |= {"counterpart_id": ada["id"]}
    rows[3] |= {"counterpart_id": KEY | {"external_id": "nobody"}}
    rows[4] |= {"user_id": str(uuid4())}
    rows[5].pop("kind")
    results = await facts.push(*rows, kind="interactions")
    codes = {at: one["error"]["code"] for at, one in enumerate(results) if one["status"] == "rejected"}
    assert codes == {2: "self_reference", 3: "unknown_reference", 4: "unknown_reference", 5: "field_required"}
    assert {one["status"] for at, one in enumerate(results) if at not in codes} == {"created"}
    met = {row["id"]: row for row in await facts.items("/interactions", limit=200)}
    one = met[results[1]["id"]]
    assert (one["contact_id"], one["counterpart_id"]) == (ada["id"], bob["id"])
    assert set(await facts.statuses(*rows[6:], kind="interactions")) == {"unchanged"}


async def test_a_thousand_items_are_taken_and_each_is_answered(facts: Workspace) -> None:
    rows: list[dict[str, Any]] = [
        {"source": "bulk", "external_id": str(number), "first_name": f"n{number}"} for number in range(1_000)
    ]
    assert set(await facts.statuses(*rows)) == {"created"}
    rows[500] |= {"emails": ["no address"]}
    rows[501] |= {"title": "changed"}
    assert (await facts.statuses(*rows))[499:503] == ["unchanged", "rejected", "updated", "unchanged"]


async def test_a_thousand_and_one_items_are_refused_with_the_limit_and_nothing_is_written(facts: Workspace) -> None:
    rows = [{"source": "bulk", "external_id": str(number)} for number in range(1_001)]
    answer = await facts.call("PUT", "/contacts", json={"items": rows})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["limit"]) == (413, "too_many_items", 1_000)
    assert problem["errors"][0]["pointer"] == "#/items"
    assert not await facts.exists()


@pytest.mark.parametrize("rows", [[], [{}], [{"id": "x"}, 7, None]])
async def test_a_push_that_writes_nothing_makes_no_workspace(facts: Workspace, rows: list[Any]) -> None:
    assert set(await facts.statuses(*rows)) <= {"rejected"}
    assert not await facts.exists()


async def test_a_push_whose_every_reference_leads_nowhere_makes_no_workspace(facts: Workspace) -> None:
    [result] = await facts.push(KEY | {"contact_id": str(uuid4())}, kind="users")
    assert (result["status"], result["error"]["code"], pointers(result)) == (
        "rejected",
        "unknown_reference",
        ["#/contact_id"],
    )
    assert not await facts.exists()


async def test_a_user_finds_his_card_by_id_or_by_reference(facts: Workspace) -> None:
    [card] = await facts.push(KEY)
    by_id, by_reference, lost = await facts.push(
        {"source": "crm", "external_id": "u1", "contact_id": card["id"], "name": "Ada", "email": "a@b"},
        {"source": "crm", "external_id": "u2", "contact_id": KEY},
        {"source": "crm", "external_id": "u3", "contact_id": KEY | {"external_id": "8"}},
        kind="users",
    )
    assert lost["status"] == "rejected"
    cards = {user["id"]: user["contact_id"] for user in await facts.items("/users")}
    assert cards == {by_id["id"]: card["id"], by_reference["id"]: card["id"]}
    assert await facts.statuses({"id": by_id["id"], "contact_id": None}, kind="users") == ["updated"]
    assert (await facts.read(f"/users/{by_id['id']}"))["contact_id"] is None


async def test_pushes_of_the_same_new_contact_at_once_lose_no_field(facts: Workspace) -> None:
    fields = {"first_name": "Ada", "last_name": "Lovelace", "title": "Countess", "notes": "n", "organization": "o"}
    results = await asyncio.gather(*(facts.push(KEY | {name: value}) for name, value in fields.items()))
    assert len({result["id"] for [result] in results}) == 1
    assert sorted(result["status"] for [result] in results) == ["created", *["updated"] * 4]
    contact = await facts.one()
    assert fields.items() <= contact.items()
    versions = await facts.items(f"/contacts/{contact['id']}/versions")
    assert [version["updated_at"] for version in versions] == sorted(
        (version["updated_at"] for version in versions), reverse=True
    )


async def test_pushes_of_the_same_rows_in_opposite_order_do_not_block_each_other(facts: Workspace) -> None:
    rows = [{"source": "bulk", "external_id": str(number)} for number in range(300)]
    for title in ("a", "b"):
        changed = [row | {"title": title} for row in rows]
        await asyncio.gather(facts.push(*changed), facts.push(*reversed(changed)))
    assert len(await facts.items("/contacts", limit=200)) == 300


async def test_every_change_leaves_a_version_and_a_word_in_the_feed(
    facts: Workspace, database: postgres.Server
) -> None:
    [row] = await facts.push(KEY | {"first_name": "A"})
    for name in ("B", "B", "C"):
        await facts.push(KEY | {"first_name": name})
    versions = await facts.items(f"/contacts/{row['id']}/versions", limit=1)
    assert [version["first_name"] for version in versions] == ["C", "B", "A"]
    moments = [version["valid_from"] for version in versions]
    assert moments == sorted(moments, reverse=True)
    assert await feed_of(database, facts.id) == [(UUID(row["id"]), "insert"), *[(UUID(row["id"]), "update")] * 2]


async def feed_of(database: postgres.Server, workspace_id: UUID) -> list[tuple[UUID, str]]:
    query = "SELECT entity_id, op FROM crm_store.changes WHERE workspace_id = %s ORDER BY transaction, seq"
    async with await psycopg.AsyncConnection.connect(database.conninfo()) as connection:
        return await (await connection.execute(query, (workspace_id,))).fetchall()


async def test_lists_show_every_row_once_while_others_come_in(facts: Workspace) -> None:
    rows = [{"source": "bulk", "external_id": str(number)} for number in range(25)]
    there = {result["id"] for result in await facts.push(*rows)}
    for limit in (1, 7, 25):
        listed = [row["id"] for row in await facts.items("/contacts", limit=limit)]
        assert listed == sorted(there)
    first = await facts.read("/contacts", limit=10)
    await facts.push(*({"source": "late", "external_id": str(number)} for number in range(10)))
    rest = await facts.items("/contacts", limit=10, cursor=first["next_cursor"])
    listed = [row["id"] for row in first["items"] + rest]
    assert len(listed) == len(set(listed))
    assert there <= set(listed)
    assert [row["external_id"] for row in await facts.items("/contacts", source="late", external_id="3")] == ["3"]


async def test_a_workspace_is_named_and_an_absent_setting_stays(facts: Workspace) -> None:
    body = {"name": "Друзья", "locale": "ru", "timezone": "Europe/Berlin", "pooled_training": True}
    put = await facts.call("PUT", "/workspace", json=body)
    assert put.json() == body | {"id": str(facts.id)}
    await facts.call("PUT", "/workspace", json={"timezone": None, "pooled_training": None})
    assert await facts.read("/workspace") == body | {"id": str(facts.id), "timezone": "UTC", "pooled_training": False}
