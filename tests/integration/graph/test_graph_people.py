"""GraphQL through the door, on the real crm, embeddings and recommend."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.integration.graph.conftest import Door
from tests.integration.recommend.conftest import Circle

SCRIPT = "<script>alert(1)</script>"
MEET = """query($id: UUID!) {
  recommendedContacts(contactId: $id, limit: 50, minScore: 0) {
    id score reason reasons { code direction text contribution } firstName influence
    contact { firstName tags influence churn { probability } similar(limit: 2) { id firstName tags similarity } }
  }
}"""


@pytest.fixture
async def people(door: Door, circle: Circle) -> dict[str, str]:
    """Two triangles that share Eva; Ada knows nobody of the other one but her."""
    circle.id = door.workspace_id
    ids = await circle.people("Ada", "Bob", "Eva", "Fay", organization="Engines", tags=["poet"])
    ids |= await circle.people("Gus", organization=SCRIPT, tags=[SCRIPT])
    await circle.link(("Ada", "Bob"), ("Ada", "Eva"), ("Bob", "Eva"), ("Eva", "Fay"), ("Eva", "Gus"), ("Fay", "Gus"))
    await circle.embed()
    await circle.compute()
    return ids


async def test_people_to_meet_come_with_all_that_is_said_of_them_by_one_call_for_each_kind(
    door: Door, circle: Circle, people: dict[str, str]
) -> None:
    answer = await door.ask(MEET, id=people["Ada"])
    assert "errors" not in answer
    assert Counter(door.behind.calls) == {
        "GET /recommendations/contacts": 1,
        "POST /similar/batch": 1,
        "POST /crm/contacts/batch": 1,
        "POST /churn/batch": 1,
    }
    found = {one["firstName"]: one for one in answer["data"]["recommendedContacts"]}
    rest = {one["contact"]["first_name"]: one for one in (await circle.meet(people["Ada"]))["items"]}
    assert found.keys() == rest.keys() == {"Fay", "Gus"}
    for name, one in found.items():
        assert (one["id"], one["score"], one["reason"]) == (people[name], rest[name]["score"], rest[name]["reason"])
        assert [reason["text"] for reason in one["reasons"]] == [reason["text"] for reason in rest[name]["reasons"]]
        assert len(one["contact"]["similar"]) == 2
        assert people[name] not in {near["id"] for near in one["contact"]["similar"]}
        assert all(near["id"] == people[near["firstName"]] for near in one["contact"]["similar"])
    assert found["Gus"]["contact"]["tags"] == [SCRIPT]
    assert answer["extensions"]["lists"][0]["status"] == "baseline"


async def test_neighbours_are_those_of_the_rest_api_in_its_order(door: Door, people: dict[str, str]) -> None:
    query = (
        "query($id: UUID!) { contact(id: $id) { similar { id similarity } } similarContacts(contactId: $id) { id } }"
    )
    data = (await door.ask(query, id=people["Bob"]))["data"]
    assert [one["id"] for one in data["contact"]["similar"]] == [one["id"] for one in data["similarContacts"]]
    assert data["contact"]["similar"]


async def test_search_finds_people_and_a_script_stays_a_text(door: Door, people: dict[str, str]) -> None:
    answer = await door.post('{ searchContacts(query: "<script> poet", limit: 5) { id organization } }')
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()["data"]["searchContacts"]
    assert {one["id"]: one["organization"] for one in found}[people["Gus"]] == SCRIPT


async def test_another_workspaces_people_are_nobody(door: Door, people: dict[str, str]) -> None:
    door.workspace_id = uuid4()
    query = """query($id: UUID!) {
      contact(id: $id) { firstName }
      similarContacts(contactId: $id) { id }
      recommendedContacts(contactId: $id) { id }
      contactClusters { id }
    }"""
    answer = await door.ask(query, id=people["Ada"])
    assert answer["data"] == {
        "contact": None, "similarContacts": None, "recommendedContacts": None, "contactClusters": [],
    }  # fmt: skip
    assert {error["extensions"]["status"] for error in answer["errors"]} == {404}


async def test_feedback_takes_somebody_off_the_list_once(door: Door, circle: Circle, people: dict[str, str]) -> None:
    door.user_id = await circle.user("Ada")
    say = """mutation($id: UUID!, $event: UUID!) {
      sendFeedback(kind: "contact", targetId: $id, action: "dismiss", eventId: $event)
    }"""
    event = str(uuid4())
    for _ in range(2):
        assert (await door.ask(say, id=people["Fay"], event=event))["data"] == {"sendFeedback": True}
    left = await door.ask("{ recommendedContacts(minScore: 0) { firstName } }")
    assert left["data"] == {"recommendedContacts": [{"firstName": "Gus"}]}
    refused = await door.ask(say.replace('"dismiss"', '"hug"'), id=people["Fay"], event=str(uuid4()))
    [error] = refused["errors"]
    assert (error["extensions"]["status"], error["extensions"]["errors"][0]["pointer"]) == (422, "#/action")
    reader = await door.post(say, door.token("ml:read"), id=people["Fay"], event=event)
    assert reader.json()["errors"][0]["extensions"]["code"] == "scope_missing"


async def test_who_has_no_card_is_told_so(door: Door, people: dict[str, str]) -> None:
    assert people
    answer = await door.ask("{ recommendedContacts { id } }")
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["service"]) == ("no_self_contact", "recommend")


@pytest.mark.parametrize(("part", "gone"), [("embeddings", "similar"), ("churn", "churn"), ("crm", "tags")])
async def test_one_service_stopped_and_all_the_rest_answers(
    door: Door, people: dict[str, str], part: str, gone: str
) -> None:
    door.behind.world.down.add(part)
    answer = await door.ask(MEET, id=people["Ada"])
    named: set[Any] = {(error["path"][-1], error["extensions"]["service"]) for error in answer["errors"]}
    assert (gone, part) in named
    for one in answer["data"]["recommendedContacts"]:
        assert one["reason"]
        assert one["contact"]["firstName"] in {"Fay", "Gus"}
        assert {name: one["contact"][name] is None for name in ("similar", "churn", "tags")} == {
            name: name == gone for name in ("similar", "churn", "tags")
        }


async def test_recommend_stopped_leaves_the_others(door: Door, people: dict[str, str]) -> None:
    door.behind.world.down.add("recommend")
    query = "query($id: UUID!) { recommendedContacts(contactId: $id) { id } contact(id: $id) { firstName } }"
    answer = await door.ask(query, id=people["Ada"])
    assert answer["data"] == {"recommendedContacts": None, "contact": {"firstName": "Ada"}}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["service_unavailable"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ a " * 50 + "}" * 50, "query_too_deep"),
        ("{" + " ".join(f"a{n}: contactClusters {{ id }}" for n in range(10_000)) + "}", "too_many_tokens"),
    ],
    ids=["depth 50", "ten thousand aliases"],
)
async def test_bad_queries_are_refused_and_nothing_is_asked(door: Door, query: str, code: str) -> None:
    answer = await door.post(query)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, code)
    assert "data" not in answer.json()
    assert door.behind.calls == []


async def test_the_door_stops_who_has_no_valid_token_and_what_is_no_post(door: Door) -> None:
    for token in ("forged", door.token(secret="another secret of more than thirty-two bytes")):
        answer = await door.post("{ __typename }", token)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    in_url = await door.client.get("/graphql", params={"query": "{ __typename }", "token": door.token()})
    assert in_url.status_code == 401
    headers = {"Authorization": f"Bearer {door.token()}"}
    assert (await door.client.get("/graphql", headers=headers)).status_code == 405
    assert door.behind.calls == []


async def test_a_query_counts_as_a_batch_against_its_callers_limits(door: Door) -> None:
    answer = await door.post("{ __typename }")
    assert answer.headers["ratelimit"].startswith('"token";r=4990;')


async def test_as_many_rows_as_are_asked_for_come_by_id(door: Door, circle: Circle, people: dict[str, str]) -> None:
    crm = circle._crm
    ids = [*people.values(), str(uuid4())]
    answer = await crm.client.post(
        "/api/ml/crm/contacts/batch", json={"ids": ids}, headers=crm.token(door.workspace_id, "ml:read")
    )
    items = answer.json()["items"]
    assert [one["id"] for one in items] == sorted(people.values(), key=lambda one: UUID(one).bytes)
    too_many = await crm.client.post(
        "/api/ml/crm/accounts/batch", json={"ids": ids[:1] * 1_001}, headers=crm.token(door.workspace_id)
    )
    assert (too_many.status_code, too_many.json()["limit"]) == (413, 1_000)
