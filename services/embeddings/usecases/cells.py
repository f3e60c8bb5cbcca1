"""Divide a large workspace's vectors into cells, and find who of many that are meant lies near a vector."""

import asyncio
import math
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import Connection, Pool, workspace
from kit.logs import get_logger
from services.embeddings import store
from services.embeddings.domain import Among, Matrix
from services.embeddings.features import cells
from services.embeddings.store import cells as rows

log = get_logger(__name__)

SPARE = 1.5  # cells are not of one size, nor do all hold their share of those meant
ELSEWHERE = 4


async def divide(pool: Pool, workspace_id: UUID, model: str) -> bool:
    """Make the cells of a workspace, or make them anew when they are outgrown; false when there is nothing to do.

    Who writes vectors meanwhile waits to place them, and places them in the new cells. Nothing is written until
    everything is read, so that the change feed is not held.
    """
    async with workspace(pool, workspace_id) as connection:
        await rows.lock(connection, workspace_id, model)
        state = await store.index_state(connection, workspace_id, model, most=1)
        people = await rows.count_numbered(connection, workspace_id, model)
        if not people or not cells.are_due(state.cells, state.placed):
            return False
        count = math.isqrt(people - 1) + 1
        centres = await _learn(connection, workspace_id, model, count, step=cells.step(people, count))
        members = await _members(connection, workspace_id, model, centres)
        await rows.replace(connection, workspace_id, model, centres, members)
    log.info("cells_divided", workspace_id=str(workspace_id), model=model, cells=len(centres), vectors=people)
    return True


async def near(
    connection: Connection, workspace_id: UUID, model: str, embedding: NDArray[np.float32], *, limit: int, among: Among
) -> NDArray[np.int64] | None:
    """Return the numbers of those meant who lie nearest, enough to find the `limit` nearest; None without cells.

    Where they lie elsewhere, the nearest of them are all about as far: all cells are read, for several times as many.
    """
    wanted, meant = cells.enough(limit), int(np.count_nonzero(among))
    for share, many in ((SPARE * wanted / meant, wanted), (1.0, min(ELSEWHERE * wanted, meant))):
        found = await rows.nearest(connection, workspace_id, model, embedding, share=share)
        numbers = cells.nearby(found, among, many)
        if numbers is not None or not found:
            return numbers
    return None


async def _learn(connection: Connection, workspace_id: UUID, model: str, count: int, *, step: int) -> Matrix:
    pages = [page async for _numbers, page in rows.vectors(connection, workspace_id, model, step=step)]
    return await asyncio.to_thread(cells.learn, np.concatenate(pages), count, np.random.default_rng(0))


async def _members(connection: Connection, workspace_id: UUID, model: str, centres: Matrix) -> list[bytes]:
    numbers, places = [], []
    async for page, vectors in rows.vectors(connection, workspace_id, model):
        numbers.append(page)
        places.append(await asyncio.to_thread(cells.place, vectors, centres))
    return cells.gather(np.concatenate(places), np.concatenate(numbers), len(centres))
