"""The identity matrix at the gateway's own endpoints, and of API keys at every operation of every service."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.proxy.api_keys import usecases
from kit.auth import SCOPES
from kit.db import Pool
from kit.testing import caller
from tests.contract.conftest import Gateway, Workspace, make_key
from tests.contract.operations import ADMIN, AT_THE_DOOR, OURS, Operation
from tests.contract.test_identity import ANY_ID, ask, assert_nothing_is_shown, assert_unauthenticated
from tests.contract.tokens import BAD_OUTSIDE, BAD_TO_ANYONE

HOUR = timedelta(hours=1)
every_operation = pytest.mark.parametrize("operation", [*OURS, *AT_THE_DOOR], ids=str)
of_the_door = pytest.mark.parametrize("operation", AT_THE_DOOR, ids=str)


@pytest.fixture(scope="session")
async def bad_keys(pool: Pool) -> dict[str, str]:
    """Return keys that must not be believed, by what is wrong with them."""
    who = caller(uuid4())
    revoked_id, revoked = await make_key(pool, who.workspace_id)
    await usecases.revoke(pool, who, revoked_id, now=datetime.now(UTC))
    _, expired = await make_key(pool, who.workspace_id, made=2 * HOUR, good_for=HOUR)
    _, good = await make_key(pool, who.workspace_id)
    return {
        "api_key_revoked": revoked,
        "api_key_expired": expired,
        "api_key_unknown": f"{good[:-1]}{'0' if good[-1] != '0' else '1'}",
    }


@every_operation
async def test_a_bad_key_opens_nothing(one_gateway: Gateway, bad_keys: dict[str, str], operation: Operation) -> None:
    before = [service.requests for service in one_gateway.behind.values()]
    for code, key in bad_keys.items():
        answer = await ask(one_gateway.client, operation, f"Bearer {key}", ids_for(operation))
        assert_unauthenticated(answer, operation.house, code)
        assert answer.json()["code"] == code
    assert [service.requests for service in one_gateway.behind.values()] == before


@every_operation
async def test_a_key_opens_what_its_scopes_open_and_no_more(
    one_gateway: Gateway, pool: Pool, operation: Operation
) -> None:
    _, good = await make_key(pool, uuid4(), {operation.scope, "ml:read"})  # who makes a key gives what he has
    opened = await ask(one_gateway.client, operation, f"Bearer {good}", ids_for(operation))
    assert opened.status_code in {200, 201, 202, 404, 409, 422}
    _, other = await make_key(pool, uuid4(), SCOPES - {operation.scope})
    refused = await ask(one_gateway.client, operation, f"Bearer {other}", ids_for(operation))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("operation", OURS, ids=str)
async def test_a_key_shows_nothing_of_another_workspace(
    one_gateway: Gateway, seeded: Workspace, pool: Pool, operation: Operation
) -> None:
    _, key = await make_key(pool, uuid4())
    answer = await ask(one_gateway.client, operation, f"Bearer {key}", seeded.ids[operation.house])
    assert_nothing_is_shown(operation, answer)


@of_the_door
async def test_the_gateways_own_endpoints_stop_a_bad_token(one_gateway: Gateway, operation: Operation) -> None:
    bad = {case: make() for case, make in BAD_TO_ANYONE.items()}
    bad |= {case: make(one_gateway.believes) for case, make in BAD_OUTSIDE.items()}
    for case, authorization in bad.items():
        answer = await ask(one_gateway.client, operation, authorization, ids_for(operation))
        assert_unauthenticated(answer, operation.house, case)


@of_the_door
async def test_only_the_administrators_scope_opens_them(one_gateway: Gateway, operation: Operation) -> None:
    outside = one_gateway.believes
    for scope in (None, "", "ml:read ml:write", f"{ADMIN}x", ADMIN.upper()):
        token = outside.signed(outside.claims(scope=scope))
        answer = await ask(one_gateway.client, operation, token, ids_for(operation))
        assert (answer.status_code, answer.json()["scope"]) == (403, ADMIN)


async def test_another_workspaces_key_is_one_that_nobody_has(one_gateway: Gateway, pool: Pool) -> None:
    owner = uuid4()
    key_id, key = await make_key(pool, owner)
    outside = one_gateway.believes
    stranger, own = (outside.signed(outside.claims(workspace_id=str(one))) for one in (uuid4(), owner))
    answers = [await revoke(one_gateway.client, one, stranger) for one in (key_id, uuid4())]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "key_not_found")] * 2
    listed = await one_gateway.client.get("/api/ml/keys", headers={"Authorization": stranger})
    assert listed.json() == {"items": [], "next_cursor": None}
    assert (await one_gateway.client.get("/api/ml/crm/users", headers={"Authorization": f"Bearer {key}"})).is_success
    assert (await revoke(one_gateway.client, key_id, own)).is_success


async def revoke(client: httpx.AsyncClient, key_id: UUID, authorization: str) -> httpx.Response:
    return await client.delete(f"/api/ml/keys/{key_id}", headers={"Authorization": authorization})


def ids_for(operation: Operation) -> dict[str, UUID | str]:
    return {**ANY_ID, "key_id": uuid4()} if operation.house == "gateway" else dict(ANY_ID)
