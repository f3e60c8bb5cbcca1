"""Cells of a large workspace: who meets a filter and lies near is found in them, whatever was written since."""

import asyncio
from uuid import uuid4

import numpy as np
import pytest
from pgvector import HalfVector

from kit.db import Pool, workspace
from services.embeddings import store
from services.embeddings.domain import Among, IndexState
from services.embeddings.model.known import Models
from services.embeddings.store import cells as rows
from services.embeddings.usecases import cells, embed
from services.embeddings.usecases.nearest import nearest
from tests.integration.embeddings.conftest import People
from tests.integration.embeddings.test_nearest import ENTER, MODEL, PEOPLE, THRESHOLD, Crowd

TAG = ("two ninths",)


@pytest.fixture
async def crowd(embeddings_pool: Pool) -> Crowd:
    made = Crowd(embeddings_pool, PEOPLE)
    await made.enter()
    await made.tend()
    return made


async def state(crowd: Crowd) -> IndexState:
    async with workspace(crowd.pool, crowd.id) as connection:
        return await store.index_state(connection, crowd.id, MODEL, most=THRESHOLD)


async def numbers_near(crowd: Crowd, vector: np.ndarray, among: Among, *, limit: int = 10) -> list[int] | None:
    async with workspace(crowd.pool, crowd.id) as connection:
        found = await cells.near(connection, crowd.id, MODEL, vector.astype(np.float32), limit=limit, among=among)
    return None if found is None else found.tolist()


async def test_everybody_is_in_one_cell_of_about_as_many_as_there_are_cells(crowd: Crowd) -> None:
    made = await state(crowd)
    assert (made.cells, made.placed) == (55, PEOPLE)
    async with workspace(crowd.pool, crowd.id) as connection:
        everybody = await rows.nearest(connection, crowd.id, MODEL, crowd.vectors[0].astype(np.float32), share=1.0)
    assert sorted(np.frombuffer(b"".join(everybody), ">i4")) == list(range(PEOPLE))


async def test_only_those_meant_are_compared_and_no_more_than_are_needed(crowd: Crowd) -> None:
    among = crowd.among(TAG)
    near = await numbers_near(crowd, crowd.vectors[0], among)
    assert near is not None
    assert len(near) == 200 < among.sum()
    assert among[near].all()


async def test_where_those_meant_lie_elsewhere_they_are_found_there(crowd: Crowd) -> None:
    vector = crowd.vectors[0]
    cosines = crowd.vectors @ vector / np.linalg.norm(crowd.vectors, axis=1)
    crowd.tagged["far"] = cosines < np.quantile(cosines, 0.24)
    found = await crowd.nearest(vector, ("far",))
    there = {hit.contact_id for hit in found.hits} & set(crowd.truth(vector, ("far",)))
    assert not found.exhaustive
    assert len(there) >= 9


async def test_who_is_written_later_is_found_by_a_filter(crowd: Crowd) -> None:
    newcomer, vector = uuid4(), crowd.vectors[5] * 2
    among = np.append(crowd.among(TAG), True)
    async with workspace(crowd.pool, crowd.id) as connection:
        await connection.execute(ENTER, (crowd.id, MODEL, newcomer, b"x" * 32, HalfVector(vector), PEOPLE))
        await rows.place(connection, crowd.id, MODEL, [newcomer])
    near = await numbers_near(crowd, vector, among)
    assert near is not None
    assert PEOPLE in near
    async with workspace(crowd.pool, crowd.id) as connection:
        found = await nearest(connection, crowd.id, MODEL, vector.astype(np.float32), limit=10, among=among)
    assert newcomer in {hit.contact_id for hit in found.hits}


async def test_who_has_moved_is_in_the_old_cell_and_the_new_one_and_found_once(crowd: Crowd) -> None:
    mover, vector = crowd.ids[0], -crowd.vectors[0]
    async with workspace(crowd.pool, crowd.id) as connection:
        await connection.execute(
            "UPDATE vectors SET embedding = %s WHERE workspace_id = %s AND contact_id = %s",
            (HalfVector(vector), crowd.id, mover),
        )
        await rows.place(connection, crowd.id, MODEL, [mover])
    assert (await state(crowd)).placed == PEOPLE + 1
    found = await crowd.nearest(vector, TAG)
    assert [hit.contact_id for hit in found.hits].count(mover) == 1
    assert found.hits[0].contact_id == mover


