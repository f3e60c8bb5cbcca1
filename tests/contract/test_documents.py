"""The committed OpenAPI documents say what the services do, in one style, and the gateway leads to all of it."""

import json
import re
from collections import Counter

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from gateway.proxy.routes import ROUTES, Table
from kit.auth import OPEN_PATHS
from kit.operations import operations
from kit.paging import MAX_LIMIT
from tests.contract.apps import build, build_keys, houses
from tests.contract.operations import ADMIN, AT_THE_DOOR, DOCUMENTS, EVERY_OPERATION, OPERATIONS, OURS, Operation
from tests.contract.write import FOLDER, text

TABLE = Table(ROUTES)


@pytest.mark.parametrize("house", houses())
def test_the_committed_document_is_the_services_own(house: str) -> None:
    committed = (FOLDER / f"{house}.json").read_text(encoding="utf-8")
    assert committed == text(DOCUMENTS[house]), "run `make api` and look at what changed"


def test_no_document_is_left_of_a_service_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(houses())


@pytest.mark.parametrize("house", houses())
def test_a_document_is_openapi_3_1_and_demands_a_token_everywhere(house: str) -> None:
    described = DOCUMENTS[house]
    assert described["openapi"].startswith("3.1")
    assert described["security"] == [{"bearer": []}]
    assert [str(one) for one in OPERATIONS if one.house == house and "security" in one.spec] == []


@pytest.mark.parametrize("house", houses())
def test_every_route_is_in_the_document_or_open_to_all(house: str) -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENTS[house]["paths"].items() for method in methods}
    found = list(iter_route_contexts(build(house).routes))
    served = {(method, str(route.path_format)) for route in found for method in route.methods or ("any",)}
    assert {(method, path) for method, path in served if path not in OPEN_PATHS} == described
    assert [route.path for route in found if not isinstance(route.original_route, APIRoute)] == []


@pytest.mark.parametrize("house", sorted({operation.house for operation in OURS}))
def test_every_route_asks_for_a_scope(house: str) -> None:
    asking = {(one.method, one.path) for one in operations(build(house))}
    assert asking == {(one.method, one.path) for one in OURS if one.house == house}


def test_every_route_of_the_gateways_own_asks_for_the_administrators_scope() -> None:
    asking = {(one.method, one.path, one.scope) for one in operations(build_keys())}
    assert asking == {(one.method, one.path, ADMIN) for one in AT_THE_DOOR}


@pytest.mark.parametrize("operation", EVERY_OPERATION, ids=str)
def test_an_operation_says_what_it_is_in_a_line_that_is_no_headline(operation: Operation) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation.spec["operationId"])
    assert re.fullmatch(r"[A-Z]\w*( [a-z\-]+| API)*", operation.spec["summary"])
    assert operation.spec["description"].rstrip().endswith(".")
    assert operation.spec["tags"]


def test_no_two_operations_have_one_name() -> None:
    names = Counter(operation.spec["operationId"] for operation in EVERY_OPERATION)
    assert {name: count for name, count in names.items() if count > 1} == {}


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in OURS], ids=str)
def test_the_encoder_fails_in_the_shape_its_clients_know(operation: Operation) -> None:
    failures = {status: answer for status, answer in operation.spec["responses"].items() if status >= "400"}
    assert {"400", "401", "503"} <= failures.keys()
    assert "Problem" not in json.dumps(DOCUMENTS[operation.house])
    for answer in failures.values():
        assert answer["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


@pytest.mark.parametrize("operation", [*OURS, *AT_THE_DOOR], ids=str)
def test_every_list_is_items_and_next_cursor(operation: Operation) -> None:
    properties = operation.schema.get("properties", {})
    assert operation.schema["type"] == "object"
    parameters = {one["name"]: one["schema"] for one in operation.spec.get("parameters", ())}
    if "cursor" in parameters or "items" in properties:
        listed = properties.get("items") or properties["members"]  # a page of what is in one thing has its name
        assert listed["type"] == "array"
        assert {"type": "string"} in properties["next_cursor"]["anyOf"]
    if "limit" in parameters:
        assert (parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (1, MAX_LIMIT)
        assert "default" in parameters["limit"]


@pytest.mark.parametrize("operation", OURS, ids=str)
def test_the_gateway_leads_to_it(operation: Operation) -> None:
    route = TABLE.match(operation.path.replace("{", "").replace("}", ""))
    assert route is not None
    assert route.service == operation.house
    assert operation.method in route.methods


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in OURS], ids=str)
def test_the_gateway_does_not_lead_to_what_is_inside_only(operation: Operation) -> None:
    assert TABLE.match(operation.path) is None
