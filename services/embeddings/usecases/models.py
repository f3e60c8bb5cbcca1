"""Which embedding models a workspace has: add one, let it serve, go back, remove; what is wanted and what may go."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from kit.db import Connection, Pool, workspace
from kit.errors import Conflict, FieldError, Invalid, NotFound, RapportError, Unavailable
from kit.jobs import Job, Queue
from kit.logs import get_logger
from kit.registry import store as registry
from services.embeddings import store
from services.embeddings.domain.models import CountedModel, KeptModel
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.store import clusters
from services.embeddings.store import models as rows
from services.embeddings.usecases import indexes

log = get_logger(__name__)

TURN = "embeddings"  # whoever changes what serves in a workspace takes turns by this word
ROWS_AT_ONCE = 5_000
LOOK_AGAIN_S = 5
WORKER = "service:embeddings"


async def counted(connection: Connection, workspace_id: UUID, models: Models) -> list[CountedModel]:
    """Return a workspace's models, what serves first."""
    vectors = await rows.count_vectors(connection, workspace_id)
    return [
        CountedModel(one, vectors.get(one.name, 0), models[one.key].is_configured)
        for one in await rows.every(connection, workspace_id)
    ]


async def wanted(
    connection: Connection, workspace_id: UUID, models: Models, *, adopt: bool = False
) -> list[EmbeddingModel]:
    """Return the models whose vectors are to be kept fresh and that can be asked, what serves first.

    A workspace's first vectors are the default model's. With `adopt` the default is added where what serves is not
    configured any more: nobody could search by it.
    """
    await rows.add_first(connection, workspace_id, models.default.key)
    kept = await rows.every(connection, workspace_id)
    if adopt and not _can_be_asked(kept, models) and models.default.name not in {one.name for one in kept}:
        await _add(connection, workspace_id, models.default, actor=WORKER)
        kept = await rows.every(connection, workspace_id)
    chosen = [models[one.key] for one in kept if one.state != "removing"]
    return [model for model in chosen if model.is_configured]


async def add(pool: Pool, workspace_id: UUID, models: Models, queue: Queue, name: str, *, actor: str) -> Job:
    """Begin to make the vectors of a model, beside those that are there; return the job that does."""
    model = models.named(name)
    if model is None:
        where = FieldError("#/name", "Not a model of EMBEDDINGS_MODELS.", allowed={"names": models.names()})
        raise Invalid("This model is not configured.", code="model_not_configured", fields=[where])
    async with workspace(pool, workspace_id) as connection:
        await registry.take_turn(connection, workspace_id, TURN)
        await rows.add_first(connection, workspace_id, models.default.key)
        if not await _add(connection, workspace_id, model, actor=actor):
            present = await _known(connection, workspace_id, name)
            if present.state == "removing" or present.key != model.key:
                raise Conflict("Vectors of this name are there, and have to go first.", code="model_being_removed")
        return await queue.enqueue(connection, workspace_id, "embed", {}, unique_key="embed")


async def promote(
    pool: Pool, workspace_id: UUID, models: Models, queue: Queue, name: str, version: str, *, actor: str
) -> CountedModel:
    """Let a model serve; raise Conflict `model_incomplete` as long as anybody would have no vector any more."""
    async with workspace(pool, workspace_id) as connection:
        await registry.take_turn(connection, workspace_id, TURN)
        await rows.add_first(connection, workspace_id, models.default.key)
        model = await _known(connection, workspace_id, name, version)
        if model.state != "serving":
            lacking = await rows.lacking(connection, workspace_id, name)
            if model.state != "ready" or lacking:
                raise _incomplete(model, lacking)
            await _switch(connection, workspace_id, model, "promoted", actor=actor)
            await _regroup(connection, workspace_id, queue, name)
        return await _counted(connection, workspace_id, models, name)


async def roll_back(
    pool: Pool, workspace_id: UUID, models: Models, queue: Queue, name: str, *, actor: str
) -> CountedModel:
    """Let what served before the one that serves do so again; raise Conflict where there is none."""
    async with workspace(pool, workspace_id) as connection:
        await registry.take_turn(connection, workspace_id, TURN)
        kept = {one.name: one for one in await rows.every(connection, workspace_id)}
        model = kept.get(name)
        if model is None:
            raise _unknown()
        before = kept.get(model.replaced or "")
        if model.state != "serving" or before is None or before.state != "ready":
            raise Conflict("There is nothing that served before it.", code="nothing_to_roll_back")
        await _switch(connection, workspace_id, before, "rolled_back", actor=actor)
        await _regroup(connection, workspace_id, queue, before.name)
        return await _counted(connection, workspace_id, models, before.name)


async def remove(pool: Pool, workspace_id: UUID, queue: Queue, name: str) -> Job:
    """Begin to remove a model and its vectors; what serves is refused. Return the job that does."""
    async with workspace(pool, workspace_id) as connection:
        await registry.take_turn(connection, workspace_id, TURN)
        model = await _known(connection, workspace_id, name)
        if model.state == "serving":
            raise Conflict("This model serves: let another one serve first.", code="model_serves")
        await rows.unwant(connection, workspace_id, name)
        log.info("model_unwanted", workspace_id=str(workspace_id), model=name)
        return await queue.enqueue(connection, workspace_id, "embed", {}, unique_key="embed")


