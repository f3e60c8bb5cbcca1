"""What is shown of tones: one relationship with its evidence, pages of kept figures, the overview, the trend."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kit.db import Connection, Pool, workspace
from kit.errors import NotFound
from kit.texts import Language
from services.sentiment.domain import (
    Counts,
    Evidence,
    Kept,
    Reason,
    RelationshipLabel,
    Run,
    Sentiment,
    Tone,
    Week,
    Written,
)
from services.sentiment.features import reasons, relationship
from services.sentiment.store import facts, runs, tones
from services.sentiment.usecases import histories
from services.sentiment.usecases.histories import Known
from services.sentiment.usecases.serving import Reader, Serving

SHOWN = 5
BOUNDS: dict[RelationshipLabel, tuple[float, float]] = {
    "Very Positive": (0.5, 2.0),
    "Positive": (0.2, 0.5),
    "Neutral": (-0.2, 0.2),
    "Negative": (-0.5, -0.2),
    "Very Negative": (-2.0, -0.5),
}
ALL = (-2.0, 2.0)


@dataclass(frozen=True, slots=True)
class Shown:
    """One relationship's tone with what it stands on."""

    sentiment: Sentiment
    evidence: Sequence[Evidence]
    reasons: Sequence[Reason]
    reader: Reader
    facts_as_of: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """A contact's tone by an instant, what each of his texts sounds like, and what tags say here."""

    sentiment: Sentiment
    texts: Sequence[tuple[Written, Tone]]
    tags: Mapping[str, float]


async def relationship_of(
    pool: Pool,
    serving: Serving,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    as_of: datetime | None,
    now: datetime,
    language: Language,
) -> Shown:
    """Return a relationship's tone from the facts by an instant; raise NotFound for a contact who is not there.

    Without an instant all facts up to now count, by their age at the end of the day: the same facts give the same
    answer all day.
    """
    async with workspace(pool, workspace_id) as connection:
        await _there(connection, workspace_id, contact_id)
        reader = await serving.reader(connection, workspace_id)
        lexicon = await histories.lexicon(connection, workspace_id)
        known = await histories.load(connection, workspace_id, [contact_id], as_of or now)
    facts_as_of = as_of or known[0].newest or now
    aged = as_of or now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return await asyncio.to_thread(_shown, known[0], reader, lexicon, aged, facts_as_of, language)


def _shown(
    known: Known,
    reader: Reader,
    lexicon: Mapping[str, float],
    as_of: datetime,
    facts_as_of: datetime,
    language: Language,
) -> Shown:
    texts = known.texts()
    tone_of = histories.read_once([written.body for written in texts], reader)
    said = [tone_of[written.body] for written in texts]
    history = known.history(texts, as_of)
    sentiment = relationship.build(history, said, lexicon, as_of)
    tags = relationship.tag_values(history.tags, lexicon)
    evidence = evidence_of(Read(sentiment, list(zip(texts, said, strict=True)), tags), reader, as_of)
    return Shown(sentiment, evidence, reasons.reasons(sentiment, evidence, language), reader, facts_as_of)


def evidence_of(read: Read, reader: Reader, as_of: datetime) -> list[Evidence]:
    """Return the tags and sentences that pushed, each the strongest first; a text written twice is shown once."""
    tags = [Evidence("tag", tag, value, "tags") for tag, value in read.tags.items()]
    weighed = [
        (relationship.text_weight(written, tone, as_of) * abs(tone.polarity), written, tone)
        for written, tone in read.texts
        if tone.label in {"positive", "negative"}
    ]
    best: dict[str, tuple[Written, Tone]] = {}
    for _weight, written, tone in sorted(weighed, key=lambda one: -one[0]):
        best.setdefault(written.body, (written, tone))
    sentences = [
        Evidence("sentence", one.text, one.polarity, written.source, written.at, written.direction)
        for written, tone in list(best.values())[:SHOWN]
        for one in reader.evidence(written.body, tone)[:1]
    ]
    return [*sorted(tags, key=lambda one: -abs(one.value))[:SHOWN], *sentences]


async def page(
    pool: Pool, workspace_id: UUID, label: RelationshipLabel | None, after: UUID | None, limit: int
) -> tuple[list[Kept], Run | None]:
    """Return a page of kept figures, one more than `limit` where there are more, and the run they are of."""
    above, up_to = BOUNDS[label] if label else ALL
    async with workspace(pool, workspace_id) as connection:
        found = await tones.page(connection, workspace_id, above=above, up_to=up_to, after=after, limit=limit + 1)
        return found, await runs.current(connection, workspace_id)


async def several(
    pool: Pool, serving: Serving, workspace_id: UUID, ids: Sequence[UUID], now: datetime
) -> tuple[dict[UUID, Kept | Sentiment], set[UUID], Reader]:
    """Return figures by contact, kept or computed where they are not, who is there at all, and what reads."""
    async with workspace(pool, workspace_id) as connection:
        there = await facts.present(connection, workspace_id, ids)
        kept = {one.contact_id: one for one in await tones.of(connection, workspace_id, list(there))}
        reader = await serving.reader(connection, workspace_id)
        missing = sorted(there - kept.keys())
        known = await histories.load(connection, workspace_id, missing, now) if missing else []
        lexicon = await histories.lexicon(connection, workspace_id)
    fresh = await asyncio.to_thread(histories.read, known, reader, lexicon, [now])
    return {**kept, **{each[0].contact_id: each[0] for each in fresh}}, there, reader


async def overview(pool: Pool, workspace_id: UUID) -> tuple[Counts, Run | None]:
    async with workspace(pool, workspace_id) as connection:
        return await tones.overview(connection, workspace_id), await runs.current(connection, workspace_id)


async def trend(pool: Pool, workspace_id: UUID, weeks: int, contact_id: UUID | None) -> list[Week]:
    """Return a figure a week, oldest first; raise NotFound for a contact who is not there."""
    async with workspace(pool, workspace_id) as connection:
        if contact_id is not None:
            await _there(connection, workspace_id, contact_id)
        return await tones.trend(connection, workspace_id, weeks=weeks, contact_id=contact_id)


async def _there(connection: Connection, workspace_id: UUID, contact_id: UUID) -> None:
    if not await facts.present(connection, workspace_id, [contact_id]):
        raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
