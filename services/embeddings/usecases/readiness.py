"""How far a workspace's vectors are: what serves, what is being filled, what is left of the day's budget."""

from uuid import UUID

from kit.db import Pool, workspace
from services.embeddings import store
from services.embeddings.domain.models import Readiness
from services.embeddings.usecases import budget, models
from services.embeddings.usecases.serving import Serving


async def read_readiness(pool: Pool, workspace_id: UUID, serving: Serving) -> Readiness:
    async with workspace(pool, workspace_id) as connection:
        served = (await serving.read(connection, workspace_id)).model.key
        coverage = await store.coverage(connection, workspace_id, served.name)
        counted = await models.counted(connection, workspace_id, serving.models)
        left = await budget.read(connection, workspace_id, serving.models.daily_tokens)
    return Readiness(served, coverage, counted, left.daily_tokens, left.spent)
