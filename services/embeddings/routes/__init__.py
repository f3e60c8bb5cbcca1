"""HTTP for comparing people: one to five lines for each endpoint."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from kit.auth import Identity, require
from kit.db import Pool, workspace
from kit.erasure import ErasureOut
from services.embeddings import store
from services.embeddings.schemas import ModelOut, SimilaritiesIn, SimilaritiesOut, SimilarOut
from services.embeddings.schemas.bulk import PairsIn, PairsOut, SimilarBatchIn, SimilarBatchOut
from services.embeddings.schemas.models import ReadinessOut
from services.embeddings.schemas.search import SearchIn, SearchOut
from services.embeddings.usecases import bulk, compare
from services.embeddings.usecases import search as searching
from services.embeddings.usecases.readiness import read_readiness
from services.embeddings.usecases.serving import Serving

Reader = Annotated[Identity, Depends(require("ml:read"))]

router = APIRouter(prefix="/api/ml")


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


def serving_of(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


def _now() -> datetime:
    return datetime.now(UTC)


PoolDep = Annotated[Pool, Depends(pool_of)]
ServingDep = Annotated[Serving, Depends(serving_of)]
Now = Annotated[datetime, Depends(_now)]


@router.get("/similar/{contact_id}", tags=["similar people"])
async def similar_contacts(
    who: Reader,
    pool: PoolDep,
    serving: ServingDep,
    now: Now,
    contact_id: UUID,
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    min_similarity: Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)] = 0.0,
) -> SimilarOut:
    """List the people most like this contact, nearest first; never the person himself."""
    found = await compare.similar(
        pool, who.workspace_id, serving, contact_id, limit=limit, min_similarity=min_similarity, now=now
    )
    return SimilarOut.from_domain(found, computed_at=now)


@router.post("/similarities", tags=["similar people"])
async def pairwise_similarities(
    who: Reader, pool: PoolDep, serving: ServingDep, now: Now, body: SimilaritiesIn
) -> SimilaritiesOut:
    """Tell how like one contact each of up to 1,000 others is."""
    anchor, found = await compare.similarities(
        pool, who.workspace_id, serving, body.contact_id, body.candidate_ids, now=now
    )
    return SimilaritiesOut.from_domain(anchor, found, asked=body.candidate_ids, computed_at=now)


@router.post("/similarities/pairs", tags=["similar people"])
async def similarities_of_pairs(who: Reader, pool: PoolDep, serving: ServingDep, body: PairsIn) -> PairsOut:
    """Tell how like each other the two of each of up to 10,000 pairs are, by the vectors that are there."""
    model, found = await bulk.of_pairs(pool, who.workspace_id, serving, body.pairs)
    return PairsOut(similarities=found, model=ModelOut.from_domain(model))


@router.post("/similar/batch", tags=["similar people"])
async def similar_contacts_of_many(
    who: Reader, pool: PoolDep, serving: ServingDep, body: SimilarBatchIn
) -> SimilarBatchOut:
    """List the people most like each of up to 500 contacts, by the vectors that are there."""
    found = await bulk.nearest_of_many(pool, who.workspace_id, serving, body.contact_ids, limit=body.limit)
    people = await bulk.people_among(pool, who.workspace_id, found) if body.people else []
    return SimilarBatchOut.from_domain(body.contact_ids, found, people)


@router.post("/search", tags=["search"])
async def search_contacts(who: Reader, pool: PoolDep, serving: ServingDep, now: Now, body: SearchIn) -> SearchOut:
    """List the people who answer a free-text query best; by words alone (`degraded`) while the provider is away."""
    found = await searching.search(
        pool,
        who.workspace_id,
        serving,
        body.query,
        limit=body.limit,
        filters=body.filters.to_domain(),
        min_similarity=body.min_similarity,
    )
    return SearchOut.from_domain(found, computed_at=now)


@router.get("/embeddings/readiness", tags=["embeddings"])
async def read_embeddings_readiness(who: Reader, pool: PoolDep, serving: ServingDep) -> ReadinessOut:
    """Tell how many contacts can be compared, by which model, how far others are, and what they have cost today."""
    return ReadinessOut.from_domain(await read_readiness(pool, who.workspace_id, serving))


@router.get("/embeddings/erasures/{entity_id}", tags=["embeddings"])
async def read_embeddings_erasure(who: Reader, pool: PoolDep, entity_id: UUID) -> ErasureOut:
    """Confirm, or not yet, that nothing of an erased row is left in this service."""
    async with workspace(pool, who.workspace_id) as connection:
        gone = await store.erased(connection, who.workspace_id, entity_id)
    return ErasureOut(entity_id=entity_id, erased=gone)
