"""Erasing: the row, its history and its traces elsewhere; the job ends when every follower has confirmed."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.errors import Unavailable
from kit.http import ServiceClient
from kit.jobs import Run, store
from kit.testing import Keys, caller, until
from services.crm.jobs import run_erase
from services.crm.usecases import erasures
from services.embeddings.model.known import Models
from services.embeddings.usecases import embed
from tests.conftest import House
from tests.integration.crm.conftest import Workspace
from tests.integration.crm.test_push import feed_of


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("crm"), name="test", max_size=4) as pool:
        yield pool


@pytest.fixture
async def follower(embeddings: House, keys: Keys) -> AsyncIterator[ServiceClient]:
    """Return how the worker reaches the embeddings."""
    addresses, transport = {"embeddings": "http://service"}, embeddings.client._transport
    async with ServiceClient(addresses, keys.signer("crm"), transport=transport) as client:
        yield client


async def erase(facts: Workspace, pool: Pool, row_id: str, *, kind: str = "contacts") -> Run:
    answer = await facts.call("DELETE", f"/{kind}/{row_id}")
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"].endswith(answer.json()["id"])
    async with workspace(pool, facts.id) as connection:
        job = await store.start(connection, facts.id, UUID(answer.json()["id"]))
    assert job is not None
    return Run(job, pool)


async def has_vector(facts: Workspace, embeddings_pool: Pool) -> bool:
    async with workspace(embeddings_pool, facts.id) as connection:
        row = await (await connection.execute("SELECT count(*) FROM vectors")).fetchone()
    return row != (0,)


async def followed(facts: Workspace, embeddings_pool: Pool, models: Models) -> bool:
    await embed.follow_workspace(embeddings_pool, facts.id, models)
    return await has_vector(facts, embeddings_pool)


async def test_an_erased_contact_is_gone_with_its_history_and_every_trace_but_its_id(
    facts: Workspace, pool: Pool, database: postgres.Server
) -> None:
    [card] = await facts.push({"source": "x", "external_id": "1", "first_name": "Ada"})
    [user] = await facts.push({"source": "x", "external_id": "u", "contact_id": card["id"]}, kind="users")
    await erase(facts, pool, card["id"])
    for path in (f"/contacts/{card['id']}", f"/contacts/{card['id']}/versions"):
        assert (await facts.call("GET", path)).status_code == 404
    assert (await facts.call("DELETE", f"/contacts/{card['id']}")).status_code == 404
    assert (await facts.read(f"/users/{user['id']}"))["contact_id"] is None
    async with workspace(pool, facts.id) as connection:
        left = await connection.execute("SELECT count(*) FROM contact_versions")
        assert await left.fetchone() == (0,)
    changes = await feed_of(database, facts.id)
    assert (UUID(card["id"]), "delete") in changes
    assert changes.count((UUID(user["id"]), "update")) == 1


async def test_erasing_is_done_when_the_follower_has_let_go_and_not_before(
    facts: Workspace, pool: Pool, follower: ServiceClient, embeddings_pool: Pool, models: Models
) -> None:
    [row] = await facts.push({"source": "x", "external_id": "1", "first_name": "Ada"})
    await until(lambda: followed(facts, embeddings_pool, models))
    run = await erase(facts, pool, row["id"])
    waiting = asyncio.create_task(run_erase(run, client=follower))
    done, _ = await asyncio.wait([waiting], timeout=erasures.ASK_EVERY_S * 2)
    assert not done

    async def let_go() -> bool:
        return not await followed(facts, embeddings_pool, models)

    await until(let_go)
    assert (await waiting)["confirmed_by"] == ["crm", "embeddings"]
    assert not await has_vector(facts, embeddings_pool)


async def test_what_was_never_followed_is_not_confirmed_before_its_erasure_is_read(
    facts: Workspace, pool: Pool, follower: ServiceClient, embeddings_pool: Pool, models: Models
) -> None:
    """There is no vector yet, but a follower that has read the contact may be about to write one."""
    [row] = await facts.push({"source": "x", "external_id": "1", "first_name": "Ada"})
    await erase(facts, pool, row["id"])
    path = f"/api/ml/embeddings/erasures/{row['id']}"
    assert (await follower.get_json("embeddings", path, caller(facts.id)))["erased"] is False

    async def confirmed() -> bool:
        await embed.follow_workspace(embeddings_pool, facts.id, models)
        return bool((await follower.get_json("embeddings", path, caller(facts.id)))["erased"])

    await until(confirmed)


async def test_users_are_erased_the_same_way(
    facts: Workspace, pool: Pool, follower: ServiceClient, embeddings_pool: Pool, models: Models
) -> None:
    [user] = await facts.push({"source": "x", "external_id": "u", "name": "Ada"}, kind="users")
    run = await erase(facts, pool, user["id"], kind="users")
    waiting = asyncio.create_task(run_erase(run, client=follower))

    async def finished() -> bool:
        await embed.follow_workspace(embeddings_pool, facts.id, models)
        return waiting.done()

    await until(finished)
    assert (await waiting)["confirmed_by"] == ["crm", "embeddings"]


async def test_a_follower_that_is_away_for_a_moment_or_talks_nonsense_is_asked_again(
    facts: Workspace, keys: Keys
) -> None:
    answers = [
        httpx.Response(503),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"erased": "yes"}),
        httpx.Response(200, json={"erased": True}),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"].startswith("Bearer ")
        if len(answers) == 6:
            answers.pop(0)
            raise httpx.ConnectError("no route")
        return answers.pop(0)

    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    transport = httpx.MockTransport(answer)
    async with ServiceClient({"embeddings": "http://e"}, keys.signer("crm"), transport=transport) as client:
        confirming = erasures.confirm(client, facts.id, uuid4(), progress, ask_every_s=0)
        assert await confirming == ["embeddings"]
    assert (answers, told) == ([], [(1, 1)])


async def test_a_follower_that_stays_away_is_named_and_the_job_tried_again(facts: Workspace, keys: Keys) -> None:
    async def progress(_done: int, _total: int) -> None: ...

    transport = httpx.MockTransport(lambda _request: httpx.Response(503))
    async with ServiceClient({"embeddings": "http://e"}, keys.signer("crm"), transport=transport) as client:
        with pytest.raises(Unavailable, match="embeddings has not confirmed") as away:
            await erasures.confirm(client, facts.id, uuid4(), progress, ask_every_s=0.01, patience_s=0.1)
    assert away.value.status >= 500
