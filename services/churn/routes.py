"""HTTP for ties at risk: one to five lines for each endpoint."""

import struct
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from kit.auth import Identity, require
from kit.db import workspace
from kit.erasure import ErasureOut
from kit.errors import FieldError, NotFound, TooLarge
from kit.language import Reads, language_of
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_number, encode_number
from kit.texts import Language
from kit.wire import Instant
from services.churn.domain import RiskLevel, Score, State
from services.churn.schemas.past import (
    BacktestOut,
    FeedbackIn,
    FeedbackOut,
    HistoryOut,
    PastOut,
    ReadinessOut,
)
from services.churn.schemas.ties import BatchIn, BatchOut, ChurnOut, ChurnsOut
from services.churn.store import runs
from services.churn.store import scores as store
from services.churn.usecases.feedback import Said, note
from services.churn.usecases.read import Desk, Filter, Wish, find_one, list_ties, read_history, read_many
from services.churn.usecases.words import STALE_AFTER, is_stale, tell
from services.churn.usecases.words import risk_level as level_of

MOST_EXPLAINED = 200
WRITTEN = 2_048  # answers of some kilobytes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
Ego = Annotated[
    UUID | None, Query(description="from whom it is seen; left out: our own people, or the caller's card without such")
]
AsOf = Annotated[Instant | None, Query(description="by the facts of then; now where left out")]
Horizon = Annotated[int | None, Query(ge=1, le=3_650, description="days to look ahead")]
Explain = Annotated[bool, Query(description="give reasons")]

router = APIRouter(prefix="/api/ml/churn")


# Dependencies are coroutines though they await nothing: FastAPI hands plain functions to a thread, at each request.
async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _now() -> datetime:
    return datetime.now(UTC)


DeskDep = Annotated[Desk, Depends(desk_of)]
Now = Annotated[datetime, Depends(_now)]


@router.get("/{contact_id:uuid}", tags=["churn"], response_model=ChurnOut)
async def read_churn(
    who: Reader,
    request: Request,
    contact_id: UUID,
    as_of: AsOf = None,
    ego_contact_id: Ego = None,
    horizon_days: Horizon = None,
) -> Response:
    """Tell how likely a tie is to fall silent, why, and what to do about it."""
    wish = Wish(ego_contact_id, as_of, horizon_days, language_of(request.scope))
    now = datetime.now(UTC)
    score, names = await find_one(request.app.state.desk, who, contact_id, wish, now)
    body = _written(msgspec.msgpack.encode(score), tuple(names.items()), wish.language, stale=is_stale(score, now))
    return Response(body, media_type="application/json")