async def test_when_those_nearby_have_gone_everybody_meant_is_compared(crowd: Crowd) -> None:
    near = await numbers_near(crowd, crowd.vectors[0], crowd.among(TAG))
    assert near is not None
    async with workspace(crowd.pool, crowd.id) as connection:
        await store.drop_vectors(connection, crowd.id, [crowd.ids[number] for number in near])
    found = await crowd.nearest(crowd.vectors[0], TAG)
    assert len(found.hits) == 10
    assert found.exhaustive


async def test_without_cells_the_index_is_walked(crowd: Crowd) -> None:
    async with workspace(crowd.pool, crowd.id) as connection:
        await rows.drop(connection, crowd.id, MODEL)
    assert await numbers_near(crowd, crowd.vectors[0], crowd.among(TAG)) is None
    found = await crowd.nearest(crowd.vectors[0], TAG)
    assert len(set(crowd.truth(crowd.vectors[0], TAG)) & {hit.contact_id for hit in found.hits}) >= 9
    await crowd.tend()
    assert (await state(crowd)).cells == 55


async def test_several_workers_divide_once(embeddings_pool: Pool) -> None:
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter()
    made = await asyncio.gather(*(cells.divide(crowd.pool, crowd.id, MODEL) for _ in range(3)))
    assert sorted(made) == [False, False, True]
    assert (await state(crowd)).placed == THRESHOLD


async def test_who_writes_while_it_is_divided_is_placed_in_the_new_cells(embeddings_pool: Pool) -> None:
    crowd = Crowd(embeddings_pool, THRESHOLD)
    await crowd.enter(to=THRESHOLD - 1)
    async with workspace(crowd.pool, crowd.id) as writer:
        last = THRESHOLD - 1
        row = (crowd.id, MODEL, crowd.ids[last], b"x" * 32, HalfVector(crowd.vectors[last]), last)
        await writer.execute(ENTER, row)
        dividing = asyncio.create_task(cells.divide(crowd.pool, crowd.id, MODEL))
        assert await dividing
        await rows.place(writer, crowd.id, MODEL, [crowd.ids[last]])
    assert (await state(crowd)).placed == THRESHOLD


async def test_outgrown_cells_are_made_anew_and_go_with_the_index(embeddings_pool: Pool) -> None:
    crowd = Crowd(embeddings_pool, 3 * THRESHOLD)
    await crowd.enter(to=THRESHOLD)
    await crowd.tend()
    first = await state(crowd)
    await crowd.enter(from_=THRESHOLD)
    async with workspace(crowd.pool, crowd.id) as connection:
        await rows.place(connection, crowd.id, MODEL, crowd.ids[THRESHOLD:])
    await crowd.tend()
    second = await state(crowd)
    await crowd.forget(from_=THRESHOLD // 2 - 1)
    await crowd.tend()
    assert [(one.cells, one.placed) for one in (first, second, await state(crowd))] == [
        (18, THRESHOLD),
        (30, 3 * THRESHOLD),
        (0, 0),
    ]


async def test_a_cell_of_more_than_a_page_is_read_whole(embeddings_pool: Pool) -> None:
    crowd = Crowd(embeddings_pool, 10)
    numbers = np.arange(5_000, dtype=">i4").tobytes()
    async with workspace(crowd.pool, crowd.id) as connection:
        await rows.replace(connection, crowd.id, MODEL, crowd.vectors[:1].astype(np.float32), [numbers])
        assert await rows.nearest(connection, crowd.id, MODEL, crowd.vectors[0].astype(np.float32), share=0.1) == [
            numbers
        ]


async def test_whom_the_worker_embeds_is_placed(people: People, embeddings_pool: Pool, models: Models) -> None:
    async def progress(done: int, total: int) -> None: ...

    async def placed() -> list[int]:
        async with workspace(embeddings_pool, people.id) as connection:
            query = np.ones(models.default.dimensions, np.float32)
            found = await rows.nearest(connection, people.id, models.default.name, query, share=1.0)
        return sorted(np.frombuffer(b"".join(found), ">i4").tolist())

    await people.push(**{f"n{number}": {} for number in range(40)})
    await embed.embed_workspace(embeddings_pool, people.id, models, progress, index_threshold=40)
    assert await placed() == list(range(40))
    await people.push(late={})
    await embed.embed_workspace(embeddings_pool, people.id, models, progress, index_threshold=40)
    assert await placed() == list(range(41))
    await embed.embed_workspace(embeddings_pool, people.id, models, progress, index_threshold=40)
    assert await placed() == list(range(41))
