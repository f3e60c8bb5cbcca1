"""HTTP for the embedding models of a workspace: the paths of every capability's registry, and add and remove."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from kit.auth import Identity, require
from kit.jobs import JobOut, Queue
from kit.jobs.routes import accepted
from kit.registry.routes import actor
from services.embeddings.routes import PoolDep, Reader, ServingDep
from services.embeddings.schemas.models import EmbeddingModelOut, EmbeddingModelsOut, NewModelIn
from services.embeddings.usecases import models
from services.embeddings.usecases.readiness import read_readiness

Admin = Annotated[Identity, Depends(require("ml:admin"))]
# A path: providers call models by names such as intfloat/e5-base.
Name = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9._:/@-]+$")]
Version = Annotated[str, Path(max_length=10, pattern=r"^[0-9]+$", description="the number of dimensions")]

router = APIRouter(prefix="/api/ml/embeddings/models", tags=["embeddings models"])


def queue_of(request: Request) -> Queue:
    queue: Queue = request.app.state.queue
    return queue


QueueDep = Annotated[Queue, Depends(queue_of)]


@router.get("", operation_id="list_embeddings_models", summary="List embedding models")
async def list_models(who: Reader, pool: PoolDep, serving: ServingDep) -> EmbeddingModelsOut:
    """List the workspace's models and how far each is, what serves first."""
    found = await read_readiness(pool, who.workspace_id, serving)
    return EmbeddingModelsOut.from_domain(found, known=serving.models.names())


@router.post("", status_code=202, operation_id="add_embeddings_model", summary="Add an embedding model")
async def add_model(
    who: Admin, pool: PoolDep, serving: ServingDep, queue: QueueDep, response: Response, body: NewModelIn
) -> JobOut:
    """Make the vectors of another model, beside those that serve; the job does it. One that is there is filled up."""
    job = await models.add(pool, who.workspace_id, serving.models, queue, body.name, actor=actor(who))
    return accepted(response, "embeddings", job)


@router.post(
    "/{name:path}/versions/{version}/promote",
    operation_id="promote_embeddings_model",
    summary="Let an embedding model serve",
)
async def promote_model(
    who: Admin, pool: PoolDep, serving: ServingDep, queue: QueueDep, name: Name, version: Version
) -> EmbeddingModelOut:
    """Let a model serve from the next request on; refused until everybody who can be found has a vector of it."""
    chosen = await models.promote(pool, who.workspace_id, serving.models, queue, name, version, actor=actor(who))
    return EmbeddingModelOut.of(chosen)


@router.post(
    "/{name:path}/rollback",
    operation_id="roll_back_embeddings_model",
    summary="Go back to the embedding model before",
)
async def roll_back_model(
    who: Admin, pool: PoolDep, serving: ServingDep, queue: QueueDep, name: Name
) -> EmbeddingModelOut:
    """Let what served before this model serve again."""
    chosen = await models.roll_back(pool, who.workspace_id, serving.models, queue, name, actor=actor(who))
    return EmbeddingModelOut.of(chosen)


@router.delete(
    "/{name:path}", status_code=202, operation_id="remove_embeddings_model", summary="Remove an embedding model"
)
async def remove_model(who: Admin, pool: PoolDep, queue: QueueDep, response: Response, name: Name) -> JobOut:
    """Remove a model that does not serve, and its vectors; the job does it."""
    job = await models.remove(pool, who.workspace_id, queue, name)
    return accepted(response, "embeddings", job)
