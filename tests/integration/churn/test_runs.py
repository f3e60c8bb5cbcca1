"""The nightly run: killed it ends as an undisturbed one, two workers do it once, nobody sees half of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.integration.churn.conftest import NOW, Circle, crowd


class Killed(Exception):
    """What happens to a worker at any line."""


async def test_killed_after_any_block_it_goes_on_and_ends_in_the_same_table(circle: Circle) -> None:
    await crowd(circle)
    now = datetime.now(UTC)
    await circle.compute(at_once=7, as_of=now)
    undisturbed = await circle.rows("scores"), await circle.rows("runs")
    run_id, calls = uuid4(), 0

    async def die_after_two_blocks(_done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed

    with pytest.raises(Killed):
        await circle.compute(run_id=run_id, at_once=7, progress=die_after_two_blocks, as_of=now)
    before_it_goes_on = len(await circle.rows("scores"))
    assert before_it_goes_on == 40 + 14
    await circle.compute(run_id=run_id, at_once=7, as_of=now)
    assert (await circle.rows("scores"), await circle.rows("runs")) == undisturbed
    await circle.compute(run_id=run_id, at_once=7, as_of=now)
    assert (await circle.rows("scores"), await circle.rows("runs")) == undisturbed


async def test_until_it_has_ended_the_run_before_is_shown(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    before = await circle.listed(explain=False)
    await circle.talk("p9", [0.01])

    async def look(_done: int, _total: int) -> None:
        assert await circle.listed(explain=False) == before

    await circle.compute(at_once=7, progress=look)
    after = {one["contact_id"]: one for one in await circle.listed(explain=False)}
    assert after[ids["p9"]]["days_since_last"] < 1
    assert len(after) == len(before)


async def test_two_workers_at_once_do_each_block_once(circle: Circle) -> None:
    await crowd(circle)
    now = datetime.now(UTC)
    await circle.compute(at_once=7, as_of=now)
    alone = await circle.rows("scores"), await circle.rows("runs")
    run_id = uuid4()
    await asyncio.gather(*(circle.compute(run_id=run_id, at_once=7, as_of=now) for _ in range(2)))
    assert (await circle.rows("scores"), await circle.rows("runs")) == alone


async def test_an_empty_workspace_has_an_empty_run(circle: Circle) -> None:
    told = await circle.compute()
    assert (told["ties"], told["own_ties"]) == (0, 0)
    assert await circle.listed() == []


async def test_night_request_and_look_back_say_the_same_of_the_same_instant(circle: Circle) -> None:
    ids = await crowd(circle)
    for place, name in enumerate(list(ids)[1:30]):
        await circle.talk(name, [place + 1, place + 9, place + 30, place + 31], to="p0", direction="out")
    user_id = await circle.user("p0")
    as_of = NOW - timedelta(days=20)
    await circle.compute(as_of=as_of)
    nightly = {one["contact_id"]: one for one in await circle.listed()}
    of_card = {one["contact_id"]: one for one in await circle.listed(ego_contact_id=ids["p0"])}
    assert len(nightly) > 30
    assert len(of_card) > 10
    for contact_id in list(nightly)[:10]:
        asked = await circle.one(contact_id, as_of=as_of.isoformat())
        assert_same(asked, nightly[contact_id])
    batch = {"contact_ids": list(of_card), "ego_contact_id": ids["p0"], "as_of": as_of.isoformat()}
    items = (await circle.ask("POST", "/batch", json=batch | {"explain": True}, user_id=user_id)).json()["items"]
    for item in items:
        assert_same(item["churn"], of_card[item["contact_id"]])
    rows = set(await circle.rows("scores"))
    await circle.compute(as_of=as_of, aside=True)
    assert set(await circle.rows("scores")) == rows
    assert len(await circle.rows("scores")) == 2 * len(rows)


def assert_same(one: dict[str, object], other: dict[str, object]) -> None:
    assert one["churn_probability"] == pytest.approx(other["churn_probability"], abs=1e-6)
    assert one["base"] == pytest.approx(other["base"], abs=1e-5)
    assert one["horizon_days"] == other["horizon_days"]
    assert one["facts_as_of"] == other["facts_as_of"]


async def test_a_look_back_stays_aside_and_says_what_came_of_it(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute()
    shown = await circle.listed(explain=False)
    as_of = NOW - timedelta(days=95)
    told = await circle.compute(as_of=as_of, now=NOW, aside=True)
    assert await circle.listed(explain=False) == shown
    found = (await circle.ask("GET", "/backtest", params={"as_of": as_of.isoformat()})).json()
    assert found["ties"] + found["not_over_yet"] > 10
    assert 0 < found["fell_silent"] < found["ties"]
    assert found["auc"]["low"] <= found["auc"]["value"] <= found["auc"]["high"]
    assert found["auc"] == told["backtest"]["auc"]
    assert sum(level["ties"] for level in found["levels"]) == found["ties"]
    assert sum(level["fell_silent"] for level in found["levels"]) == found["fell_silent"]
    assert sum(tenth["ties"] for tenth in found["reliability"]) == found["ties"]
    missing = await circle.ask("GET", "/backtest", params={"as_of": NOW.isoformat()})
    assert (missing.status_code, missing.json()["code"]) == (404, "backtest_not_found")


async def test_what_was_said_goes_on_record_when_it_changes(circle: Circle) -> None:
    ids = await circle.people("Ada")
    await circle.talk("Ada", [60, 70, 80, 90])
    await circle.compute(as_of=NOW - timedelta(days=50))
    await circle.compute(as_of=NOW - timedelta(days=49, hours=23, minutes=59, seconds=59))
    await circle.compute(as_of=NOW)
    first = (await circle.ask("GET", f"/{ids['Ada']}/history", params={"limit": 1})).json()
    second = (await circle.ask("GET", f"/{ids['Ada']}/history", params={"cursor": first["next_cursor"]})).json()
    assert len(first["items"]) == len(second["items"]) == 1
    assert first["items"][0]["churn_probability"] != second["items"][0]["churn_probability"]
    assert first["items"][0]["facts_as_of"] > second["items"][0]["facts_as_of"]
    assert second["next_cursor"] is None
