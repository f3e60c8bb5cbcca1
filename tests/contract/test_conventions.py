"""What every operation keeps is said of every operation: nothing a new endpoint could forget."""

from uuid import UUID

import pytest

from kit.asgi import DEFAULT_BODY_LIMIT_BYTES
from kit.paging import MAX_LIMIT
from tests.conftest import House
from tests.contract.conftest import Workspace
from tests.contract.operations import OURS, READING_POSTS, Operation

every_operation = pytest.mark.parametrize("operation", OURS, ids=str)
every_reading_one = pytest.mark.parametrize("operation", [one for one in OURS if one.method == "GET"], ids=str)
CHANGING = [one for one in OURS if one.method == "POST" and one.path not in READING_POSTS]


def headers_in(operation: Operation) -> set[str]:
    return {one["name"] for one in operation.spec["parameters"] if one["in"] == "header"}


@every_operation
def test_it_says_which_headers_it_reads(operation: Operation) -> None:
    wanted = {"Accept-Language"}
    wanted |= {"If-None-Match"} if operation.method == "GET" else set()
    wanted |= {"Idempotency-Key"} if operation in CHANGING else set()
    assert headers_in(operation) == wanted


@every_operation
def test_it_says_which_scope_it_asks_for(operation: Operation) -> None:
    assert operation.spec["x-scope"] == operation.scope


@every_operation
def test_it_says_what_one_request_may_ask_for(operation: Operation) -> None:
    limits = operation.spec.get("x-limits", {})
    assert ("body_bytes" in limits) == ("requestBody" in operation.spec)
    assert limits.get("body_bytes", DEFAULT_BODY_LIMIT_BYTES) >= DEFAULT_BODY_LIMIT_BYTES
    assert limits.get("page_items") == (MAX_LIMIT if "limit" in parameters(operation) else None)
    lists = {name for name, one in body(operation).items() if one.get("type") == "array"}
    assert lists == limits.get("items", {}).keys()


def parameters(operation: Operation) -> set[str]:
    return {one["name"] for one in operation.spec["parameters"]}


def body(operation: Operation) -> dict[str, dict[str, object]]:
    return dict(operation.body_schema("application/json").get("properties", {}))


def test_a_bulk_write_takes_a_thousand_rows() -> None:
    pushes = [one for one in OURS if one.spec["operationId"].startswith("push_")]
    assert pushes
    assert {one.spec["x-limits"]["items"]["items"] for one in pushes} == {1_000}


@every_reading_one
async def test_what_is_read_again_unchanged_is_not_sent_again(
    houses: dict[str, House], seeded: Workspace, operation: Operation
) -> None:
    assert operation.spec["responses"]["304"]
    house, ids = houses[operation.house], seeded.ids[operation.house]
    token = house.token(seeded.id)
    request = operation.request(ids)
    first = await house.client.request(**request, headers=token)
    known = {"If-None-Match": first.headers.get("etag", "none")}
    again = await house.client.request(**request, headers=token | known)
    head = await house.client.request(**request | {"method": "HEAD"}, headers=token)
    if first.status_code == 404:  # a name that nobody has: of a model, say
        assert (again.status_code, head.status_code) == (404, 404)
    else:
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])


@pytest.mark.parametrize("operation", CHANGING, ids=str)
async def test_a_change_sent_twice_with_one_key_is_made_once(
    houses: dict[str, House], seeded: Workspace, workspace_id: UUID, operation: Operation
) -> None:
    house, request = houses[operation.house], operation.request(seeded.ids[operation.house])
    headers = house.token(workspace_id) | {"Idempotency-Key": f"once-{operation.spec['operationId']}"}
    first, second = [await house.client.request(**request, headers=headers) for _ in range(2)]
    assert first.status_code in {200, 202, 404, 409, 422}
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert (first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")) == (None, "true")
    assert second.headers.get("location") == first.headers.get("location")