async def filled(pool: Pool, workspace_id: UUID, models: Models, model: EmbeddingModel) -> None:
    """Note that every vector of a model has been made; where nothing that serves can be asked, let it serve."""
    async with workspace(pool, workspace_id) as connection:
        await registry.take_turn(connection, workspace_id, TURN)
        await rows.set_ready(connection, workspace_id, model.name)
        kept = await rows.every(connection, workspace_id)
        own = next((one for one in kept if one.key == model.key and one.state == "ready"), None)
        if own and model is models.default and not _can_be_asked(kept, models):
            await _switch(connection, workspace_id, own, "promoted", actor=WORKER)


async def clear_away(
    pool: Pool, workspace_id: UUID, step: Callable[[], Awaitable[None]], *, rows_at_once: int = ROWS_AT_ONCE
) -> list[RapportError]:
    """Remove models that are not wanted, their vectors in batches; return why one has to wait."""
    async with workspace(pool, workspace_id) as connection:
        going = [one for one in await rows.every(connection, workspace_id) if one.state == "removing"]
    waits: list[RapportError] = []
    for model in going:
        if not model.is_idle or not await _clear_away(pool, workspace_id, model, step, rows_at_once):
            detail = "A model that has just served is removed when nobody reads it any more."
            waits.append(Unavailable(detail, code="model_in_use", retry_after_s=LOOK_AGAIN_S))
    return waits


async def _clear_away(
    pool: Pool, workspace_id: UUID, model: KeptModel, step: Callable[[], Awaitable[None]], rows_at_once: int
) -> bool:
    dropped = rows_at_once
    while dropped == rows_at_once:
        async with workspace(pool, workspace_id) as connection:
            dropped = await rows.drop_some_vectors(connection, workspace_id, model.name, most=rows_at_once)
        await step()
    await indexes.tend(pool, workspace_id, model.name)
    async with workspace(pool, workspace_id) as connection:
        if await store.has_index(connection, workspace_id, model.name):
            return False
        await rows.drop(connection, workspace_id, model.name)
    log.info("model_removed", workspace_id=str(workspace_id), model=model.name)
    return True


def _can_be_asked(kept: list[KeptModel], models: Models) -> bool:
    return any(one.state == "serving" and models[one.key].is_configured for one in kept)


async def _add(connection: Connection, workspace_id: UUID, model: EmbeddingModel, *, actor: str) -> bool:
    is_new = await rows.add(connection, workspace_id, model.key)
    if is_new:
        await _note(connection, workspace_id, model.name, model.dimensions, "registered", actor, {})
    return is_new


async def _switch(connection: Connection, workspace_id: UUID, model: KeptModel, action: str, *, actor: str) -> None:
    """A request that is being answered goes on with what served when it began: its vectors stay."""
    before = await rows.retire(connection, workspace_id)
    replaced = before if action == "promoted" else None
    await rows.serve(connection, workspace_id, model.name, replaced=replaced)
    details = {"in_place_of": before}
    await _note(connection, workspace_id, model.name, model.dimensions, action, actor, details)
    log.info("model_serves", workspace_id=str(workspace_id), model=model.name, in_place_of=before)


async def _regroup(connection: Connection, workspace_id: UUID, queue: Queue, name: str) -> None:
    """Ask for clusters of the vectors that serve now, if there are any of others'."""
    last = await clusters.last_run(connection, workspace_id)
    if last and last.model != name:
        with suppress(Conflict):  # one is just starting
            await queue.enqueue(connection, workspace_id, "cluster", {}, unique_key="cluster")


async def _note(
    connection: Connection,
    workspace_id: UUID,
    name: str,
    dimensions: int,
    action: str,
    actor: str,
    details: dict[str, Any],
) -> None:
    await registry.add_event(
        connection,
        workspace_id,
        name,
        action,
        version=str(dimensions),
        previous_version=None,
        actor=actor,
        details=details,
    )


async def _counted(connection: Connection, workspace_id: UUID, models: Models, name: str) -> CountedModel:
    return next(one for one in await counted(connection, workspace_id, models) if one.kept.name == name)


async def _known(connection: Connection, workspace_id: UUID, name: str, version: str | None = None) -> KeptModel:
    kept = await rows.every(connection, workspace_id)
    found = next((one for one in kept if one.name == name and version in {None, str(one.dimensions)}), None)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("This workspace has no such model.", code="model_not_found")


def _incomplete(model: KeptModel, lacking: int) -> Conflict:
    return Conflict(
        "Not every contact that can be found now has a vector of this model yet.",
        code="model_incomplete",
        retry_after_s=LOOK_AGAIN_S,
        extra={"state": model.state, "contacts_without_vector": lacking},
    )
