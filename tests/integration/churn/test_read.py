"""What is said of a tie, of many, of all: with numbers, reasons and what to do; and clear answers to bad questions."""

import math
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import workspace
from tests.integration.churn.conftest import NOW, Circle, crowd

EVERY_20 = [47, 67, 87, 107, 127, 147, 167]


async def test_a_silent_tie_says_why_and_what_to_do(circle: Circle) -> None:
    await crowd(circle)
    ids = await circle.people("Ada")
    await circle.talk("Ada", EVERY_20, direction="both")
    await circle.compute()
    found = await circle.one(ids["Ada"])
    assert (found["status"], found["state"], found["ego_contact_id"]) == ("scored", "active", None)
    assert (found["interactions"], round(found["usual_gap_days"]), found["horizon_days"]) == (7, 20, 90)
    assert 0 < found["churn_probability"] < 1
    logit = math.log(found["churn_probability"] / (1 - found["churn_probability"]))
    parts = sum(reason["contribution"] for reason in found["reasons"])
    assert found["base"] + parts == pytest.approx(logit, abs=1e-4)
    texts = {reason["code"]: reason["text"] for reason in found["reasons"]}
    assert texts["silence"] == "47 days of silence, you usually speak every 20 days"
    level = found["risk_level"]
    assert level == (
        "HIGH" if found["churn_probability"] > 0.7 else "MEDIUM" if found["churn_probability"] > 0.4 else "LOW"
    )


async def test_whoever_is_at_risk_is_to_be_written_to_in_the_readers_language(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    risky = (await circle.listed(risk_level="HIGH"))[0]
    assert risky["contact_id"] in ids.values()
    assert risky["interventions"][0]["code"] == "reach_out"
    assert risky["interventions"][0]["text"].startswith("Reach out: ")
    answer = await circle.ask("GET", f"/{risky['contact_id']}", headers={"Accept-Language": "ru"})
    assert answer.headers["content-language"] == "ru"
    assert answer.json()["interventions"][0]["text"].startswith("Напишите или позвоните: ")
    assert "дн" in next(one["text"] for one in answer.json()["reasons"] if one["code"] == "silence")


async def test_the_list_is_in_order_filtered_and_whole_over_its_pages(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute()
    every = await circle.listed(limit=200, explain=False)
    chances = [one["churn_probability"] for one in every]
    assert chances == sorted(chances, reverse=True)
    assert await circle.listed(limit=7, explain=False) == every
    by_level = [await circle.listed(risk_level=level, explain=False) for level in ("HIGH", "MEDIUM", "LOW")]
    assert [one for part in by_level for one in part] == every
    assert {one["risk_level"] for one in by_level[0]} == {"HIGH"}


async def test_who_is_lost_is_off_the_list_that_asks_for_nothing_else(circle: Circle) -> None:
    await crowd(circle)
    ids = await circle.people("Long", "Few", "Nobody")
    await circle.talk("Long", [400, 420, 440, 460])
    await circle.talk("Few", [3, 5])
    await circle.compute()
    assert ids["Long"] not in {one["contact_id"] for one in await circle.listed()}
    assert [one["contact_id"] for one in await circle.listed(state="lost")] == [ids["Long"]]
    assert (await circle.one(ids["Long"]))["state"] == "lost"
    assert [one["contact_id"] for one in await circle.listed(state="insufficient_data")] == [ids["Few"]]
    for name, count in (("Few", 2), ("Nobody", 0)):
        found = await circle.one(ids[name])
        assert (found["status"], found["missing"]) == ("insufficient_data", ["interactions"])
        assert (found["churn_probability"], found["risk_level"], found["interactions"]) == (None, None, count)
        assert (found["reasons"], found["base"], found["interventions"]) == ([], None, [])


async def test_a_yearly_tie_is_given_twice_its_own_gap(circle: Circle) -> None:
    await crowd(circle)
    ids = await circle.people("Yearly", "Monthly")
    await circle.talk("Yearly", [100, 465, 830, 1195])
    await circle.talk("Monthly", [30, 60, 90, 120, 150, 180])
    found = await circle.one(ids["Yearly"])
    assert found["horizon_days"] == 730
    soon, later = [await circle.one(ids["Monthly"], horizon_days=days) for days in (30, 180)]
    assert (soon["horizon_days"], later["horizon_days"]) == (30, 180)
    assert soon["churn_probability"] > later["churn_probability"]


async def test_without_any_run_a_tie_is_scored_when_asked_and_the_list_says_that_there_is_none(circle: Circle) -> None:
    ids = await circle.people("Ada")
    await circle.talk("Ada", EVERY_20)
    assert (await circle.one(ids["Ada"]))["churn_probability"] is not None
    answer = (await circle.ask("GET", "")).json()
    assert (answer["items"], answer["status"], answer["missing"]) == ([], "insufficient_data", ["run"])


async def test_a_users_card_is_from_whom_ties_are_seen_where_there_are_none_of_our_own(circle: Circle) -> None:
    ids = await circle.people("Ada", "Bob", "Eva")
    user_id = await circle.user("Ada")
    await circle.talk("Bob", [10, 20, 30, 40], to="Ada")
    await circle.talk("Ada", [1, 2, 3], to="Eva")
    for _ in range(2):
        seen = await circle.one(ids["Bob"], user_id=user_id)
        assert (seen["ego_contact_id"], seen["interactions"]) == (ids["Ada"], 4)
        seen = await circle.one(ids["Eva"], user_id=user_id)
        assert (seen["ego_contact_id"], seen["interactions"]) == (ids["Ada"], 3)
        nobody = await circle.one(ids["Bob"])
        assert (nobody["ego_contact_id"], nobody["status"]) == (None, "insufficient_data")
        between = await circle.one(ids["Ada"], ego_contact_id=ids["Eva"])
        assert (between["ego_contact_id"], between["interactions"]) == (ids["Eva"], 3)
        await circle.compute()
    listed = await circle.listed(user_id=user_id)
    assert {one["contact_id"] for one in listed} == {ids["Bob"], ids["Eva"]}
    await circle.talk("Bob", [1])
    await circle.compute()
    assert (await circle.one(ids["Bob"], user_id=user_id))["ego_contact_id"] is None


async def test_a_batch_answers_for_each_and_refuses_too_many(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    stranger = str(uuid4())
    asked = [ids["p3"], stranger, ids["p4"], ids["p3"]]
    items = (await circle.ask("POST", "/batch", json={"contact_ids": asked})).json()["items"]
    assert [item["contact_id"] for item in items] == asked
    assert [item["error"] for item in items] == [None, "contact_not_found", None, None]
    assert items[0]["churn_probability"] == items[3]["churn_probability"] == items[0]["churn"]["churn_probability"]
    assert items[0]["churn"]["reasons"] == []
    many = await circle.ask("POST", "/batch", json={"contact_ids": [str(uuid4()) for _ in range(1_001)]})
    assert (many.status_code, many.json()["code"], many.json()["limit"]) == (413, "too_many_items", 1_000)
    explained = {"contact_ids": [str(uuid4()) for _ in range(201)], "explain": True}
    refused = await circle.ask("POST", "/batch", json=explained)
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (413, "too_many_items", 200)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"as_of": "yesterday"}, "invalid"),
        ({"horizon_days": 0}, "invalid"),
        ({"ego_contact_id": "nobody"}, "invalid"),
        ({"ego_contact_id": str(uuid4())}, "ego_not_found"),
    ],
)
async def test_a_bad_question_is_told_so(circle: Circle, query: dict[str, Any], code: str) -> None:
    ids = await circle.people("Ada")
    answer = await circle.ask("GET", f"/{ids['Ada']}", params=query)
    assert (answer.status_code, answer.json()["code"]) == (404 if code == "ego_not_found" else 422, code)


