"""What changes is scored anew, who is erased is gone, what people say is heeded, what is not whole does not serve."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from deploy.embedded import postgres
from services.churn import model
from tests.integration.churn.conftest import NOW, Circle, crowd


async def test_a_new_interaction_is_in_the_score_once_the_feed_is_followed(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    await circle.follow()
    before = await circle.one(ids["p30"])
    await circle.talk("p30", [0.1])
    await circle.follow()
    after = await circle.one(ids["p30"])
    assert after["days_since_last"] < 1 < before["days_since_last"]
    assert after["churn_probability"] < before["churn_probability"]
    assert circle.runs_asked_for == 0


async def test_a_users_tie_is_scored_anew_too(circle: Circle) -> None:
    ids = await circle.people("Ada", "Bob")
    user_id = await circle.user("Ada")
    await circle.talk("Bob", [30, 40, 50, 60], to="Ada")
    await circle.compute()
    await circle.follow()
    other_id = await circle.user("Bob")
    await circle.compute()
    await circle.talk("Ada", [1], to="Bob")
    await circle.talk("Bob", [3, 4, 5])
    await circle.follow()
    [listed] = await circle.listed(user_id=user_id, ego_contact_id=ids["Ada"])
    assert (listed["contact_id"], listed["interactions"]) == (ids["Bob"], 5)
    [listed] = await circle.listed(user_id=other_id, ego_contact_id=ids["Bob"])
    assert (listed["contact_id"], listed["interactions"]) == (ids["Ada"], 5)
    [listed] = await circle.listed()
    assert (listed["ego_contact_id"], listed["interactions"]) == (None, 3)


async def test_where_an_interaction_went_away_or_no_run_is_there_a_whole_run_is_asked_for(circle: Circle) -> None:
    await circle.people("Ada")
    [talk] = await circle.talk("Ada", [3])
    await circle.follow()
    assert circle.runs_asked_for == 1
    await circle.compute()
    await circle.follow()
    assert circle.runs_asked_for == 1
    path = f"/api/ml/crm/interactions/{talk}"
    assert (await circle._crm.client.delete(path, headers=circle._crm.token(circle.id))).status_code < 300
    await circle.follow()
    assert circle.runs_asked_for == 2


async def test_of_who_is_erased_nothing_stays(circle: Circle) -> None:
    ids = await circle.people("Ada", "Bob", "Eva")
    user_id = await circle.user("Ada")
    for name in ("Bob", "Eva"):
        await circle.talk(name, [30, 40, 50, 60], to="Ada")
        await circle.talk(name, [30, 40, 50, 60])
    await circle.compute()
    await circle.ask("POST", f"/{ids['Bob']}/feedback", json=said("not_at_risk"))
    assert not (await circle.ask("GET", f"/erasures/{ids['Bob']}")).json()["erased"]
    for name in ("Bob", "Ada"):
        await circle.erase(ids[name])
        await circle.follow_until_erased(ids[name])
    assert (await circle.ask("GET", f"/{ids['Bob']}")).status_code == 404
    for table in ("scores", "history"):
        rows = " ".join(await circle.rows(table))
        assert ids["Eva"] in rows
        assert ids["Bob"] not in rows
        assert ids["Ada"] not in rows
    assert {one["contact_id"] for one in await circle.listed(user_id=user_id)} == {ids["Eva"]}


def said(action: str, **more: Any) -> dict[str, Any]:
    return {"event_id": str(uuid4()), "action": action} | more


async def test_a_snoozed_tie_is_off_the_list_until_then(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute()
    first, second, *_ = await circle.listed()
    until = (NOW + timedelta(days=30)).isoformat()
    body = said("snooze", until=until)
    for status in ("accepted", "duplicate"):
        answer = await circle.ask("POST", f"/{first['contact_id']}/feedback", json=body)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    over = said(
        "snooze", until=(NOW - timedelta(days=1)).isoformat(), occurred_at=(NOW - timedelta(days=9)).isoformat()
    )
    assert (await circle.ask("POST", f"/{second['contact_id']}/feedback", json=over)).status_code == 200
    assert (await circle.listed())[0]["contact_id"] == second["contact_id"]
    every = await circle.listed(with_snoozed=True)
    assert every[0]["contact_id"] == first["contact_id"]
    assert every[0]["feedback"]["action"] == "snooze"
    assert (await circle.one(first["contact_id"]))["feedback"]["action"] == "snooze"


async def test_not_at_risk_holds_for_the_ties_own_horizon(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute()
    first = (await circle.listed())[0]
    body = said("not_at_risk", occurred_at=NOW.isoformat())
    answer = (await circle.ask("POST", f"/{first['contact_id']}/feedback", json=body)).json()
    assert answer["until"][:10] == (NOW + timedelta(days=first["horizon_days"])).date().isoformat()
    assert first["contact_id"] not in {one["contact_id"] for one in await circle.listed()}


async def test_feedback_needs_a_time_that_is_to_come_and_somebody_who_is_there(circle: Circle) -> None:
    ids = await circle.people("Ada")
    for body in (said("snooze"), said("snooze", until=(NOW - timedelta(days=1)).isoformat())):
        answer = await circle.ask("POST", f"/{ids['Ada']}/feedback", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "until_needed")
        assert answer.json()["errors"][0]["pointer"] == "#/until"
    assert (await circle.ask("POST", f"/{uuid4()}/feedback", json=said("not_at_risk"))).status_code == 404


async def test_readiness_counts_what_there_is(circle: Circle) -> None:
    await crowd(circle, 5)
    await circle.compute()
    items = {one["kind"]: one for one in (await circle.ask("GET", "/readiness")).json()["items"]}
    assert (items["people"]["have"], items["interactions"]["have"], items["ties"]["have"]) == (5, 60, 5)


async def test_an_artifact_that_is_not_whole_is_refused_and_the_prior_goes_on(
    circle: Circle, database: postgres.Server
) -> None:
    ids = await crowd(circle)
    await circle.compute()
    before = await circle.one(ids["p3"])
    plant(database, circle.id, b"not a model")
    version, prior = model.shipped()
    told = await circle.compute()
    assert told["model"] == {"name": model.NAME, "version": version, "kind": prior.kind}
    assert (await circle.one(ids["p3"]))["model"] == before["model"]
    found = (await circle.ask("GET", "/models")).json()
    assert found["serving"] == {model.NAME: "planted"}


def plant(database: postgres.Server, workspace_id: UUID, content: bytes) -> None:
    """Put a version that serves, as somebody would who can write to the table."""
    with psycopg.connect(database.conninfo("churn")) as connection:
        connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace_id),))
        connection.execute(
            "INSERT INTO ml_models (workspace_id, name, version, kind, state, features, libraries, metrics, gate,"
            " artifact, artifact_sha256) VALUES (%s, %s, 'planted', 'blend', 'serving', '{}', '{}', '{}',"
            """ '{"passed": true, "reason": "planted", "compared_with": "nothing"}', %s, sha256(%s))""",
            (workspace_id, model.NAME, content, content),
        )
