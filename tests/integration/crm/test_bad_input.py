"""Bad input: a problem document that names the field and what is allowed, never a 500, nothing half written."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.asgi import DEFAULT_BODY_LIMIT_BYTES
from tests.conftest import House
from tests.integration.crm.conftest import Workspace, pointers

KEY = {"source": "test", "external_id": "7"}
OTHER_LISTS_CURSOR = "_" * 21 + "w"  # the highest id there can be, as a cursor


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] != "internal_error"
    return document


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/contacts/7", "#/contact_id"),
        ("/contacts/%00", "#/contact_id"),
        ("/users/not-an-id", "#/user_id"),
        ("/jobs/7", "#/job_id"),
        ("/contacts?limit=0", "#/limit"),
        ("/contacts?limit=201", "#/limit"),
        ("/contacts?limit=1e3", "#/limit"),
        ("/contacts?cursor=x", "#/cursor"),
        ("/contacts?cursor=" + "x" * 60_000, "#/cursor"),
        ("/contacts?cursor=%D0%B6%00", "#/cursor"),
        ("/contacts?source=%00", "#/source"),
        ("/contacts?external_id=" + "x" * 201, "#/external_id"),
        ("/jobs?kind=%27%3B--", "#/kind"),
        (f"/contacts/{{id}}/versions?cursor={OTHER_LISTS_CURSOR}", "#/cursor"),
    ],
)
async def test_a_bad_id_cursor_or_filter_is_named(facts: Workspace, path: str, pointer: str) -> None:
    [row] = await facts.push(KEY)
    document = problem_of(await facts.call("GET", path.replace("{id}", row["id"])), 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("content", "status", "pointer"),
    [
        (b'{"items": [', 400, "#"),
        (b"\xff\xfe\xfa", 400, None),
        (b"[" * 100_000, 400, None),
        (b'{"items": ' + b"[" * 900 + b"]" * 900 + b"}", 200, None),
        (b'{"items": [1' + b"0" * 5_000 + b"]}", 400, None),
        (b"[]", 422, "#"),
        (b"{}", 422, "#/items"),
        (b'{"items": {}}', 422, "#/items"),
        (b'{"items": null}', 422, "#/items"),
        (b'{"items": [], "extra": 1}', 422, "#/extra"),
        (b'{"items": [], "\\ud83d": 1}', 422, None),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_bad_body_is_refused_whole(facts: Workspace, content: bytes, status: int, pointer: str | None) -> None:
    answer = await facts.call("PUT", "/contacts", content=content, headers={"content-type": "application/json"})
    if status != 200:
        document = problem_of(answer, status)
        assert pointer is None or [error["pointer"] for error in document["errors"]] == [pointer]
    assert not await facts.exists()


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("first_name", "a\x00b", None),
        ("first_name", "x" * 100_000, {"max_length": 200}),
        ("notes", "x" * 100_000, {"max_length": 20_000}),
        ("tags", [""], {"min_length": 1}),
        ("created_at", "yesterday", None),
        ("custom", {"x": "\x00"}, None),
        ("influence_score", 2, {"le": 1.0}),
    ],
)
async def test_a_bad_field_is_named_with_what_is_allowed_and_the_rows_beside_it_are_written(
    facts: Workspace, field: str, value: object, allowed: dict[str, object] | None
) -> None:
    rejected, created = await facts.push(KEY | {field: value}, {"source": "test", "external_id": "8"})
    assert (rejected["status"], rejected["id"], created["status"]) == ("rejected", None, "created")
    assert pointers(rejected)[0].startswith(f"#/{field}")
    assert rejected["error"]["errors"][0]["allowed"] == allowed
    assert [row["external_id"] for row in await facts.items("/contacts")] == ["8"]


@pytest.mark.parametrize(
    "name",
    [
        "عمر ابن الخطاب",
        "\u202eשלם\u202c",
        "👩\u200d👩\u200d👧\u200d👦",
        "Z\u0338\u0321a\u0300\u0301",
        "𝄞𐍈",
        "李\u3000明",
        "Ỉ" * 200,
        "'; DROP TABLE contacts; --",
        '%s {0} \\ " \u2028',
        "",
    ],
)
async def test_a_name_in_any_script_comes_back_as_it_was_sent(facts: Workspace, name: str) -> None:
    assert await facts.statuses(KEY | {"first_name": name, "custom": {name: [name]}}) == ["created"]
    contact = await facts.one()
    assert (contact["first_name"], contact["custom"]) == (name, {name: [name]})
    assert await facts.statuses(KEY | {"first_name": name}) == ["unchanged"]


async def test_a_text_of_a_hundred_thousand_characters_within_its_limits_is_no_fault(facts: Workspace) -> None:
    row = KEY | {"notes": "字" * 20_000, "urls": ["u" * 2_000] * 50}
    assert await facts.statuses(row) == ["created"]
    assert row.items() <= (await facts.one()).items()


@pytest.mark.parametrize("number", ["1e300", "-1e-300", "123456789012345678901234567890", "1" + "0" * 300, "-0.0"])
async def test_numbers_of_any_size_in_custom_fields_are_no_fault(facts: Workspace, number: str) -> None:
    body = json.dumps({"items": [KEY | {"custom": {"x": 0}}]}).replace('"x": 0', f'"x": {number}')
    for status in ("created", "unchanged"):
        answer = await facts.call("PUT", "/contacts", content=body, headers={"content-type": "application/json"})
        assert answer.json()["results"][0]["status"] == status
    assert float((await facts.one())["custom"]["x"]) == float(number)


async def test_fifty_megabytes_are_refused_with_the_limit_declared_or_not(facts: Workspace) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 1024 * 1024

    headers = {"content-type": "application/json"}
    declared = await facts.call("PUT", "/contacts", content=b" " * 50 * 1024 * 1024, headers=headers)
    streamed = await facts.call("PUT", "/contacts", content=stream(), headers=headers)
    for answer in (declared, streamed):
        document = problem_of(answer, 413)
        assert (document["code"], document["limit_bytes"]) == ("body_too_large", DEFAULT_BODY_LIMIT_BYTES)
    assert not await facts.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x" * 201}, "#/name"),
        ({"name": "\x00"}, "#/name"),
        ({"locale": "de"}, "#/locale"),
        ({"timezone": "Mars/Olympus"}, "#/timezone"),
        ({"pooled_training": "perhaps"}, "#/pooled_training"),
        ({"owner": "me"}, "#/owner"),
    ],
)
async def test_a_bad_setting_of_a_workspace_is_named(facts: Workspace, body: dict[str, object], pointer: str) -> None:
    document = problem_of(await facts.call("PUT", "/workspace", json=body), 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert not await facts.exists()


async def test_every_operation_refuses_the_wrong_scope_and_another_workspaces_id(
    crm: House, facts: Workspace, workspace_id: UUID
) -> None:
    [row] = await facts.push(KEY)
    path = f"/api/ml/crm/contacts/{row['id']}"
    reader, stranger = crm.token(workspace_id, "ml:read"), crm.token(uuid4())
    assert problem_of(await crm.client.delete(path, headers=reader), 403)["scope"] == "ml:write"
    assert problem_of(await crm.client.put("/api/ml/crm/contacts", json={"items": []}, headers=reader), 403)
    for method in ("GET", "DELETE"):
        problem_of(await crm.client.request(method, path, headers=stranger), 404)
    problem_of(await crm.client.get(f"{path}/versions", headers=stranger), 404)
    assert await facts.one(id=row["id"])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["id", "source", "external_id", "first_name", "emails", "tags", "custom", "created_at", "influence_score", "x"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(fields, values, max_size=6) | values, max_size=4))
async def test_nothing_that_json_can_say_is_a_fault(crm: House, workspace_id: UUID, rows: list[Any]) -> None:
    headers = crm.token(workspace_id) | {"content-type": "application/json"}
    answer = await crm.client.put("/api/ml/crm/contacts", content=json.dumps({"items": rows}), headers=headers)
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == len(rows)
