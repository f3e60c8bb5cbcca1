"""The identity matrix: every operation of every document, asked by everybody who must not be answered.

Made from the documents, so that a new endpoint is in it from its first day; a new kind of id in a path has to be
seeded in conftest.py before anything here passes.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit.auth import SCOPES, Identity
from tests.conftest import House
from tests.contract.apps import houses as all_houses
from tests.contract.conftest import MODEL, SEEDED, Gateway, Workspace
from tests.contract.operations import OPERATIONS, OURS, Ids, Operation
from tests.contract.tokens import BAD_INSIDE, BAD_OUTSIDE, BAD_TO_ANYONE, Header, Inside

READING = [operation for operation in OURS if operation.method == "GET"]
NAMED = (*SEEDED, "merge_id", "job_id", "entity_id", "target_id", "event_id", "model", "name")
NUMBERS = {"cluster_id": "2147483647", "version": "4000"}  # ids that are no UUIDs, and one of each that nobody has
ANY_ID: Ids = {**dict.fromkeys(NAMED, uuid4()), **NUMBERS, **MODEL}

HIDDEN = ["/", "/docs", "/redoc", "/openapi.json", "/api/ml/nothing", "/livez/", "/metrics/x"]

# Lists that are empty until the nightly job has made what is in them.
MADE_BY_A_JOB = {"list_communities", "list_influence", "list_sentiments"}

# Answers that are the same for an id nobody has and for another workspace's, without being 404.
SAYS_NOTHING = {
    "read_embeddings_erasure": "an id of which nothing is here is an erased one",
    "read_recommendations_erasure": "as above",
    "list_recommendations_model_events": "of a model that was never trained: nothing has happened to it",
    "roll_back_recommendations_model": "as above: there is nothing to go back to",
    "read_churn_erasure": "an id of which nothing is here is an erased one",
    "list_churn_model_events": "of a model that was never trained: nothing has happened to it",
    "roll_back_churn_model": "as above: there is nothing to go back to",
    "read_sentiment_erasure": "an id of which nothing is here is an erased one",
    "list_sentiment_model_events": "of a model that no night has registered: nothing has happened to it",
    "roll_back_sentiment_model": "as above: there is nothing to go back to",
}
# What a good token may be told beside the answer: there is nothing there yet.
GOOD = {200, 202, 404, 409}

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
every_operation_of_ours = pytest.mark.parametrize("operation", OURS, ids=str)


async def ask(
    client: httpx.AsyncClient, operation: Operation, authorization: Header, ids: Ids = ANY_ID
) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await client.request(**operation.request(ids), headers=headers)


def assert_unauthenticated(answer: httpx.Response, house: str, case: str) -> None:
    body = answer.json()
    assert (answer.status_code, case) == (401, case)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["x-request-id"]
    if house == "encoder":
        assert body.keys() == {"error"}
        assert body["error"]["type"] == "invalid_request_error"
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert (body["status"], body["request_id"]) == (401, answer.headers["x-request-id"])


def test_every_service_is_in_the_matrix(houses: dict[str, House]) -> None:
    assert sorted(houses) == all_houses() == sorted({operation.house for operation in OPERATIONS})


@every_operation
async def test_nobody_is_answered_without_a_token(houses: dict[str, House], operation: Operation) -> None:
    for case, authorization in BAD_TO_ANYONE.items():
        answer = await ask(houses[operation.house].client, operation, authorization())
        assert_unauthenticated(answer, operation.house, case)


@every_operation
async def test_a_token_with_one_thing_wrong_is_none(
    houses: dict[str, House], inside: Callable[[str], Inside], operation: Operation
) -> None:
    for case, authorization in BAD_INSIDE.items():
        answer = await ask(houses[operation.house].client, operation, authorization(inside(operation.house)))
        assert_unauthenticated(answer, operation.house, case)


@pytest.mark.parametrize("house", all_houses())
async def test_without_a_token_one_cannot_even_learn_what_there_is(houses: dict[str, House], house: str) -> None:
    answers = {path: (await houses[house].client.get(path)).status_code for path in HIDDEN}
    assert answers == dict.fromkeys(HIDDEN, 401)


@every_operation_of_ours
async def test_a_good_token_opens_it(houses: dict[str, House], operation: Operation) -> None:
    """The matrix would be worth nothing were its tokens refused for another reason."""
    answer = await ask(houses[operation.house].client, operation, bearer(houses[operation.house], {operation.scope}))
    assert answer.status_code in GOOD


@every_operation_of_ours
async def test_it_wants_its_scope(houses: dict[str, House], operation: Operation) -> None:
    house = houses[operation.house]
    for scopes in (frozenset[str](), SCOPES - {operation.scope}):
        answer = await ask(house.client, operation, bearer(house, scopes))
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["scope"]) == (403, "scope_missing", operation.scope)
        assert answer.headers["content-type"] == "application/problem+json"


@every_operation_of_ours
async def test_another_workspaces_ids_are_ids_that_nobody_has(
    houses: dict[str, House], seeded: Workspace, operation: Operation
) -> None:
    house = houses[operation.house]
    before = await everything_of(houses, seeded, operation)
    theirs = await ask(house.client, operation, bearer(house), seeded.ids[operation.house])
    nobodys = await ask(
        house.client, operation, bearer(house), {**{name: uuid4() for name in NAMED}, **NUMBERS, **MODEL}
    )
    assert likeness(theirs) == likeness(nobodys)
    assert_nothing_is_shown(operation, theirs)
    assert await everything_of(houses, seeded, operation) == before


@pytest.mark.parametrize("operation", READING, ids=str)
async def test_a_workspaces_own_ids_are_found(
    houses: dict[str, House], seeded: Workspace, operation: Operation
) -> None:
    """Were they not, nothing of another workspace's could be shown above either."""
    house = houses[operation.house]
    own = bearer(house, workspace_id=seeded.id)
    answer = await ask(house.client, operation, own, seeded.ids[operation.house])
    assert answer.status_code == 200
    empty_at_first = operation.spec["operationId"] in MADE_BY_A_JOB | SAYS_NOTHING.keys()
    page = answer.json().get("items") or answer.json().get("members")
    assert not operation.is_list or page or empty_at_first