async def test_nobody_has_a_tie_with_himself_and_strangers_are_not_there(circle: Circle) -> None:
    ids = await circle.people("Ada")
    answer = await circle.ask("GET", f"/{ids['Ada']}", params={"ego_contact_id": ids["Ada"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "tie_with_oneself")
    for path in (f"/{uuid4()}", f"/{uuid4()}/history"):
        assert (await circle.ask("GET", path)).json()["code"] == "contact_not_found"


async def test_what_has_not_happened_yet_and_what_is_there_twice_does_not_count(circle: Circle) -> None:
    ids = await circle.people("Ada", "Bob")
    await circle.talk("Ada", [*EVERY_20, *EVERY_20, -5, -100])
    await circle.talk("Bob", EVERY_20)
    ada, bob = await circle.one(ids["Ada"]), await circle.one(ids["Bob"])
    assert ada["interactions"] == bob["interactions"] == 7
    assert ada["churn_probability"] == pytest.approx(bob["churn_probability"], abs=1e-3)
    before = await circle.one(ids["Ada"], as_of=(NOW - timedelta(days=1000)).isoformat())
    assert (before["status"], before["interactions"]) == ("insufficient_data", 0)
    assert before["facts_as_of"].startswith((NOW - timedelta(days=1000)).date().isoformat())


async def test_a_hundred_thousand_for_one_contact_are_read_within_bounds(
    circle: Circle, database: postgres.Server
) -> None:
    ids = await crowd(circle, 25)
    with psycopg.connect(database.conninfo("crm")) as connection:
        connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(circle.id),))
        connection.execute(
            "INSERT INTO interactions (workspace_id, id, contact_id, kind, direction, occurred_at)"
            " SELECT %s, gen_random_uuid(), %s, 'email', 'in', now() - number * interval '1 minute'"
            " FROM generate_series(1, 100000) number",
            (circle.id, ids["p3"]),
        )
    found = await circle.one(ids["p3"])
    assert found["interactions"] == 1_000
    told = await circle.compute()
    assert told["ties"] == 25
    assert (await circle.one(ids["p3"]))["interactions"] == 1_000


async def test_another_workspace_sees_nothing(circle: Circle) -> None:
    ids = await crowd(circle, 5)
    await circle.compute()
    own, circle.id = circle.id, uuid4()
    assert (await circle.ask("GET", f"/{ids['p1']}")).status_code == 404
    assert await circle.listed() == []
    async with workspace(circle.pool, circle.id) as connection:
        for table in ("runs", "scores", "history", "feedback"):
            count = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()  # noqa: S608
            assert count == (0,)
    circle.id = own
    assert len(await circle.listed()) > 0


async def test_who_is_at_risk_is_introduced_to_whom_his_links_know_and_he_does_not(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    risky = (await circle.listed(risk_level="HIGH"))[0]["contact_id"]
    name = next(name for name, contact_id in ids.items() if contact_id == risky)
    friends = [other for other in ids if other != name][:5]
    first, second, third, best, worse = friends
    await circle.link((name, first), (name, second), (name, third), (first, best), (second, best), (third, worse))
    [introduced] = [one for one in (await circle.one(risky))["interventions"] if one["code"] == "introduce"]
    assert introduced["contact_id"] == ids[best]
    assert introduced["text"].startswith(f"Introduce to {best}")
    await circle.link((name, best))
    [introduced] = [one for one in (await circle.one(risky))["interventions"] if one["code"] == "introduce"]
    assert introduced["contact_id"] == ids[worse]
