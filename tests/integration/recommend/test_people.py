"""Whom to meet: with names, parts and reasons; and who never is on the list."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.recommend.features.paths import LARGEST_HUB
from tests.integration.recommend.conftest import Circle


async def two_groups(circle: Circle) -> dict[str, str]:
    """Two triangles that share Eva; Ada knows nobody of the other one but her."""
    ids = await circle.people("Ada", "Bob", "Eva", "Fay", "Gus", organization="Engines", tags=["poet"])
    await circle.link(("Ada", "Bob"), ("Ada", "Eva"), ("Bob", "Eva"), ("Eva", "Fay"), ("Eva", "Gus"), ("Fay", "Gus"))
    return ids


async def test_friends_of_friends_are_listed_with_parts_reasons_and_who_introduces(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.embed()
    report = await circle.compute()
    assert (report["contacts"], report["degraded"]) == (5, False)
    found = await circle.meet(ids["Ada"])
    assert (found["status"], found["model"]["kind"], found["degraded"]) == ("baseline", "baseline", False)
    assert {item["id"] for item in found["items"]} == {ids["Fay"], ids["Gus"]}
    for item in found["items"]:
        parts = item["parts"]
        assert (parts["mutual_contacts"], parts["same_organization"], parts["influence"]) == (0.1, 1, None)
        assert 0 < parts["semantic_similarity"] < 1
        assert item["score"] == pytest.approx(0.30 * 0.1 + 0.30 * parts["semantic_similarity"] + 0.15, abs=1e-6)
        assert item["base"] + sum(one["contribution"] for one in item["reasons"]) == pytest.approx(
            item["score"], abs=1e-5
        )
        assert [person["first_name"] for person in item["introducers"]] == ["Eva"]
        assert "Eva" in next(one["text"] for one in item["reasons"] if one["code"] == "mutual_contacts")
        assert item["reason"] == item["reasons"][0]["text"]
    scores = [item["score"] for item in found["items"]]
    assert scores == sorted(scores, reverse=True)


async def test_reasons_are_read_in_russian_by_whoever_asks_for_it(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    answer = await circle.ask(
        "GET", "/contacts", params={"contact_id": ids["Ada"], "min_score": 0}, headers={"Accept-Language": "ru"}
    )
    assert answer.headers["content-language"] == "ru"
    texts = {reason["text"] for item in answer.json()["items"] for reason in item["reasons"]}
    assert any("Eva" in text and "mutual" not in text for text in texts)


async def test_those_under_the_least_score_are_counted(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    found = await circle.meet(ids["Ada"], min_score=0.9)
    assert (found["items"], found["below_min_score"]) == ([], 2)
    assert (await circle.meet(ids["Ada"], limit=1))["below_min_score"] == 0
    assert len((await circle.meet(ids["Ada"], limit=1))["items"]) == 1


async def test_a_new_link_a_dismissal_and_an_intent_to_connect_remove_at_once(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    await circle.link(("Ada", "Fay"))
    assert await circle.names(ids["Ada"]) == ["Gus"]
    assert (await circle.say("dismiss", ids["Gus"], contact_id=ids["Ada"])).json() == {"status": "accepted"}
    assert await circle.names(ids["Ada"]) == []
    assert (await circle.say("connect", ids["Gus"], contact_id=ids["Bob"])).json() == {"status": "accepted"}
    assert await circle.names(ids["Bob"]) == ["Fay"]
    await circle.compute()
    assert "Gus" not in await circle.names(ids["Ada"])  # a dismissed person never comes back
    assert set(await circle.names(ids["Fay"])) == {"Bob"}


async def test_an_archived_or_erased_person_is_on_no_list(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    await circle.say("dismiss", ids["Fay"], contact_id=ids["Bob"])
    await circle.push("contacts", {"id": ids["Gus"], "archived_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()})
    assert await circle.names(ids["Ada"]) == ["Fay"]
    await circle.erase(ids["Fay"])
    assert await circle.names(ids["Ada"]) == []
    assert not (await circle.ask("GET", f"/erasures/{ids['Fay']}")).json()["erased"]
    await circle.follow(until_erased=ids["Fay"])
    assert (await circle.ask("GET", "/contacts", params={"contact_id": ids["Fay"]})).json()[
        "code"
    ] == "contact_not_found"


async def test_the_callers_own_card_is_whom_it_is_about(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    with_card, without = await circle.user("Ada"), await circle.user(None, name="Nobody")
    assert (await circle.meet(user_id=with_card))["contact_id"] == ids["Ada"]
    for user_id in (without, None):
        answer = await circle.ask("GET", "/contacts", user_id=user_id)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_self_contact")
        assert answer.json()["errors"][0]["pointer"] == "#/contact_id"


async def test_feedback_counts_once_and_only_for_what_was_recommended(circle: Circle) -> None:
    ids = await two_groups(circle)
    await circle.compute()
    event = {"event_id": str(uuid4())}
    said = [await circle.say("dismiss", ids["Fay"], contact_id=ids["Ada"], **event) for _ in range(2)]
    assert [answer.json()["status"] for answer in said] == ["accepted", "duplicate"]
    never = await circle.say("dismiss", ids["Eva"], contact_id=ids["Ada"])
    assert (never.status_code, never.json()["code"]) == (404, "recommendation_not_found")
    nobody = await circle.say("dismiss", str(uuid4()), contact_id=ids["Ada"])
    assert (nobody.status_code, nobody.json()["code"]) == (404, "contact_not_found")
    cardless = await circle.say("dismiss", ids["Gus"])
    assert (cardless.status_code, cardless.json()["code"]) == (422, "no_self_contact")
    account = await circle.say("dismiss", ids["Gus"], kind="account")
    assert (account.status_code, account.json()["code"]) == (404, "decision_not_found")
    own = await circle.say("dismiss", ids["Gus"], user_id=await circle.user("Ada"))
    assert own.json() == {"status": "accepted"}


@pytest.mark.parametrize("min_score", ["-0.1", "1.1", "nan", "much"])
async def test_a_least_score_outside_0_to_1_is_told_what_is_allowed(circle: Circle, min_score: str) -> None:
    answer = await circle.ask("GET", "/contacts", params={"min_score": min_score, "contact_id": str(uuid4())})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/min_score")


async def test_unknown_and_lonely_people_get_a_clear_answer(circle: Circle) -> None:
    ids = await circle.people("Ada")
    assert (await circle.compute())["contacts"] == 1
    unknown = await circle.ask("GET", "/contacts", params={"contact_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "contact_not_found")
    alone = await circle.meet(ids["Ada"])
    assert (alone["items"], alone["status"], alone["missing"]) == ([], "insufficient_data", ["links"])


async def test_a_contact_of_everybody_leads_to_nobody_and_breaks_nothing(circle: Circle) -> None:
    names = [f"p{number}" for number in range(30)]
    ids = await circle.people("Celebrity", *names)
    await circle.link(*(("Celebrity", name) for name in names))
    assert (await circle.compute())["contacts"] == 31
    assert len((await circle.meet(ids["p0"], limit=200))["items"]) == 29
    assert await circle.names(ids["Celebrity"]) == []


async def test_a_celebrity_whom_everybody_knows_leads_nowhere_and_is_answered(circle: Circle) -> None:
    """One more contact than paths may pass through: none does, by night and when asked, and nothing breaks."""
    names = [f"p{number}" for number in range(LARGEST_HUB + 1)]
    ids: dict[str, str] = {}
    for some in batched(["Celebrity", *names]):
        ids |= await circle.people(*some)
    for some in batched(names):
        await circle.link(*(("Celebrity", name) for name in some))
    await circle.link(("p0", "p1"), ("p1", "p2"))
    asked = await circle.meet(ids["p0"], limit=200)  # no run yet: computed from his surroundings
    await circle.compute()
    night = await circle.meet(ids["p0"], limit=200)
    for found in (asked, night):
        assert [item["id"] for item in found["items"]] == [ids["p2"]]
    for nobody in ("Celebrity", "p1", "p9"):
        assert await circle.names(ids[nobody]) == []


def batched(names: Sequence[str], size: int = 1_000) -> Iterator[Sequence[str]]:
    """Yield as many as one push takes."""
    return (names[start : start + size] for start in range(0, len(names), size))


async def test_few_candidates_are_joined_by_those_most_like_the_person(circle: Circle) -> None:
    ids = await circle.people("Ada", "Bob", title="compiler poetry")
    ids |= await circle.people("Cem", title="gardens")
    await circle.link(("Ada", "Cem"))
    await circle.embed()
    await circle.compute()
    item = (await circle.meet(ids["Ada"]))["items"][0]
    assert item["id"] == ids["Bob"]
    assert (item["parts"]["mutual_contacts"], item["introducers"]) == (0, [])
    assert item["parts"]["semantic_similarity"] > 0.3


async def test_readiness_says_how_much_there_is(circle: Circle) -> None:
    await two_groups(circle)
    await circle.talk("Ada", "Bob", 1, 2)
    items = (await circle.ask("GET", "/readiness")).json()["items"]
    assert {item["kind"]: item["have"] for item in items} == {"people": 5, "links": 6, "interactions": 2, "feedback": 0}


async def introduced(circle: Circle, user_id: UUID | None, **query: Any) -> list[dict[str, Any]]:
    answer = await circle.ask("GET", "/introductions", user_id=user_id, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_who_can_introduce_to_a_contact_or_to_anybody_at_an_account(circle: Circle) -> None:
    [account] = await circle.push("accounts", {"source": "test", "external_id": "acme", "name": "Acme"})
    ids = await two_groups(circle)
    await circle.push("contacts", {"id": ids["Fay"], "account_id": account})
    await circle.talk("Ada", "Eva", 6)
    ada, bob = await circle.user("Ada", name="Ada"), await circle.user("Bob", name="Bob")
    for query in ({"contact_id": ids["Fay"]}, {"account_id": account}):
        first, *_others = await introduced(circle, ada, **query)
        assert (first["introducer"], first["target"]) == (
            {"id": ids["Eva"], "name": "Eva"},
            {"id": ids["Fay"], "name": "Fay"},
        )
        assert first["reason"].startswith("Eva")
        assert first["last_contact_at"] is not None
    assert (await introduced(circle, bob, contact_id=ids["Gus"]))[0]["introducer"]["name"] == "Eva"
    for query in ({}, {"contact_id": ids["Fay"], "account_id": account}):
        answer = await circle.ask("GET", "/introductions", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "contact_or_account")
    for name in ("contact", "account"):
        answer = await circle.ask("GET", "/introductions", params={f"{name}_id": str(uuid4())})
        assert (answer.status_code, answer.json()["code"]) == (404, f"{name}_not_found")