@router.get("", tags=["churn"])
async def list_churn(
    who: Reader,
    desk: DeskDep,
    now: Now,
    language: Reads,
    risk_level: RiskLevel | None = None,
    state: Annotated[State, Query(description="lost ones are listed where they are asked for")] = "active",
    ego_contact_id: Ego = None,
    with_snoozed: Annotated[bool, Query(description="those too of which somebody said: later, or not at risk")] = False,
    explain: Explain = True,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ChurnsOut:
    """List ties by the last run, the likeliest to fall silent first."""
    chosen = Filter(risk_level, state, with_snoozed, limit, _place(cursor) if cursor else None)
    found = await list_ties(desk, who, chosen, Wish(ego_contact_id, language=language, explain=explain), now)
    further = _cursor(found.items[-1].score) if found.has_more else None
    return ChurnsOut.from_domain(found.items, ego_id=found.ego_id, has_run=found.run is not None, next_cursor=further)


@router.post("/batch", tags=["churn"])
async def read_churn_batch(who: Reader, desk: DeskDep, now: Now, language: Reads, body: BatchIn) -> BatchOut:
    """Ask about many ties; each has an answer of its own."""
    if body.explain and len(body.contact_ids) > MOST_EXPLAINED:
        where = FieldError(
            "#/contact_ids", "Ask for fewer, or without reasons.", allowed={"max_length": MOST_EXPLAINED}
        )
        raise TooLarge(
            f"One request takes at most {MOST_EXPLAINED} items.",
            code="too_many_items",
            fields=[where],
            extra={"limit": MOST_EXPLAINED},
        )
    wish = Wish(body.ego_contact_id, body.as_of, body.horizon_days, language, body.explain)
    return BatchOut.from_domain(body.contact_ids, await read_many(desk, who, body.contact_ids, wish, now))


@router.get("/backtest", tags=["churn"])
async def read_churn_backtest(who: Reader, desk: DeskDep, as_of: AsOf = None) -> BacktestOut:
    """Tell how well a past instant's predictions came true; a job `predict` with that as_of makes them."""
    async with workspace(desk.pool, who.workspace_id) as connection:
        run = await runs.past(connection, who.workspace_id, as_of)
    if run is None:
        raise NotFound("Ask for a job: predict, with this as_of.", code="backtest_not_found")
    return BacktestOut.from_domain(run)


@router.get("/readiness", tags=["churn"])
async def read_churn_readiness(who: Reader, desk: DeskDep) -> ReadinessOut:
    """Tell how much there is of what ties are judged by."""
    async with workspace(desk.pool, who.workspace_id) as connection:
        return ReadinessOut.from_domain(await store.amounts(connection, who.workspace_id))


@router.get("/erasures/{entity_id}", tags=["churn"])
async def read_churn_erasure(who: Reader, desk: DeskDep, entity_id: UUID) -> ErasureOut:
    """Confirm, or not yet, that nothing of an erased row is left in this service."""
    async with workspace(desk.pool, who.workspace_id) as connection:
        gone = await store.erased(connection, who.workspace_id, entity_id)
    return ErasureOut(entity_id=entity_id, erased=gone)


@router.get("/{contact_id}/history", tags=["churn"])
async def read_churn_history(
    who: Reader,
    desk: DeskDep,
    contact_id: UUID,
    ego_contact_id: Ego = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> HistoryOut:
    """List what was said of a tie, the newest first."""
    before = EPOCH + timedelta(microseconds=decode_number(cursor)) if cursor else None
    found = await read_history(desk, who, contact_id, ego_contact_id, before=before, limit=limit + 1)
    items = [PastOut.from_domain(one, level_of(one.probability)) for one in found[:limit]]
    last = (items[-1].facts_as_of - EPOCH) // timedelta(microseconds=1) if len(found) > limit else None
    return HistoryOut(items=items, next_cursor=None if last is None else encode_number(last))


@router.post("/{contact_id}/feedback", tags=["churn"])
async def give_churn_feedback(who: Writer, desk: DeskDep, now: Now, contact_id: UUID, body: FeedbackIn) -> FeedbackOut:
    """Say that a tie can wait, or is not at risk; the same event again changes nothing."""
    said = Said(body.event_id, body.action, body.until, body.occurred_at or now, body.ego_contact_id)
    new, until = await note(desk, who, contact_id, said)
    return FeedbackOut(status="accepted" if new else "duplicate", until=until)


@lru_cache(maxsize=WRITTEN)
def _written(packed: bytes, names: tuple[tuple[UUID, str], ...], language: Language, *, stale: bool) -> bytes:
    """Return an answer as it is sent: the same numbers in the same language are put into words once."""
    score = msgspec.msgpack.decode(packed, type=Score)
    now = score.computed_at + (2 * STALE_AFTER if stale else STALE_AFTER)
    return ChurnOut.from_domain(tell(score, dict(names), language, now)).model_dump_json().encode()


def _cursor(last: Score) -> str:
    """Return a place in the list: the probability's own 32 bits, as kept, and the first of the contact's id."""
    bits = struct.unpack(">I", struct.pack(">f", last.probability or 0))[0]
    return encode_number(bits << 32 | last.contact_id.int >> 96)


def _place(cursor: str) -> tuple[float, UUID]:
    number = decode_number(cursor)
    probability: float = struct.unpack(">f", struct.pack(">I", number >> 32))[0]
    return probability, UUID(int=(number & 0xFFFFFFFF) << 96 | (1 << 96) - 1)
