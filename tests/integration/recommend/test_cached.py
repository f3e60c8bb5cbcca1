"""What is kept of how like each other people are: it spares the asking, holds no name, and follows the facts."""

import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from deploy.embedded import valkey
from kit.cache import Server
from kit.http import ServiceClient
from kit.testing import Keys
from services.recommend.jobs import follow
from services.recommend.usecases.likeness import Compares
from tests.conftest import OTHER_DIMENSIONS, OTHER_MODEL, House
from tests.integration.recommend.conftest import Circle


class Counting(httpx.AsyncBaseTransport):
    """The real service, and how often it was asked about pairs."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/ml/similarities/pairs":
            self.asked += bool(json.loads(await request.aread())["pairs"])
        return await self._inner.handle_async_request(request)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[valkey.Server]:
    with valkey.running(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture
async def cache(redis: valkey.Server) -> AsyncIterator[Server]:
    async with Server(SecretStr(redis.url), "recommend", timeout_s=1) as server:
        yield server


async def test_similarities_are_asked_once_until_the_facts_change(
    circle: Circle, cache: Server, redis: valkey.Server, embeddings: House, keys: Keys
) -> None:
    service = Counting(embeddings.client._transport)
    async with ServiceClient(
        {"embeddings": "http://embeddings"}, keys.signer("recommend"), transport=service
    ) as client:
        circle.compares = Compares(client, cache)
        await circle.people("Ada", "Bob", "Eva", "Fay", title="poet")
        await circle.link(("Ada", "Bob"), ("Bob", "Eva"), ("Eva", "Fay"))
        await circle.compute()
        unknown, asked = await circle.rows("people"), service.asked
        await circle.embed()
        await circle.compute()
        assert service.asked == asked + 1  # what was unknown is asked again
        known = await circle.rows("people")
        assert known != unknown
        await circle.compute()
        assert (service.asked, await circle.rows("people")) == (asked + 1, known)
        async with Redis.from_url(redis.url, protocol=2) as raw:
            names = [key async for key in raw.scan_iter(f"rapport:{circle.id}:recommend:*:like.*")]
            assert len(names) == 4
            assert "poet" not in repr(await raw.mget(names))
        await circle.push("contacts", {"source": "test", "external_id": "Ada", "title": "engineer"})
        await follow(circle.id, pool=circle.pool, cache=cache)
        await circle.compute()
        assert service.asked == asked + 2


async def test_after_a_switch_of_models_no_similarity_of_the_old_one_is_read(
    circle: Circle, cache: Server, embeddings: House, keys: Keys
) -> None:
    service = Counting(embeddings.client._transport)

    async def ask(path: str, **more: str) -> int:
        answer = await embeddings.client.post(
            f"/api/ml/embeddings/models{path}", json=more or None, headers=embeddings.token(circle.id)
        )
        return answer.status_code

    async with ServiceClient(
        {"embeddings": "http://embeddings"}, keys.signer("recommend"), transport=service
    ) as client:
        circle.compares = Compares(client, cache)
        for name, title in (("Ada", "engine"), ("Bob", "violin"), ("Eva", "engine poet")):
            await circle.people(name, title=title)
        await circle.link(("Ada", "Bob"), ("Bob", "Eva"))
        await circle.embed()
        await circle.compute()
        before, asked = await circle.rows("people"), service.asked
        assert await ask("", name=OTHER_MODEL) == 202
        await circle.embed()
        assert await ask(f"/{OTHER_MODEL}/versions/{OTHER_DIMENSIONS}/promote") == 200
        await circle.compute()  # nobody has followed the feed: the epoch is the same
        assert service.asked == asked + 1
        assert await circle.rows("people") != before
        assert await ask(f"/{OTHER_MODEL}/rollback") == 200
        await circle.compute()
        assert (service.asked, await circle.rows("people")) == (asked + 1, before)