@every_operation_of_ours
async def test_the_gateway_stops_a_bad_token(gateway: Gateway, operation: Operation) -> None:
    before = [service.requests for service in gateway.behind.values()]
    bad = {case: make() for case, make in BAD_TO_ANYONE.items()}
    bad |= {case: make(gateway.believes) for case, make in BAD_OUTSIDE.items()}
    for case, authorization in bad.items():
        assert_unauthenticated(await ask(gateway.client, operation, authorization), operation.house, case)
    assert [service.requests for service in gateway.behind.values()] == before


@every_operation_of_ours
async def test_the_gateway_passes_scopes_on_and_adds_none(gateway: Gateway, operation: Operation) -> None:
    others = " ".join(sorted(SCOPES - {operation.scope}))
    outside = gateway.believes
    for scope in (None, "", others, f"{operation.scope}x", operation.scope.upper()):
        answer = await ask(gateway.client, operation, outside.signed(outside.claims(scope=scope)))
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    good = await ask(gateway.client, operation, outside.signed(outside.claims(scope=operation.scope)))
    assert good.status_code in GOOD


@every_operation_of_ours
async def test_the_gateway_shows_nothing_of_another_workspace(
    one_gateway: Gateway, houses: dict[str, House], seeded: Workspace, operation: Operation
) -> None:
    before = await everything_of(houses, seeded, operation)
    outside = one_gateway.believes
    answer = await ask(one_gateway.client, operation, outside.signed(outside.claims()), seeded.ids[operation.house])
    assert_nothing_is_shown(operation, answer)
    assert await everything_of(houses, seeded, operation) == before


def assert_nothing_is_shown(operation: Operation, answer: httpx.Response) -> None:
    if operation.names and operation.spec["operationId"] not in SAYS_NOTHING:
        assert answer.status_code == 404
    elif operation.is_list:
        assert answer.json().items() >= {"items": [], "next_cursor": None}.items()
    else:
        assert answer.status_code in GOOD


def bearer(house: House, scopes: frozenset[str] | set[str] = SCOPES, *, workspace_id: UUID | None = None) -> str:
    who = Identity("gateway", workspace_id or uuid4(), None, frozenset(scopes))
    return f"Bearer {house.signer.token(who, house.service)}"


async def everything_of(houses: dict[str, House], owner: Workspace, asked: Operation) -> dict[str, Any]:
    """Return all that a workspace can read of itself; nothing where what is asked only reads."""
    found = {}
    for operation in [] if asked in READING else READING:
        house = houses[operation.house]
        own = bearer(house, workspace_id=owner.id)
        answer = await ask(house.client, operation, own, owner.ids[operation.house])
        found[str(operation)] = likeness(answer, keep_ids=True)
    return found


def likeness(answer: httpx.Response, *, keep_ids: bool = False) -> tuple[int, str]:
    """Return an answer without what differs from one request to the next."""
    body = {name: value for name, value in answer.json().items() if name not in {"request_id", "computed_at"}}
    text = json.dumps(body, sort_keys=True)
    if not keep_ids:
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "<time>", text)
    return answer.status_code, text
