"""Give a workspace that has grown large an index and cells of its vectors, and take them away when it has shrunk."""

from uuid import UUID

from psycopg.errors import LockNotAvailable

from kit.db import Pool, workspace
from kit.logs import get_logger
from services.embeddings import store
from services.embeddings.features.cells import are_due
from services.embeddings.store import cells as rows
from services.embeddings.usecases import cells

log = get_logger(__name__)

# Comparing as many exactly takes about as long as walking an index, and misses nobody (docs/decisions/0005-vectors.md).
THRESHOLD = 2_000


async def tend(pool: Pool, workspace_id: UUID, model_name: str, *, threshold: int = THRESHOLD) -> None:
    """Make index and cells from `threshold` vectors on, drop them under half: cheap to ask after every page written.

    Made as soon as it is due, it is small, and grows with each later write. Others may ask at the same time: it is made
    once. Who is writing just now is not waited for long: then the next page or run asks again.
    """
    try:
        async with workspace(pool, workspace_id) as connection:
            state = await store.index_state(connection, workspace_id, model_name, most=threshold)
            if state.vectors >= threshold and not state.indexed:
                made = await store.make_index(connection, workspace_id, model_name)
                log.info("index_made", workspace_id=str(workspace_id), model=model_name, made=made)
            elif (state.indexed or state.cells) and state.vectors < threshold // 2:
                await rows.drop(connection, workspace_id, model_name)
                dropped = await store.drop_index(connection, workspace_id, model_name)
                log.info("index_dropped", workspace_id=str(workspace_id), model=model_name, dropped=dropped)
    except LockNotAvailable:
        log.warning("index_postponed", workspace_id=str(workspace_id), model=model_name)
        return
    if state.vectors >= threshold and are_due(state.cells, state.placed):
        await cells.divide(pool, workspace_id, model_name)
