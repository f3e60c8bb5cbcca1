"""HTTP for the tone of relationships and texts: one to five lines for each endpoint."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from kit.auth import Identity, require
from kit.db import Pool, workspace
from kit.erasure import ErasureOut
from kit.language import Reads
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from kit.wire import Instant
from services.sentiment.domain import Kept, Run, Sentiment
from services.sentiment.features.relationship import label_of
from services.sentiment.schemas.relationships import (
    BatchIn,
    BatchItem,
    BatchOut,
    Labelled,
    ModelOut,
    OverviewOut,
    SentimentOut,
    SentimentsOut,
    TrendOut,
    WeekOut,
)
from services.sentiment.schemas.texts import (
    AnalyzeIn,
    AnalyzeOut,
    CorrectionIn,
    CorrectionOut,
    LexiconIn,
    LexiconOut,
    ReadinessOut,
    TagOut,
    ToneOut,
)
from services.sentiment.store import facts, tones
from services.sentiment.usecases import read, tell
from services.sentiment.usecases.analyze import analyze
from services.sentiment.usecases.chat import Chat
from services.sentiment.usecases.serving import Reader as Model
from services.sentiment.usecases.serving import Serving
from services.sentiment.usecases.tell import TagMeaning

Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]

router = APIRouter(prefix="/api/ml/sentiment")


@dataclass(frozen=True, slots=True)
class Means:
    """What the endpoints work with."""

    pool: Pool
    serving: Serving
    chat: Chat | None


def means_of(request: Request) -> Means:
    means: Means = request.app.state.means
    return means


def _now() -> datetime:
    return datetime.now(UTC)


MeansDep = Annotated[Means, Depends(means_of)]
Now = Annotated[datetime, Depends(_now)]


@router.get("", tags=["sentiment"])
async def list_sentiments(
    who: Reader,
    means: MeansDep,
    label: Annotated[Labelled | None, Query(description="only relationships of this label")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> SentimentsOut:
    """List the tone of every relationship of which something is known, as the night computed it."""
    after = decode_cursor(cursor) if cursor else None
    found, run = await read.page(means.pool, who.workspace_id, label, after, limit)
    items = [_kept_out(one, run) for one in found[:limit]]
    return SentimentsOut(items=items, next_cursor=encode_cursor(items[-1].contact_id) if len(found) > limit else None)


@router.get("/overview", tags=["sentiment"])
async def read_sentiment_overview(who: Reader, means: MeansDep) -> OverviewOut:
    """Tell how the relationships of the workspace stand."""
    counts, run = await read.overview(means.pool, who.workspace_id)
    return OverviewOut.from_domain(counts, model=_run_model(run, means))


@router.get("/trend", tags=["sentiment"])
async def read_sentiment_trend(
    who: Reader,
    means: MeansDep,
    weeks: Annotated[int, Query(ge=1, le=104, description="the newest")] = 13,
    contact_id: Annotated[UUID | None, Query(description="of one contact; else of all")] = None,
) -> TrendOut:
    """Tell how tones went, week by week."""
    found = await read.trend(means.pool, who.workspace_id, weeks, contact_id)
    return TrendOut(items=[WeekOut.from_domain(one) for one in found])


@router.post("/analyze", tags=["sentiment"])
async def analyze_texts(who: Reader, means: MeansDep, body: AnalyzeIn) -> AnalyzeOut:
    """Say how texts sound, in English or Russian, with the sentences that pushed; nothing is kept."""
    answer = await analyze(means.pool, means.serving, means.chat, who.workspace_id, body.all)
    model = ModelOut(name=answer.name, version=answer.version, kind=answer.kind)
    return AnalyzeOut(results=[ToneOut.from_domain(one.tone, one.evidence) for one in answer.results], model=model)


@router.post("/batch", tags=["sentiment"])
async def read_sentiments(who: Reader, means: MeansDep, now: Now, body: BatchIn) -> BatchOut:
    """Read the tone of up to 1,000 relationships at once, without evidence and reasons."""
    found, there, model = await read.several(means.pool, means.serving, who.workspace_id, body.contact_ids, now)
    return BatchOut(items=[_batch_item(one, found, there, model, now) for one in body.contact_ids])


@router.get("/lexicon", tags=["sentiment"])
async def read_lexicon(who: Reader, means: MeansDep) -> LexiconOut:
    """List what tags say of a relationship here."""
    return _lexicon(await tell.meanings(means.pool, who.workspace_id))


@router.put("/lexicon", tags=["sentiment"])
async def replace_lexicon(who: Writer, means: MeansDep, body: LexiconIn) -> LexiconOut:
    """Say what tags mean in this workspace, all at once; kept figures follow with the next night."""
    values = {one.tag: one.value for one in body.items}
    return _lexicon(await tell.replace_meanings(means.pool, who.workspace_id, values))


@router.get("/readiness", tags=["sentiment"])
async def read_sentiment_readiness(who: Reader, means: MeansDep) -> ReadinessOut:
    """Tell how much there is of what tones are made from."""
    async with workspace(means.pool, who.workspace_id) as connection:
        return ReadinessOut.from_domain(await facts.amounts(connection, who.workspace_id))


@router.get("/erasures/{entity_id}", tags=["sentiment"])
async def read_sentiment_erasure(who: Reader, means: MeansDep, entity_id: UUID) -> ErasureOut:
    """Confirm, or not yet, that nothing of an erased row is left in this service."""
    async with workspace(means.pool, who.workspace_id) as connection:
        gone = await tones.erased(connection, who.workspace_id, entity_id)
    return ErasureOut(entity_id=entity_id, erased=gone)


@router.get("/{contact_id}", tags=["sentiment"])
async def read_sentiment(
    who: Reader,
    means: MeansDep,
    now: Now,
    language: Reads,
    contact_id: UUID,
    as_of: Annotated[Instant | None, Query(description="by the facts up to then; now where left out")] = None,
) -> SentimentOut:
    """Read the tone of a relationship from the facts as they are, with evidence and reasons."""
    shown = await read.relationship_of(
        means.pool, means.serving, who.workspace_id, contact_id, as_of=as_of, now=now, language=language
    )
    one = shown.sentiment
    return SentimentOut.from_domain(
        one,
        label=None if one.overall is None else label_of(one.overall),
        model=_model(shown.reader),
        computed_at=now,
        facts_as_of=shown.facts_as_of,
        evidence=shown.evidence,
        reasons=shown.reasons,
    )


@router.post("/{contact_id}/corrections", tags=["sentiment"])
async def correct_sentiment(
    who: Writer, means: MeansDep, now: Now, contact_id: UUID, body: CorrectionIn
) -> CorrectionOut:
    """Say what a relationship's tone really is; every night says how often we agree."""
    kept = await tell.correct(means.pool, who, contact_id, body.correction_id, body.label, now)
    return CorrectionOut(status="accepted" if kept else "duplicate")


