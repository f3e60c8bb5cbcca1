"""HTTP for people who should meet: one to five lines for each endpoint."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from kit.auth import Identity, require
from kit.db import Pool, workspace
from kit.erasure import ErasureOut
from kit.errors import NotFound
from kit.language import Reads
from kit.paging import MAX_LIMIT
from services.recommend.schemas import (
    FeedbackIn,
    FeedbackOut,
    IntroductionsOut,
    ModelOut,
    ReadinessOut,
    RecommendationsOut,
)
from services.recommend.store import facts, people
from services.recommend.usecases.feedback import Verdict, note
from services.recommend.usecases.introduce import introductions
from services.recommend.usecases.read import Means, Wish, people_to_meet
from services.recommend.usecases.run import BASELINE, BASELINE_VERSION

Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
Shown = Annotated[int, Query(ge=1, le=MAX_LIMIT)]

router = APIRouter(prefix="/api/ml/recommendations")


def means_of(request: Request) -> Means:
    means: Means = request.app.state.means
    return means


def pool_of(request: Request) -> Pool:
    return means_of(request).pool


def _now() -> datetime:
    return datetime.now(UTC)


MeansDep = Annotated[Means, Depends(means_of)]
PoolDep = Annotated[Pool, Depends(pool_of)]
Now = Annotated[datetime, Depends(_now)]


@router.get("/contacts", tags=["people to meet"])
async def recommend_contacts(
    who: Reader,
    means: MeansDep,
    now: Now,
    language: Reads,
    contact_id: Annotated[UUID | None, Query(description="who should meet them; the caller's own card")] = None,
    limit: Shown = 20,
    min_score: Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)] = 0.6,
) -> RecommendationsOut:
    """List whom a contact should meet, the best first, with reasons; never anybody he knows, dismissed or contacted."""
    found = await people_to_meet(means, who, Wish(contact_id, limit, min_score, language), now)
    plain = ModelOut(name=BASELINE, version=BASELINE_VERSION, kind="baseline")
    return RecommendationsOut.from_domain(found, plain=plain, now=now)


@router.get("/introductions", tags=["people to meet"])
async def recommend_introductions(
    who: Reader,
    pool: PoolDep,
    now: Now,
    language: Reads,
    contact_id: Annotated[UUID | None, Query(description="whom to be introduced to")] = None,
    account_id: Annotated[UUID | None, Query(description="or at which account, to anybody")] = None,
    limit: Shown = 20,
) -> IntroductionsOut:
    """List who can introduce the caller, or one of his colleagues, the best way first."""
    found = await introductions(
        pool, who, contact_id=contact_id, account_id=account_id, language=language, limit=limit, now=now
    )
    return IntroductionsOut.from_domain(found)


@router.post("/feedback", tags=["people to meet"])
async def give_feedback(who: Writer, pool: PoolDep, now: Now, body: FeedbackIn) -> FeedbackOut:
    """Say what was thought of a recommendation; the same event again changes nothing."""
    if body.kind == "account":
        raise NotFound("There is no such decision about accounts.", code="decision_not_found")
    verdict = Verdict(body.event_id, body.target_id, body.action, body.occurred_at or now, body.contact_id)
    return FeedbackOut(status="accepted" if await note(pool, who, verdict) else "duplicate")


@router.get("/readiness", tags=["recommendations"])
async def read_recommendations_readiness(who: Reader, pool: PoolDep) -> ReadinessOut:
    """Tell how much there is of what recommendations are made from."""
    async with workspace(pool, who.workspace_id) as connection:
        return ReadinessOut.from_domain(await facts.amounts(connection, who.workspace_id))


@router.get("/erasures/{entity_id}", tags=["recommendations"])
async def read_recommendations_erasure(who: Reader, pool: PoolDep, entity_id: UUID) -> ErasureOut:
    """Confirm, or not yet, that nothing of an erased row is left in this service."""
    async with workspace(pool, who.workspace_id) as connection:
        gone = await people.erased(connection, who.workspace_id, entity_id)
    return ErasureOut(entity_id=entity_id, erased=gone)
