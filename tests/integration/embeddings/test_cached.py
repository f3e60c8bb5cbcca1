"""What comparing people keeps in the cache: it saves work, holds no name, and is never older than the facts."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import httpx2
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from deploy.embedded import valkey
from kit.cache import Server
from kit.db import Pool, workspace
from kit.testing import Keys, serving, until
from services.embeddings.app import create_app
from services.embeddings.jobs import follow
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import cached
from services.embeddings.usecases.cached import Shelves
from tests.conftest import House, Provider
from tests.integration.embeddings.conftest import People


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[valkey.Server]:
    with valkey.running(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="module")
async def caching(
    embeddings_settings: EmbeddingsSettings, redis: valkey.Server, keys: Keys, provider: Provider
) -> AsyncIterator[House]:
    """Give the service with a cache; it closes its own way to the provider when it ends."""
    settings = embeddings_settings.model_copy(update={"redis_url": SecretStr(redis.url)})
    own = httpx2.AsyncClient(transport=httpx2.MockTransport(provider._answer))
    async with serving(create_app(settings, provider=own)) as client:
        yield House("embeddings", client, keys.signer("gateway"))


@pytest.fixture
async def worker(redis: valkey.Server) -> AsyncIterator[Server]:
    """Give a worker's own hold of the cache."""
    async with Server(SecretStr(redis.url), "embeddings", timeout_s=1) as server:
        yield server


@pytest.fixture
async def raw(redis: valkey.Server) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis.url, protocol=2) as client:
        yield client


@pytest.fixture
def people(crm: House, caching: House, workspace_id: UUID, embeddings_pool: Pool, models: Models) -> People:
    return People(crm, caching, workspace_id, embeddings_pool, models)


async def lists(raw: Redis, people: People) -> list[str]:
    return [key.decode() async for key in raw.scan_iter(f"rapport:{people.id}:embeddings:*:near.*")]


async def kept(raw: Redis, people: People, contact_id: str, **query: float) -> httpx.Response:
    """Ask until the answer has been kept: a machine that is busy for 20 ms keeps nothing."""

    async def ask() -> httpx.Response | None:
        answer = await people.ask("GET", f"/similar/{contact_id}", params=query)
        return answer if await lists(raw, people) else None

    return await until(ask)


def comparable(answer: httpx.Response) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name != "computed_at"}


async def test_a_kept_list_serves_until_the_epoch_is_raised(raw: Redis, people: People, worker: Server) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"}, Clara={"title": "violin"})
    await people.embed()
    first = await kept(raw, people, ids["Ada"])
    await people.push(New={"title": "engine"})
    await people.embed()  # by hand, so that nothing is raised

    async def served_from_the_cache() -> bool:
        again = await people.ask("GET", f"/similar/{ids['Ada']}")
        same = comparable(again) == comparable(first)
        return bool(same and again.headers["etag"] == first.headers["etag"])

    await until(served_from_the_cache)
    nearest = first.json()["items"][0]["similarity"]

    async def cut_from_the_same_list() -> bool:
        cut = await people.read(f"/similar/{ids['Ada']}", min_similarity=nearest)
        return bool(cut["items"] == first.json()["items"][:1])

    await until(cut_from_the_same_list)
    await worker.raise_epoch(people.id)
    assert await names(people, ids["Ada"]) == {"Mary", "Clara", "New"}


async def names(people: People, contact_id: str) -> set[str]:
    return {item["first_name"] for item in (await people.read(f"/similar/{contact_id}"))["items"]}


async def test_following_the_facts_makes_kept_lists_fresh(
    raw: Redis, people: People, worker: Server, embeddings_pool: Pool, models: Models
) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    await kept(raw, people, ids["Ada"])
    await people.push(New={})

    async def fresh() -> bool:
        await follow(people.id, pool=embeddings_pool, models=models, cache=worker)
        return await names(people, ids["Ada"]) == {"Mary", "New"}

    await until(fresh)


