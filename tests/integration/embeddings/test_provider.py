"""What may go to a provider, what it may cost, and what becomes of its bad answers: nothing wrong is ever stored."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx2
import pytest

from kit import feed
from kit.cache import Server
from kit.db import Pool, workspace
from kit.errors import Conflict, RapportError, Unavailable
from kit.jobs import Run
from kit.jobs import store as jobs
from kit.testing import serving, until
from services.embeddings.app import create_app
from services.embeddings.domain import NO_FILTERS
from services.embeddings.jobs import run_embed
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import embed
from services.embeddings.usecases.search import search
from services.embeddings.usecases.serving import Serving
from tests.conftest import House, Provider
from tests.integration.embeddings.conftest import People

Answer = Callable[[httpx2.Request], httpx2.Response]


async def progress(_done: int, _total: int) -> None: ...


def vectors(rows: list[Any]) -> Answer:
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    return lambda _request: httpx2.Response(200, json={"object": "list", "model": "test", "data": data})


def too_few(request: httpx2.Request) -> httpx2.Response:
    return vectors([[1.0] * 16] * (len(json.loads(request.content)["input"]) - 1))(request)


def not_a_number(_request: httpx2.Request) -> httpx2.Response:
    row = ", ".join(["NaN"] * 16)
    text = f'{{"object": "list", "model": "m", "data": [{{"object": "embedding", "index": 0, "embedding": [{row}]}}]}}'
    return httpx2.Response(200, text=text, headers={"content-type": "application/json"})


def web_page(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, text="<html>sign in</html>", headers={"content-type": "text/html"})


def an_hour_away(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(429, json={"error": {"message": "slow down"}}, headers={"retry-after": "3600"})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (vectors([[1.0] * 15] * 2), "provider_bad_answer"),
        (too_few, "provider_bad_answer"),
        (vectors([]), "provider_bad_answer"),
        (not_a_number, "provider_bad_answer"),
        (web_page, "provider_bad_answer"),
        (an_hour_away, "provider_rate_limited"),
    ],
    ids=["wrong dimension", "too few", "none", "NaN", "HTML", "429 for an hour"],
)
async def test_of_a_bad_answer_nothing_is_stored_the_job_goes_on_later_and_words_answer(
    people: People, embeddings_settings: EmbeddingsSettings, answer: Answer, code: str
) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "violin"})
    requests: list[httpx2.Request] = []

    def counted(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return answer(request)

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(counted))
    broken = Models.connect(embeddings_settings, http_client=client)
    for _ in range(2):
        with pytest.raises(RapportError) as failed:
            await embed.embed_workspace(people.pool, people.id, broken, progress)
        assert failed.value.code == code
        assert failed.value.status >= 500  # what is tried again
        assert failed.value.retry_after_s  # and lets the feed be followed meanwhile
    assert await people.vectors() == {}
    found = await search(
        people.pool,
        people.id,
        Serving(broken, Server(None, "test")),
        "engine",
        limit=5,
        filters=NO_FILTERS,
        min_similarity=0.0,
    )
    assert (found.degraded, found.status) == (True, "baseline")
    assert [str(item.profile.id) for item in found.items] == [ids["Ada"]]
    assert code != "provider_rate_limited" or len(requests) == 1
    await client.aclose()
    assert (await people.embed())["embedded"] == 2


async def test_a_refusal_ends_the_job_for_somebody_has_to_mend_it(
    people: People, embeddings_settings: EmbeddingsSettings
) -> None:
    await people.push(Ada={})
    asked = (await people.ask("POST", "/embeddings/jobs", json={"kind": "embed"})).json()
    async with workspace(people.pool, people.id) as connection:
        job = await jobs.one(connection, people.id, UUID(asked["id"]))
    assert job is not None
    refusal = httpx2.Response(401, json={"error": {"message": "no such key"}})
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _request: refusal))
    models = Models.connect(embeddings_settings, http_client=client)
    with pytest.raises(Conflict) as ended:
        await run_embed(Run(job, people.pool), models=models, cache=Server(None, "test"))
    assert ended.value.code == "provider_refused"
    await client.aclose()


def told(people: People, settings: EmbeddingsSettings, provider: Provider, **more: Any) -> People:
    """Return the same people, embedded by a process with other settings."""
    models = Models.connect(settings.model_copy(update=more), http_client=provider.client)
    return People(people._crm, people._embeddings, people.id, people.pool, models)


async def test_only_what_may_be_told_leaves_the_house_and_another_list_is_another_text(
    people: People, embeddings_settings: EmbeddingsSettings, provider: Provider
) -> None:
    await people.push(
        Ada={"title": "Countess", "notes": "met in 1843", "emails": ["ada@x.example"], "phones": ["+44"]},
        Mary={"first_name": "", "notes": "sings"},
    )
    await people.embed()
    shy = told(people, embeddings_settings, provider, fields=("name", "title"))
    provider.asked.clear()
    assert await shy.embed() == {"embedded": 1, "unchanged": 0, "without_text": 1, "removed": 1}
    assert provider.asked == [("test", ["Ada. Countess"])]
    assert await shy.embed() == {"embedded": 0, "unchanged": 1, "without_text": 1, "removed": 0}


async def test_whoever_says_nothing_that_may_be_told_is_not_missed(
    people: People, embeddings_settings: EmbeddingsSettings, provider: Provider
) -> None:
    await people.push(Ada={}, Mary={"first_name": "", "notes": "sings"})
    shy = told(people, embeddings_settings, provider, fields=("name",))
    await shy.embed()
    models = shy._models
    found = await search(
        people.pool,
        people.id,
        Serving(models, Server(None, "test")),
        "ada",
        limit=5,
        filters=NO_FILTERS,
        min_similarity=0.0,
    )
    assert found.exhaustive


async def spent(people: People) -> int:
    async with workspace(people.pool, people.id) as connection:
        rows = await (await connection.execute("SELECT tokens FROM spent_tokens ORDER BY day DESC")).fetchall()
    return int(rows[0][0]) if rows else 0


async def next_day(people: People) -> None:
    async with workspace(people.pool, people.id) as connection:
        await connection.execute("DELETE FROM spent_tokens WHERE day < (now() AT TIME ZONE 'utc')::date")
        await connection.execute("UPDATE spent_tokens SET day = day - 1")


async def test_a_job_stops_at_the_days_budget_and_goes_on_the_next_day(
    people: People, embeddings_settings: EmbeddingsSettings, provider: Provider
) -> None:
    await people.push(**{f"number{place}": {} for place in range(10)})
    thrifty = told(people, embeddings_settings, provider, daily_tokens=30)  # seven bytes each, one word each
    with pytest.raises(Unavailable) as waits:
        await thrifty.embed()
    assert waits.value.code == "daily_budget_used"
    assert 0 < (waits.value.retry_after_s or 0) <= 86_400
    assert waits.value.extra["resumes_at"]
    assert (len(await people.vectors()), await spent(people)) == (4, 4)
    found = (await people.ask("POST", "/search", json={"query": "number7"})).json()
    assert (found["items"][0]["first_name"], found["degraded"]) == ("number7", False)
    seen = []
    for _ in range(3):
        await next_day(people)
        with suppress(Unavailable):
            await thrifty.embed()
        seen.append(len(await people.vectors()))
    assert seen == [8, 10, 10]
    assert (await thrifty.embed())["unchanged"] == 10


async def test_with_the_budget_used_up_the_feed_is_followed_and_erasing_does_not_wait(
    people: People, embeddings_settings: EmbeddingsSettings, provider: Provider, embeddings_pool: Pool
) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    async with workspace(embeddings_pool, people.id) as connection:
        await connection.execute("UPDATE spent_tokens SET tokens = 1000")
    thrifty = told(people, embeddings_settings, provider, daily_tokens=1_000)
    before = provider.inputs
    await people.push(New={"title": "Zookeeper"})
    await people.erase(ids["Ada"])
    await thrifty.follow(until_vectors={ids["Mary"]})
    assert provider.inputs == before

    async def nothing_is_left_to_follow() -> bool:
        await embed.follow_workspace(embeddings_pool, people.id, thrifty._models)
        async with workspace(embeddings_pool, people.id) as connection:
            return not await feed.read_changes(connection, people.id, limit=1)

    await until(nothing_is_left_to_follow)
    found = (await people.ask("POST", "/search", json={"query": "zookeeper"})).json()
    assert "New" in {item["first_name"] for item in found["items"]}


async def test_readiness_says_that_the_budget_is_used_up_and_until_when(
    people: People, crm: House, embeddings_settings: EmbeddingsSettings, provider: Provider, embeddings: House
) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    assert (await people.read("/embeddings/readiness"))["budget"] is None
    settings = embeddings_settings.model_copy(update={"daily_tokens": 3})
    async with serving(create_app(settings, provider=provider.client)) as client:
        house = House("embeddings", client, embeddings.signer)
        thrifty = People(crm, house, people.id, people.pool, people._models)
        budget = (await thrifty.read("/embeddings/readiness"))["budget"]
        assert budget == {"daily_tokens": 3, "used_tokens": 2, "used_up": False, "resumes_at": None}
        async with workspace(people.pool, people.id) as connection:
            await connection.execute("UPDATE spent_tokens SET tokens = 3")
        budget = (await thrifty.read("/embeddings/readiness"))["budget"]
        assert (budget["used_tokens"], budget["used_up"]) == (3, True)
        assert budget["resumes_at"].endswith("T00:00:00Z")
        await people.push(Ada={"title": "Countess"})
        before = provider.inputs
        stale = await thrifty.read(f"/similar/{ids['Ada']}")
        assert (stale["status"], stale["degraded"], provider.inputs) == ("stale", True, before)
