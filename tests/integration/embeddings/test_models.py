"""Several embedding models side by side: filled in the background, switched in one step, never an empty answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.db import workspace
from kit.errors import Unavailable
from services.embeddings import train
from services.embeddings.domain import ModelName
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import embed
from services.embeddings.usecases import models as choosing
from tests.conftest import DIMENSIONS, OTHER_DIMENSIONS, OTHER_MODEL, House, Provider
from tests.integration.embeddings.conftest import People

MODEL = "test"
VERSIONS = {MODEL: str(DIMENSIONS), OTHER_MODEL: str(OTHER_DIMENSIONS)}


async def add(people: People, name: str = OTHER_MODEL) -> httpx.Response:
    return await people.ask("POST", "/embeddings/models", json={"name": name})


async def promote(people: People, name: str) -> httpx.Response:
    return await people.ask("POST", f"/embeddings/models/{name}/versions/{VERSIONS[name]}/promote")


async def roll_back(people: People, name: str) -> httpx.Response:
    return await people.ask("POST", f"/embeddings/models/{name}/rollback")


async def states(people: People) -> dict[str, tuple[str, int]]:
    items = (await people.read("/embeddings/models"))["items"]
    return {item["name"]: (item["state"], item["vectors"]) for item in items}


async def by_model(people: People) -> dict[str, set[str]]:
    async with workspace(people.pool, people.id) as connection:
        rows = await (await connection.execute("SELECT model, contact_id::text FROM vectors")).fetchall()
    return {model: {contact for one, contact in rows if one == model} for model, _ in rows}


async def switched(people: People) -> dict[str, str]:
    """Push some people and let the other model serve them."""
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"}, Clara={"title": "violin"})
    await people.embed()
    assert (await add(people)).status_code == 202
    await people.embed()
    assert (await promote(people, OTHER_MODEL)).status_code == 200
    return ids


async def test_a_model_is_added_filled_switched_to_and_everything_answers_by_it(people: People) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"}, Clara={"title": "violin"})
    await people.embed()
    before = await people.read("/embeddings/models")
    assert (before["serving"], before["available"]) == ({MODEL: str(DIMENSIONS)}, [OTHER_MODEL])
    added = await add(people)
    assert added.status_code == 202
    assert added.headers["location"].endswith(added.json()["id"])
    assert await states(people) == {MODEL: ("serving", 3), OTHER_MODEL: ("embedding", 0)}
    assert (await people.embed())["embedded"] == 3
    assert await states(people) == {MODEL: ("serving", 3), OTHER_MODEL: ("ready", 3)}
    served = await promote(people, OTHER_MODEL)
    assert (served.status_code, served.json()["state"]) == (200, "serving")
    assert await states(people) == {OTHER_MODEL: ("serving", 3), MODEL: ("ready", 3)}
    body = {"contact_id": ids["Ada"], "candidate_ids": [ids["Mary"]]}
    answers = [
        await people.read(f"/similar/{ids['Ada']}"),
        (await people.ask("POST", "/similarities", json=body)).json(),
        (await people.ask("POST", "/search", json={"query": "engine"})).json(),
        await people.read("/embeddings/readiness"),
    ]
    for answer in answers:
        assert answer["model"] == {"name": OTHER_MODEL, "version": str(OTHER_DIMENSIONS), "kind": "embedding"}
    assert [answer.get("status") for answer in answers[:3]] == ["scored"] * 3
    assert [answer["exhaustive"] for answer in (answers[0], answers[2])] == [True, True]


async def test_a_switch_is_refused_until_nobody_would_be_lost_and_says_how_many_are(people: People) -> None:
    ids = await people.push(Ada={}, Mary={}, Clara={})
    await people.embed()
    await add(people)
    refused = await promote(people, OTHER_MODEL)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "model_incomplete")
    assert (problem["state"], problem["contacts_without_vector"]) == ("embedding", 3)
    assert refused.headers["retry-after"]
    await people.embed()
    async with workspace(people.pool, people.id) as connection:
        lost = "DELETE FROM vectors WHERE model = %s AND contact_id = %s"
        await connection.execute(lost, (OTHER_MODEL, ids["Ada"]))
    assert (await promote(people, OTHER_MODEL)).json()["contacts_without_vector"] == 1
    await people.embed()
    assert (await promote(people, OTHER_MODEL)).status_code == 200


async def test_one_call_goes_back_and_only_to_what_served_before(people: People) -> None:
    await switched(people)
    back = await roll_back(people, OTHER_MODEL)
    assert (back.status_code, back.json()["name"], back.json()["state"]) == (200, MODEL, "serving")
    for name in (MODEL, OTHER_MODEL):
        refused = await roll_back(people, name)
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_roll_back")
    async with workspace(people.pool, people.id) as connection:
        query = "SELECT name, action, details ->> 'in_place_of' FROM ml_model_events ORDER BY happened_at"
        events = await (await connection.execute(query)).fetchall()
    assert events == [
        (OTHER_MODEL, "registered", None),
        (OTHER_MODEL, "promoted", MODEL),
        (MODEL, "rolled_back", OTHER_MODEL),
    ]


async def test_following_keeps_every_model_fresh_so_that_a_switch_back_finds_nothing_old(
    people: People, provider: Provider
) -> None:
    ids = await switched(people)
    ids |= await people.push(New={"title": "engine"}, Mary={"title": "violin"})
    await people.erase(ids.pop("Clara"))
    provider.asked.clear()
    await people.follow(until_vectors=set(ids.values()))
    assert {(model, tuple(sorted(texts))) for model, texts in provider.asked} == {
        (model, ("Mary. violin", "New. engine")) for model in VERSIONS
    }
    assert await by_model(people) == {model: set(ids.values()) for model in VERSIONS}
    assert (await roll_back(people, OTHER_MODEL)).status_code == 200
    assert (await people.embed())["embedded"] == 0


async def test_the_provider_of_one_model_that_is_away_holds_up_no_other_model(
    people: People, provider: Provider
) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    await add(people)
    provider.failing.add(OTHER_MODEL)
    try:
        with pytest.raises(Unavailable):
            await people.embed()
        ids |= await people.push(**{f"n{number}": {} for number in range(embed.PAGE + 5)})
        await people.erase(ids.pop("Ada"))
        await people.follow_once()
        assert await by_model(people) == {MODEL: set(ids.values())}
    finally:
        provider.failing.clear()
    await people.follow(until_vectors=set(ids.values()))
    await people.embed()
    assert (await states(people))[OTHER_MODEL] == ("ready", len(ids))


async def test_a_model_that_does_not_serve_goes_with_its_vectors_and_may_come_again(
    people: People,
) -> None:
    await people.push(Ada={}, Mary={}, Clara={})
    await people.embed()
    await add(people)
    await people.embed()
    serves = await people.ask("DELETE", f"/embeddings/models/{MODEL}")
    assert (serves.status_code, serves.json()["code"]) == (409, "model_serves")
    assert (await people.ask("DELETE", f"/embeddings/models/{OTHER_MODEL}")).status_code == 202
    assert (await states(people))[OTHER_MODEL] == ("removing", 3)
    again = await add(people)
    assert (again.status_code, again.json()["code"]) == (409, "model_being_removed")
    left = []

    async def step() -> None:
        left.append(len((await by_model(people)).get(OTHER_MODEL, ())))

    assert await choosing.clear_away(people.pool, people.id, step, rows_at_once=2) == []
    assert left == [1, 0]
    assert await states(people) == {MODEL: ("serving", 3)}
    assert (await by_model(people)).keys() == {MODEL}
    assert (await add(people)).status_code == 202
    await people.embed()
    assert (await states(people))[OTHER_MODEL] == ("ready", 3)


async def test_what_has_just_served_is_not_taken_from_under_a_request(people: People) -> None:
    await switched(people)
    await people.ask("DELETE", f"/embeddings/models/{MODEL}")
    with pytest.raises(Unavailable) as waits:
        await people.embed()
    assert waits.value.code == "model_in_use"
    assert (await states(people))[MODEL] == ("removing", 3)
    async with workspace(people.pool, people.id) as connection:
        await connection.execute("UPDATE models SET served_until = now() - interval '1 minute'")
    await people.embed()
    assert (await states(people)).keys() == {OTHER_MODEL}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "", {"name": "nobody-knows"}, 422, "model_not_configured"),
        ("POST", "", {"name": ""}, 422, "invalid"),
        ("POST", "", {"name": "x", "dimensions": 3}, 422, "invalid"),
        ("POST", "/nobody/knows/versions/3/promote", None, 404, "model_not_found"),
        ("POST", f"/{MODEL}/versions/3/promote", None, 404, "model_not_found"),
        ("POST", f"/{MODEL}/versions/x/promote", None, 422, "invalid"),
        ("POST", "/nobody/knows/rollback", None, 404, "model_not_found"),
        ("DELETE", "/nobody/knows", None, 404, "model_not_found"),
    ],
)
async def test_what_cannot_be_done_says_why(
    people: People, method: str, path: str, body: dict[str, Any] | None, status: int, code: str
) -> None:
    answer = await people.ask(method, f"/embeddings/models{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if code == "model_not_configured":
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["allowed"]) == ("#/name", {"names": [MODEL, OTHER_MODEL]})


async def test_another_workspace_keeps_its_own_model(people: People, embeddings: House) -> None:
    await switched(people)
    stranger = embeddings.token(uuid4())
    answer = await embeddings.client.get("/api/ml/embeddings/models", headers=stranger)
    assert answer.json() == {
        "items": [],
        "next_cursor": None,
        "serving": {MODEL: str(DIMENSIONS)},
        "available": [OTHER_MODEL],
    }


async def grouped(people: People) -> tuple[str, str]:
    """Run the cluster job; return what is said of its clusters, and of whose vectors they are."""

    async def progress(done: int, total: int) -> None: ...

    default, now = ModelName(MODEL, DIMENSIONS), datetime.now(UTC)
    await train.cluster_workspace(people.pool, people.id, default, job_id=uuid4(), asked=2, now=now, progress=progress)
    found = await people.read("/clusters")
    return found["status"], found["model"]["version"]


async def test_clusters_are_stale_after_a_switch_until_the_job_it_asks_for_has_run(people: People) -> None:
    await people.push(**{f"n{number}": {"title": "engine" if number % 2 else "violin"} for number in range(12)})
    await people.embed()
    assert await grouped(people) == ("scored", MODEL)
    await add(people)
    await people.embed()
    await promote(people, OTHER_MODEL)
    asked = (await people.read("/embeddings/jobs", kind="cluster"))["items"]
    assert [job["state"] for job in asked] == ["queued"]
    assert (await people.read("/clusters"))["status"] == "stale"
    assert await grouped(people) == ("scored", OTHER_MODEL)


async def test_where_nothing_that_serves_can_be_asked_any_more_the_first_model_is_filled_and_serves(
    people: People, embeddings_settings: EmbeddingsSettings, provider: Provider
) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    other = {"model": OTHER_MODEL, "dimensions": OTHER_DIMENSIONS, "models": ()}
    successors = Models.connect(embeddings_settings.model_copy(update=other), http_client=provider.client)

    async def progress(done: int, total: int) -> None: ...

    await embed.embed_workspace(people.pool, people.id, successors, progress)
    assert await states(people) == {OTHER_MODEL: ("serving", 2), MODEL: ("ready", 2)}
    assert await by_model(people) == {model: set(ids.values()) for model in VERSIONS}


async def test_switching_back_and_forth_while_clients_search_leaves_no_answer_empty_and_none_an_error(
    people: People, asking: "Clients"
) -> None:
    ids = await switched(people)
    asking.begin(ids)
    for name in [MODEL, OTHER_MODEL] * 10:
        assert (await promote(people, name)).status_code == 200
        await asking.some_more()
    seen = await asking.end()
    assert seen == set(VERSIONS)


class Clients:
    """Clients that ask without a pause until they are told to stop; each answer is looked at."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._tasks: list[asyncio.Task[None]] = []
        self._models: set[str] = set()
        self._answers = 0

    def begin(self, ids: dict[str, str]) -> None:
        pairs = {"contact_id": ids["Ada"], "candidate_ids": [ids["Mary"], ids["Clara"]]}
        requests: list[dict[str, Any]] = [
            {"method": "POST", "path": "/search", "json": {"query": "engine"}},
            {"method": "GET", "path": f"/similar/{ids['Ada']}"},
            {"method": "POST", "path": "/similarities", "json": pairs},
        ]
        self._tasks = [asyncio.create_task(self._ask(request)) for request in requests]

    async def _ask(self, request: dict[str, Any]) -> None:
        while True:
            answer = await self._people.ask(**request)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert (found["status"], found["degraded"]) == ("scored", False)
            assert len(found.get("items") or found["similarities"]) == (3 if "search" in request["path"] else 2)
            assert all(item["similarity"] is not None for item in found.get("items", ()))
            self._models.add(found["model"]["name"])
            self._answers += 1

    async def some_more(self) -> None:
        """Let each client be answered a few more times; fail with whoever has failed."""
        wanted = self._answers + 6
        while self._answers < wanted:
            await asyncio.sleep(0.005)
            for task in self._tasks:
                if task.done():
                    task.result()

    async def end(self) -> set[str]:
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        assert [one for one in ended if not isinstance(one, asyncio.CancelledError)] == []
        return self._models


@pytest.fixture
async def asking(people: People) -> AsyncIterator[Clients]:
    clients = Clients(people)
    yield clients
    await clients.end()