def _model(reader: Model) -> ModelOut:
    return ModelOut(name="tone", version=reader.version, kind=reader.kind)


def _run_model(run: Run | None, means: Means) -> ModelOut:
    if run is None:
        return _model(Model(means.serving.prior))
    return ModelOut(name="tone", version=run.model_version, kind=run.model_kind)


def _kept_out(one: Kept, run: Run | None) -> SentimentOut:
    model = ModelOut(name="tone", version=one.model_version, kind=run.model_kind if run else "linear")
    return SentimentOut.from_kept(one, label=label_of(one.overall), model=model)


def _batch_item(
    contact_id: UUID, found: dict[UUID, Kept | Sentiment], there: set[UUID], model: Model, now: datetime
) -> BatchItem:
    if contact_id not in there:
        return BatchItem(contact_id=contact_id, error="contact_not_found")
    one = found[contact_id]
    if isinstance(one, Kept):
        shown = SentimentOut.from_kept(one, label=label_of(one.overall), model=_model(model))
    else:
        label = None if one.overall is None else label_of(one.overall)
        shown = SentimentOut.from_domain(one, label=label, model=_model(model), computed_at=now, facts_as_of=now)
    return BatchItem(contact_id=contact_id, sentiment=shown)


def _lexicon(meanings: list[TagMeaning]) -> LexiconOut:
    items = [TagOut(tag=one.tag, value=one.value, origin="workspace" if one.own else "default") for one in meanings]
    return LexiconOut(items=items)
