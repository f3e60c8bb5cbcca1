"""Contacts' histories as tones are made from them: of a block of contacts, by two questions to the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit.db import Connection
from services.sentiment.domain import Described, History, Passed, Sentiment, Tone, Written
from services.sentiment.features import relationship
from services.sentiment.store import facts, tones
from services.sentiment.usecases.serving import Reader

TEXTS_READ = 200  # of a contact, the newest


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one contact: his card, and what passed, oldest first."""

    contact_id: UUID
    card: Described | None
    passed: Sequence[Passed]

    @property
    def newest(self) -> datetime | None:
        """When the newest of it was, None where nothing is known."""
        cards = [self.card.valid_from] if self.card else []
        return max([*cards, *(one.occurred_at for one in self.passed)], default=None)

    def texts(self) -> list[Written]:
        """Return his notes and the newest summaries."""
        said = [Written(one.summary, one.occurred_at, "summary", one.direction) for one in self.passed if one.summary][
            -TEXTS_READ:
        ]
        notes = self.card.notes if self.card else None
        return [*([Written(notes, self.card.valid_from, "notes")] if notes and self.card else []), *said]

    def history(self, texts: Sequence[Written], as_of: datetime) -> History:
        """Return his history by an instant; what passed with us alone counts, or with others where nothing did."""
        by_then = [one for one in self.passed if one.occurred_at <= as_of]
        ours = [one for one in by_then if one.with_us] or by_then
        rhythm = relationship.rhythm_of([(one.occurred_at, one.direction) for one in ours], as_of)
        card = self.card if self.card and self.card.valid_from <= as_of else None
        return History(self.contact_id, card.tags if card else (), texts, rhythm)


async def load(connection: Connection, workspace_id: UUID, ids: Sequence[UUID], as_of: datetime) -> list[Known]:
    """Return what is known of contacts by an instant, in the order of `ids`."""
    cards = {one.contact_id: one for one in await facts.described(connection, workspace_id, ids, as_of)}
    passed = defaultdict[UUID, list[Passed]](list)
    for one in await facts.passed(connection, workspace_id, ids, as_of):
        passed[one.contact_id].append(one)
    return [Known(contact_id, cards.get(contact_id), passed[contact_id]) for contact_id in ids]


async def lexicon(connection: Connection, workspace_id: UUID) -> dict[str, float]:
    """Return what tags say here: what they say everywhere, and the workspace's own instead."""
    return {**relationship.DEFAULTS, **await tones.own_tags(connection, workspace_id)}


def read(
    known: Sequence[Known], reader: Reader, lexicon: Mapping[str, float], instants: Sequence[datetime]
) -> list[list[Sentiment]]:
    """Return each contact's tone by each instant: every different text is read once."""
    texts = [one.texts() for one in known]
    tone_of = read_once([written.body for some in texts for written in some], reader)
    return [
        [_by(one, some, tone_of, lexicon, instant) for instant in instants]
        for one, some in zip(known, texts, strict=True)
    ]


def read_once(bodies: Sequence[str], reader: Reader) -> dict[str, Tone]:
    each = list(dict.fromkeys(bodies))
    return dict(zip(each, reader.read(each), strict=True))


def _by(
    one: Known, texts: Sequence[Written], tone_of: Mapping[str, Tone], lexicon: Mapping[str, float], as_of: datetime
) -> Sentiment:
    by_then = [written for written in texts if written.at <= as_of]
    said = [tone_of[written.body] for written in by_then]
    return relationship.build(one.history(by_then, as_of), said, lexicon, as_of)
