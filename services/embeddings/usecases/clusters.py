"""Show the interest groups that stand, or say what is missing for there to be any."""

from dataclasses import replace
from uuid import UUID

from kit.db import Pool, workspace
from kit.errors import FieldError, Invalid, NotFound
from services.embeddings import store
from services.embeddings.domain import Coverage
from services.embeddings.domain.clusters import Clusters, Found, Page
from services.embeddings.store import clusters as rows
from services.embeddings.usecases.serving import Serving

MIN_CONTACTS = 10


async def read_clusters(pool: Pool, workspace_id: UUID, serving: Serving, *, members: int) -> Clusters:
    """Return the clusters that stand, the largest first; `stale` where they are of another model than serves.

    Each with as many of its most typical `members` as are asked for.
    """
    async with workspace(pool, workspace_id) as connection:
        model = (await serving.read(connection, workspace_id)).model.name
        standing = await rows.standing(connection, workspace_id)
        if standing and standing[1]:
            run, items = standing
            people = await rows.typical(connection, workspace_id, limit=members) if members else None
            return Clusters(status(run, model), (), run, items, people)
        coverage = await store.coverage(connection, workspace_id, model)
    run_there = None if standing is None else standing[0]
    return Clusters("insufficient_data", (missing(coverage) or "cluster_job",), run_there, [])


async def read_cluster(
    pool: Pool, workspace_id: UUID, serving: Serving, cluster_id: int, *, after: UUID | None, limit: int
) -> tuple[Page, str]:
    """Return a cluster and up to `limit` members after the one named, and its status."""
    async with workspace(pool, workspace_id) as connection:
        model = (await serving.read(connection, workspace_id)).model.name
        found = await rows.page(connection, workspace_id, cluster_id, after=after, limit=limit + 1)
    if found is None:
        raise NotFound("There is no such cluster in this workspace.", code="cluster_not_found")
    if not found.cursor_holds:
        where = FieldError("#/cursor", "The contact it names has left the cluster: begin with the first page.", "query")
        raise Invalid("The cursor is not valid any more.", code="invalid_cursor", fields=[where])
    more = len(found.members) > limit
    return replace(found, members=found.members[:limit], more=more), status(found.run, model)


def status(run: Found, model: str) -> str:
    return "scored" if run.model == model else "stale"


def missing(coverage: Coverage) -> str | None:
    """Name what there must be more of before there can be clusters; None where there is enough."""
    if coverage.contacts < MIN_CONTACTS:
        return "contacts"
    return "vectors" if coverage.vectors < MIN_CONTACTS else None
