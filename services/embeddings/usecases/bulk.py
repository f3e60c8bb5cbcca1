"""Many comparisons at once, for other services: what is stored is compared, nothing is embedded for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kit.db import Pool, workspace
from services.embeddings import store
from services.embeddings.domain import Hit, ModelName, Person
from services.embeddings.usecases.serving import Serving


async def of_pairs(
    pool: Pool, workspace_id: UUID, serving: Serving, pairs: Sequence[Sequence[UUID]]
) -> tuple[ModelName, list[float | None]]:
    """Return, by what serves, how like each other the two of each pair are; None where one of them has no vector."""
    async with workspace(pool, workspace_id) as connection:
        model = (await serving.read(connection, workspace_id)).model
        return model.key, await store.pair_similarities(connection, workspace_id, model.name, pairs)


async def nearest_of_many(
    pool: Pool, workspace_id: UUID, serving: Serving, contact_ids: Sequence[UUID], *, limit: int
) -> dict[UUID, list[Hit]]:
    """Return who is nearest to each contact that has a vector, nearest first; never the contact itself.

    Where the workspace has an index it is walked for each; otherwise every vector is compared.
    """
    async with workspace(pool, workspace_id) as connection:
        model = (await serving.read(connection, workspace_id)).model
        if not await store.has_index(connection, workspace_id, model.name):
            return await store.nearest_of_many(connection, workspace_id, model.name, contact_ids, limit=limit)
        return await store.nearest_of_many_indexed(
            connection, workspace_id, model.name, contact_ids, limit=limit, dimensions=model.dimensions
        )


async def people_among(pool: Pool, workspace_id: UUID, found: Mapping[UUID, Sequence[Hit]]) -> list[Person]:
    """Return who was found, each once, in no order."""
    ids = {hit.contact_id for hits in found.values() for hit in hits}
    async with workspace(pool, workspace_id) as connection:
        return await store.people(connection, workspace_id, list(ids))
