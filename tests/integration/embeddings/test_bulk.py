"""Comparisons in bulk, as other services ask for them: the same figures as one by one, in the order asked."""

from uuid import UUID, uuid4

import numpy as np
import pytest

from kit.cache import Server
from kit.db import Pool
from services.embeddings.model.known import Models
from services.embeddings.usecases import bulk, indexes
from services.embeddings.usecases.serving import Serving
from tests.integration.embeddings.conftest import People
from tests.integration.embeddings.test_similar import crowd, exact


async def test_pairs_are_as_like_as_their_vectors_in_the_order_asked(people: People) -> None:
    ids = list((await crowd(people)).values())
    stranger = str(uuid4())
    pairs = [[ids[0], ids[1]], [ids[2], stranger], [ids[1], ids[0]], [ids[3], ids[3]]]
    answer = await people.ask("POST", "/similarities/pairs", json={"pairs": pairs})
    one, unknown, other, same = answer.json()["similarities"]
    nobody = await people.ask("POST", "/similarities/pairs", json={"pairs": []})
    assert nobody.json() == {"similarities": [], "model": answer.json()["model"]}
    assert one == other == pytest.approx(max(0.0, dict(await exact(people, ids[0]))[ids[1]]), abs=1e-3)
    assert unknown is None
    assert same == pytest.approx(1, abs=1e-3)


async def test_the_nearest_of_many_are_those_of_each(people: People) -> None:
    ids = list((await crowd(people)).values())
    asked = [ids[5], str(uuid4()), ids[0], ids[5]]
    answer = await people.ask("POST", "/similar/batch", json={"contact_ids": asked, "limit": 7})
    items = answer.json()["items"]
    assert [item["contact_id"] for item in items] == asked[:3]
    assert items[1]["ids"] == []
    for item in (items[0], items[2]):
        found = await people.read(f"/similar/{item['contact_id']}", limit=7)
        assert item["ids"] == [one["id"] for one in found["items"]]
        np.testing.assert_allclose(item["similarities"], [one["similarity"] for one in found["items"]], atol=1e-6)


async def test_who_the_nearest_are_is_said_where_it_is_asked_for(people: People) -> None:
    ids = await crowd(people)
    asked = {"contact_ids": list(ids.values())[:3], "limit": 4}
    told = (await people.ask("POST", "/similar/batch", json={**asked, "people": True})).json()
    assert {one["id"] for one in told["people"]} == {one for item in told["items"] for one in item["ids"]}
    names = {one["id"]: one["first_name"] for one in told["people"]}
    assert len(names) == len(told["people"])
    assert names.items() <= {contact_id: name for name, contact_id in ids.items()}.items()
    assert (await people.ask("POST", "/similar/batch", json=asked)).json()["people"] == []


async def test_with_an_index_it_is_walked_for_each(people: People, embeddings_pool: Pool, models: Models) -> None:
    ids = [UUID(one) for one in (await crowd(people)).values()]
    serving = Serving(models, Server(None, "test"))
    compared = await bulk.nearest_of_many(embeddings_pool, people.id, serving, ids[:20], limit=5)
    await indexes.tend(embeddings_pool, people.id, models.default.name, threshold=10)
    walked = await bulk.nearest_of_many(embeddings_pool, people.id, serving, ids[:20], limit=5)
    assert walked == compared


@pytest.mark.parametrize(
    ("path", "body", "limit"),
    [
        ("/similarities/pairs", {"pairs": [[str(UUID(int=1)), str(UUID(int=2))]] * 10_001}, 10_000),
        ("/similar/batch", {"contact_ids": [str(UUID(int=1))] * 501}, 500),
    ],
)
async def test_more_than_the_limit_is_told_the_limit(
    people: People, path: str, body: dict[str, object], limit: int
) -> None:
    answer = await people.ask("POST", path, json=body)
    assert (answer.status_code, answer.json()["limit"]) == (413, limit)
