"""Who is answered, how, and as whom the services are asked."""

import asyncio
import json
from uuid import uuid4

import jwt
import pytest

from kit.auth import SCOPES
from kit.testing import caller
from tests.unit.graph.conftest import USER, WORKSPACE, Graph, Opening
from tests.unit.graph.scripted import World, person, refuse

OVERVIEW = {"query": "{ sentimentOverview { neutralCount } }"}


@pytest.mark.parametrize("authorization", [None, "Bearer forged", "Basic YTpi", "Bearer " + jwt.encode({}, "x" * 40)])
async def test_nobody_is_answered_without_a_valid_token(graph: Graph, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    schema = await graph.client.post("/graphql", json={"query": "{ __schema { types { name } } }"}, headers=headers)
    assert schema.status_code == 401
    assert schema.headers["content-type"] == "application/problem+json"
    assert graph.world.requests == []


async def test_a_token_for_another_service_is_none_here(graph: Graph) -> None:
    token = graph.signer.token(caller(WORKSPACE), "crm")
    answer = await graph.client.post("/graphql", json=OVERVIEW, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_asking_wants_the_scope_to_read(graph: Graph) -> None:
    answer = await graph.post(OVERVIEW, *(SCOPES - {"ml:read"}))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_taken(graph: Graph, method: str) -> None:
    sent = (await graph.post(OVERVIEW)).request.headers
    answer = await graph.client.request(method, "/graphql?query={__typename}", headers=sent)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken_so_that_no_other_sites_form_can_ask(graph: Graph, kind: str) -> None:
    token = (await graph.post(OVERVIEW)).request.headers["authorization"]
    asked = len(graph.world.requests)
    headers = {"Authorization": token} | ({"Content-Type": kind} if kind else {})
    answer = await graph.client.post("/graphql", content=json.dumps(OVERVIEW), headers=headers)
    assert answer.status_code == 415
    assert len(graph.world.requests) == asked


@pytest.mark.parametrize(
    ("body", "status"),
    [([OVERVIEW], 422), ({}, 422), ({"query": ""}, 422), ({"query": 3}, 422), ({"query": "{a}", "variables": 1}, 422),
     ({"query": "{ __typename }", "onError": "HALT"}, 422), ({"query": "\x00"}, 422), ("{", 422)],
    ids=str,
)  # fmt: skip
async def test_a_body_that_is_no_request_is_a_problem_document(graph: Graph, body: object, status: int) -> None:
    answer = await graph.post(body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert graph.world.requests == []


SEARCH = "query($q: String!) { searchContacts(query: $q) { id } }"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"query": "{ __typename }", "variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"query": "%b", "variables": {"q": "\\ud800"}}' % SEARCH.encode(), 422),
        (b'{"query": "%b", "variables": {"q": NaN}}' % SEARCH.encode(), 422),
        (b'{"query": "\\ud800"}', 422),
        (b'{"query": "{ searchContacts(query: \\"\\\\ud800\\") { id } }"}', 400),
        (b"\xff\xfe", 400),
        (b"", 422),
    ],
    ids=["nested", "surrogate in a variable", "NaN", "surrogate", "surrogate in a text", "no UTF-8", "nothing"],
)
async def test_what_cannot_be_passed_on_is_refused(graph: Graph, body: bytes, status: int) -> None:
    token = graph.signer.token(caller(WORKSPACE), "graph")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = await graph.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert graph.world.requests == []


async def test_services_are_asked_as_the_same_person_by_a_token_of_our_own(graph: Graph) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await graph.post(
        OVERVIEW, "ml:read", X_Request_Id="ours-12345", traceparent=trace, Accept_Language="ru-RU,en;q=0.5"
    )
    [sent] = graph.world.requests
    claims = jwt.decode(sent.headers["authorization"].split()[1], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"], claims["exp"] - claims["iat"]) == ("graph", "sentiment", 60)
    assert (claims["workspace_id"], claims["sub"], claims["scope"]) == (str(WORKSPACE), str(USER), "ml:read")
    assert (sent.headers["x-request-id"], sent.headers["traceparent"]) == ("ours-12345", trace)
    assert sent.headers["accept-language"] == "ru"


@pytest.mark.parametrize(("accept", "kind"), [
    ("*/*", "application/json"), ("application/graphql-response+json", "application/graphql-response+json"),
])  # fmt: skip
async def test_it_answers_in_the_media_type_that_is_wanted(graph: Graph, accept: str, kind: str) -> None:
    answer = await graph.post(OVERVIEW, Accept=accept)
    assert answer.headers["content-type"].split(";")[0] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-language"] == "en"
    assert "Accept-Language" in answer.headers["vary"]


async def test_a_script_in_a_name_is_a_name(graph: Graph) -> None:
    script = "<script>alert(1)</script>"
    graph.world.scripts["/crm/contacts/batch"] = lambda _request: {
        "items": [{"id": person(1), "first_name": script, "tags": [script]}]
    }
    query = 'query { contact(id: "%s") { firstName tags } }' % person(1)  # noqa: UP031 braces
    answer = await graph.post({"query": query})
    assert answer.json()["data"]["contact"] == {"firstName": script, "tags": [script]}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


FEEDBACK = """mutation($id: UUID!, $event: UUID!, $decision: UUID) {
  sendFeedback(kind: "account", targetId: $id, action: "save", eventId: $event, decisionId: $decision)
}"""


@pytest.mark.parametrize("status", ["accepted", "duplicate"])
async def test_feedback_is_passed_on_by_its_event_and_true_however_often_it_is_sent(graph: Graph, status: str) -> None:
    graph.world.scripts["/recommendations/feedback"] = lambda _request: {"status": status}
    event, decision = str(uuid4()), str(uuid4())
    answer = await graph.ask(FEEDBACK, id=person(1), event=event, decision=decision)
    assert answer == {"data": {"sendFeedback": True}}
    assert graph.world.body_of("/recommendations/feedback") == {
        "kind": "account",
        "target_id": person(1),
        "action": "save",
        "event_id": event,
        "decision_id": decision,
    }


async def test_feedback_wants_the_scope_that_its_service_asks_for(graph: Graph) -> None:
    graph.world.scripts["/recommendations/feedback"] = refuse(403, code="scope_missing", detail="x", scope="ml:write")
    answer = await graph.ask(FEEDBACK, id=person(1), event=str(uuid4()))
    assert answer["data"] == {"sendFeedback": None}
    assert answer["errors"][0]["extensions"]["scope"] == "ml:write"
    assert "decision_id" not in graph.world.body_of("/recommendations/feedback")


@pytest.mark.usefixtures("logging_put_back")
async def test_what_people_write_is_not_logged(opening: Opening, capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.down.add("recommend")
    graph = await opening(world, log_level="debug")
    for query in ('{ searchContacts(query: "Ada Lovelace") { id } }', "{ Ada: recommendedContacts { id } }"):
        await graph.post({"query": query, "variables": {"Ada": "Lovelace"}})
    await asyncio.sleep(0.2)  # lines go out together
    lines = capsys.readouterr().err
    assert lines.count('"route": "/graphql"') == 2
    assert "Ada" not in lines
