"""Search in a workspace of any size: as many as asked for, the nearest of them, by the path that fits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from pgvector import HalfVector

from kit.db import Connection, Pool, load_query, workspace
from services.embeddings import store
from services.embeddings.domain import Among, Nearest
from services.embeddings.usecases import indexes
from services.embeddings.usecases.nearest import nearest

SQL = Path(store.__file__).parents[1] / "sql"
MODEL = "of this test"
DIMENSIONS = 16
PEOPLE = 3_000
THRESHOLD = 300
ENTER = """
    INSERT INTO vectors (workspace_id, model, contact_id, content_hash, embedding, number)
    VALUES (%s, %s, %s, %s, %s, %s)"""


@dataclass
class Crowd:
    """Vectors of a workspace in groups, every n-th with a tag, and what is nearest as numpy sees it."""

    pool: Pool
    size: int
    id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(11)
        groups = draw.normal(size=(30, DIMENSIONS))
        vectors = groups[draw.integers(0, 30, self.size)] + draw.normal(size=(self.size, DIMENSIONS)) * 0.8
        self.vectors = vectors.astype(np.float16).astype(np.float64)
        self.ids = [UUID(bytes=draw.bytes(16), version=4) for _ in range(self.size)]
        everybody = np.arange(self.size)
        self.tagged = {
            "half": everybody % 2 == 0,
            "two ninths": everybody % 9 < 2,
            "twentieth": everybody % 20 == 0,
            "two hundredth": everybody % 200 == 0,
            "nearly half": (everybody % 2 == 1) | (everybody < 6),
        }

    async def enter(self, *, from_: int = 0, to: int | None = None) -> None:
        who = range(from_, self.size if to is None else to)
        async with workspace(self.pool, self.id) as connection, connection.cursor() as cursor:
            rows = ((self.id, MODEL, self.ids[one], b"x" * 32, HalfVector(self.vectors[one]), one) for one in who)
            await cursor.executemany(ENTER, list(rows))

    async def nearest(
        self, vector: NDArray[np.float64], tags: Sequence[str] = (), *, limit: int = 10, **more: Any
    ) -> Nearest:
        among = self.among(tags) if tags else None
        async with workspace(self.pool, self.id) as connection:
            return await nearest(
                connection, self.id, MODEL, vector.astype(np.float32), limit=limit, among=among, **more
            )

    def among(self, tags: Sequence[str]) -> Among:
        nobody = np.zeros(self.size, np.bool_)
        found: Among = np.logical_and.reduce([self.tagged.get(tag, nobody) for tag in tags])
        return found

    def truth(self, vector: NDArray[np.float64], tags: Sequence[str] = (), limit: int = 10) -> list[UUID]:
        """Return the nearest by exact cosine."""
        cosines = self.vectors @ vector / np.linalg.norm(self.vectors, axis=1)
        keep = self.among(tags) if tags else np.ones(self.size, bool)
        order = [one for one in np.argsort(-cosines, kind="stable") if keep[one]]
        return [self.ids[one] for one in order[:limit]]

    async def has_index(self) -> bool:
        async with workspace(self.pool, self.id) as connection:
            return await store.has_index(connection, self.id, MODEL)

    async def tend(self) -> None:
        await indexes.tend(self.pool, self.id, MODEL, threshold=THRESHOLD)

    async def forget(self, *, from_: int) -> None:
        async with workspace(self.pool, self.id) as connection:
            await store.drop_vectors(connection, self.id, self.ids[from_:])


@pytest.fixture(scope="module")
async def small(embeddings_pool: Pool) -> Crowd:
    crowd = Crowd(embeddings_pool, THRESHOLD - 1)
    await crowd.enter()
    await crowd.tend()
    return crowd


@pytest.fixture(scope="module")
async def large(embeddings_pool: Pool) -> Crowd:
    crowd = Crowd(embeddings_pool, PEOPLE)
    await crowd.enter()
    await crowd.tend()
    return crowd


@pytest.fixture
async def growing(embeddings_pool: Pool) -> Crowd:
    """Return a crowd just large enough for an index, without one."""
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter()
    return crowd


@pytest.fixture(
    params=[(), ("half",), ("two ninths",), ("twentieth",), ("two hundredth",), ("half", "nearly half")],
    ids=" and ".join,
)
def tags(request: pytest.FixtureRequest) -> tuple[str, ...]:
    asked: tuple[str, ...] = request.param
    return asked


async def test_a_small_workspace_is_compared_whole(small: Crowd, tags: tuple[str, ...]) -> None:
    assert not await small.has_index()
    for vector in small.vectors[:5]:
        found = await small.nearest(vector, tags)
        assert [hit.contact_id for hit in found.hits] == small.truth(vector, tags)
        assert found.exhaustive


async def test_a_large_one_gives_as_many_as_asked_for_and_nearly_all_of_the_nearest(
    large: Crowd, tags: tuple[str, ...]
) -> None:
    assert await large.has_index()
    there = 0.0
    for vector in large.vectors[:20]:
        found, truth = await large.nearest(vector, tags), large.truth(vector, tags)
        assert len(found.hits) == len(truth)
        assert [hit.similarity for hit in found.hits] == sorted((hit.similarity for hit in found.hits), reverse=True)
        there += len({hit.contact_id for hit in found.hits} & set(truth)) / len(truth)
    assert there / 20 >= 0.98


async def test_only_who_was_compared_with_everybody_asked_about_is_told_so(large: Crowd) -> None:
    told = {
        tag: (await large.nearest(large.vectors[0], (tag,) if tag else ())).exhaustive
        for tag in ("", "half", "two ninths", "two hundredth", "nobody has this")
    }
    assert told == {
        "": False,
        "half": False,
        "two ninths": False,
        "two hundredth": True,
        "nobody has this": True,
    }


async def test_two_tags_that_few_share_are_not_given_up_on_when_the_index_ends(large: Crowd) -> None:
    found = await large.nearest(large.vectors[0], ("half", "nearly half"))
    assert {hit.contact_id for hit in found.hits} == {large.ids[0], large.ids[2], large.ids[4]}
    assert found.exhaustive


async def test_a_filter_that_nobody_meets_finds_nobody(small: Crowd, large: Crowd) -> None:
    for crowd in (small, large):
        assert (await crowd.nearest(crowd.vectors[0], ("nobody has this",))).hits == []


async def test_everybody_can_be_asked_for_and_comes_in_one_order(large: Crowd) -> None:
    found = [await large.nearest(large.vectors[0], limit=PEOPLE) for _ in range(2)]
    assert len({hit.contact_id for hit in found[0].hits}) == PEOPLE
    assert found[0] == found[1]


async def test_who_is_excluded_leaves_no_gap(small: Crowd, large: Crowd) -> None:
    for crowd in (small, large):
        found = await crowd.nearest(crowd.vectors[0], exclude=crowd.ids[0], limit=200)
        assert len(found.hits) == 200
        assert crowd.ids[0] not in {hit.contact_id for hit in found.hits}


async def test_nobody_less_similar_than_asked_for(small: Crowd, large: Crowd) -> None:
    for crowd in (small, large):
        everybody = (await crowd.nearest(crowd.vectors[0], limit=200)).hits
        least = everybody[20].similarity
        near = (await crowd.nearest(crowd.vectors[0], limit=200, min_similarity=least)).hits
        assert near == [hit for hit in everybody if hit.similarity >= least]


async def explain(connection: Connection, crowd: Crowd, query: str, **more: Any) -> str:
    parameters = {
        "workspace_id": crowd.id,
        "model": MODEL,
        "embedding": HalfVector(crowd.vectors[0]),
        "dimensions": DIMENSIONS,
        "among": None,
        "exclude": None,
        "limit": 10,
    } | more
    cursor = await connection.execute("EXPLAIN (COSTS OFF) " + load_query(SQL, query), parameters)
    return "\n".join(row[0] for row in await cursor.fetchall())


@pytest.mark.parametrize("among", [None, b"\xff" * 400, b"\x00" * 400], ids=["unfiltered", "everybody", "nobody"])
async def test_the_index_is_walked_whatever_the_planner_believes_of_a_filter(large: Crowd, among: bytes | None) -> None:
    async with workspace(large.pool, large.id) as connection:
        await connection.execute(load_query(SQL, "force_index"), {"breadth": 100})
        plan = await explain(connection, large, "nearest_indexed", among=among)
    assert "Index Scan using vectors_near_" in plan
    assert "Sort" not in plan


async def test_an_exact_search_never_walks_an_index(large: Crowd) -> None:
    async with workspace(large.pool, large.id) as connection:
        plans = [
            await explain(connection, large, "nearest_exact"),
            await explain(connection, large, "nearest_among", numbers=[0, 2, 4]),
        ]
    assert ["vectors_near_" in plan for plan in plans] == [False, False]


async def test_what_forces_the_index_ends_with_the_search(large: Crowd) -> None:
    async with workspace(large.pool, large.id) as connection:
        await nearest(connection, large.id, MODEL, large.vectors[0].astype(np.float32), limit=10)
        settings = "SELECT current_setting('enable_sort'), current_setting('plan_cache_mode')"
        assert await (await connection.execute(settings)).fetchone() == ("on", "auto")


async def test_a_vector_written_later_is_found_by_the_index(large: Crowd, embeddings_pool: Pool) -> None:
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter()
    await crowd.tend()
    newcomer, vector = uuid4(), large.vectors[-1]
    async with workspace(crowd.pool, crowd.id) as connection:
        await connection.execute(ENTER, (crowd.id, MODEL, newcomer, b"x" * 32, HalfVector(vector), None))
    assert (await crowd.nearest(vector)).hits[0].contact_id == newcomer


async def test_who_has_come_since_the_postings_were_read_or_has_no_number_yet_is_not_among_them(
    large: Crowd, embeddings_pool: Pool
) -> None:
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter()
    await crowd.tend()
    async with workspace(crowd.pool, crowd.id) as connection, connection.cursor() as cursor:
        row = (crowd.id, MODEL, b"x" * 32, HalfVector(large.vectors[-1]))
        newcomers = [(*row[:2], uuid4(), *row[2:], number) for number in (crowd.size, 10 * crowd.size, None)]
        await cursor.executemany(ENTER, newcomers)
    found = await crowd.nearest(large.vectors[-1], ("half",))
    assert {hit.contact_id for hit in found.hits} == set(crowd.truth(large.vectors[-1], ("half",)))


async def test_who_knows_that_there_is_no_index_need_not_ask(large: Crowd) -> None:
    assert (await large.nearest(large.vectors[0], indexed=False)).exhaustive
    assert not (await large.nearest(large.vectors[0], indexed=True)).exhaustive