async def test_the_erased_is_in_no_kept_list(raw: Redis, people: People) -> None:
    ids = await people.push(Ada={}, Mary={}, Clara={})
    await people.embed()
    await kept(raw, people, ids["Ada"])
    await people.erase(ids["Clara"])
    assert await names(people, ids["Ada"]) == {"Mary"}
    await people.erase(ids["Ada"])
    assert (await people.ask("GET", f"/similar/{ids['Ada']}")).status_code == 404


async def test_a_person_who_has_changed_since_is_compared_as_he_is_now_and_embedded_once(
    raw: Redis, people: People, provider: Provider
) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"}, Clara={"title": "violin violin"})
    await people.embed()
    await kept(raw, people, ids["Ada"])
    await people.push(Ada={"title": "violin violin"})
    before = provider.inputs
    found = await people.read(f"/similar/{ids['Ada']}")
    assert (found["items"][0]["id"], provider.inputs - before) == (ids["Clara"], 1)

    async def without_the_provider() -> bool:
        before = provider.inputs
        await people.read(f"/similar/{ids['Ada']}")
        return provider.inputs == before

    await until(without_the_provider)


async def test_a_question_is_embedded_once_and_outlives_the_epochs(
    worker: Server, model: EmbeddingModel, provider: Provider, workspace_id: UUID
) -> None:
    shelf = Shelves.of(worker, model).queries

    async def asked_for_nothing() -> bool:
        before = provider.inputs
        assert list(await cached.embed_text(shelf, model, workspace_id, "who plays the violin")) == list(made)
        await worker.raise_epoch(workspace_id)
        return provider.inputs == before

    made = await cached.embed_text(shelf, model, workspace_id, "who plays the violin")
    await until(asked_for_nothing)
    provider.failure = 500
    try:
        await until(asked_for_nothing)
    finally:
        provider.failure = None


async def test_there_is_no_name_and_no_text_in_the_cache(raw: Redis, people: People) -> None:
    ids = await people.push(Ada={"title": "countess"}, Mary={"title": "translator", "notes": "sings"})
    await people.embed()
    await people.push(Ada={"title": "enchantress"})
    await kept(raw, people, ids["Ada"])
    keys = [key async for key in raw.scan_iter(f"rapport:{people.id}:*")]
    values = [bytes(value) for value in await raw.mget(keys) if isinstance(value, bytes)]
    stored = b" ".join([*keys, *values]).lower()
    assert len(keys) >= 2
    for word in (b"mary", b"countess", b"translator", b"enchantress", b"sings"):
        assert word not in stored


async def test_that_everybody_has_a_vector_is_known_until_the_facts_change(
    people: People, worker: Server, model: EmbeddingModel, embeddings_pool: Pool
) -> None:
    shelf = Shelves.of(worker, model).complete

    async def is_complete() -> bool:
        async with workspace(embeddings_pool, people.id) as connection:
            return await cached.is_complete(shelf, connection, people.id, model)

    async def is_kept() -> bool:
        assert await is_complete()
        return bool((await shelf.look(people.id, [f"complete.{'-'.join(model.fields)}"])).found)

    await people.push(Ada={}, Grace={})
    assert not await is_complete()
    await people.embed()
    await until(is_kept)
    async with workspace(embeddings_pool, people.id) as connection:
        await connection.execute("UPDATE vectors SET number = NULL")
    assert await is_complete()
    await worker.raise_epoch(people.id)
    assert not await is_complete()


async def test_without_redis_everything_is_answered(redis: valkey.Server, people: People, raw: Redis) -> None:
    ids = await people.push(Ada={}, Mary={})
    await people.embed()
    before = await kept(raw, people, ids["Ada"])
    redis.kill()
    for _ in range(5):
        assert comparable(await people.ask("GET", f"/similar/{ids['Ada']}")) == comparable(before)
