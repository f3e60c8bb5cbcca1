"""HTTP of the encoder: one to five lines for each endpoint."""

import asyncio

from fastapi import APIRouter, Request, Response

from services.encoder.schemas import EmbeddingsIn, EmbeddingsOut, ModelOut, ModelsOut
from services.encoder.usecases import EncodingQueue, check_dimensions, check_model

router = APIRouter(prefix="/v1", tags=["embeddings"])


@router.post("/embeddings", response_model=EmbeddingsOut)
async def create_embeddings(body: EmbeddingsIn, request: Request) -> Response:
    """One unit vector for each text, in the order of the texts."""
    check_model(body.model)
    check_dimensions(body.dimensions)
    queue: EncodingQueue = request.app.state.queue
    embedded = await queue.embed(body.input, abandoned=request.is_disconnected)
    answer = await asyncio.to_thread(
        lambda: EmbeddingsOut.from_domain(embedded, body.encoding_format).model_dump_json()
    )
    return Response(answer, media_type="application/json")


@router.get("/models")
async def list_models() -> ModelsOut:
    """The one model that is served."""
    return ModelsOut(data=[ModelOut()])


@router.get("/models/{model:path}")
async def read_model(model: str) -> ModelOut:
    """The model of this name, if it is the one."""
    check_model(model)
    return ModelOut()
