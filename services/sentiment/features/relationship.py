"""A relationship's tone from its three parts: tags, texts, and how much passes on the tie of late."""

import math
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from services.sentiment.domain import (
    Direction,
    History,
    Part,
    RelationshipLabel,
    Rhythm,
    Sentiment,
    Share,
    Side,
    Tone,
    Written,
)

WEIGHTS: dict[Part, float] = {"tags": 0.4, "notes": 0.3, "interactions": 0.3}
LABELS: tuple[tuple[float, RelationshipLabel], ...] = (
    (0.5, "Very Positive"),
    (0.2, "Positive"),
    (-0.2, "Neutral"),
    (-0.5, "Negative"),
)
HALF_LIFE_DAYS = 90.0
NEUTRAL_WEIGHS = 0.3  # most lines are matter-of-fact: they dilute a tone, they do not drown it
YEAR_DAYS, RECENT_DAYS = 365.0, 90.0
FEWEST_EXCHANGES = 3
SMOOTHING = 2.0
DAY_S = 86_400.0
YO = ("\u0451", "\u0435")  # ё is mostly written without its dots

_TAGS = tomllib.loads((Path(__file__).parent / "tags.toml").read_text(encoding="utf-8"))


def tag_key(tag: str) -> str:
    """Return a tag as it is looked up: in any case, with or without #, in whatever Unicode form."""
    plain = unicodedata.normalize("NFKC", tag).casefold().strip().lstrip("#").strip()
    return " ".join(plain.replace(*YO).replace("_", " ").split())


DEFAULTS: Mapping[str, float] = {tag_key(tag): value for tags in _TAGS.values() for tag, value in tags.items()}


def label_of(overall: float) -> RelationshipLabel:
    return next((label for above, label in LABELS if overall > above), "Very Negative")


def tag_values(tags: Sequence[str], lexicon: Mapping[str, float]) -> dict[str, float]:
    """Return the tags that say something, as they are written, with what they say; 0 in a lexicon says nothing."""
    known = {tag: lexicon.get(tag_key(tag), 0.0) for tag in tags}
    return {tag: value for tag, value in known.items() if value}


def of_tags(tags: Sequence[str], lexicon: Mapping[str, float]) -> Share | None:
    values = {tag_key(tag): value for tag, value in tag_values(tags, lexicon).items()}
    if not values:
        return None
    return Share("tags", sum(values.values()) / len(values), len(values) / (len(values) + 1), len(values))


def text_weight(written: Written, tone: Tone, as_of: datetime) -> float:
    """Return how much a text counts: half as much with every 90 days, little where it is neutral."""
    age_days = max((as_of - written.at).total_seconds(), 0.0) / DAY_S
    return float(0.5 ** (age_days / HALF_LIFE_DAYS)) * (NEUTRAL_WEIGHS if tone.label == "neutral" else 1.0)


def of_texts(texts: Sequence[Written], tones: Sequence[Tone], as_of: datetime) -> Share | None:
    """Return the part of what was written; texts that nobody can read are none at all."""
    read = [(one, tone) for one, tone in zip(texts, tones, strict=True) if tone.label != "none"]
    weights = [text_weight(one, tone, as_of) for one, tone in read]
    total = sum(weights)
    if total <= 0:
        return None
    value = sum(weight * tone.polarity for weight, (_one, tone) in zip(weights, read, strict=True)) / total
    sure = sum(weight * tone.confidence for weight, (_one, tone) in zip(weights, read, strict=True)) / total
    return Share("notes", value, sure * len(read) / (len(read) + 2), len(read))


def side(texts: Sequence[Written], tones: Sequence[Tone], as_of: datetime, direction: Direction) -> Side | None:
    """Return the tone of what one side wrote."""
    chosen = [
        (one, tone)
        for one, tone in zip(texts, tones, strict=True)
        if one.direction == direction and one.source == "summary"
    ]
    share = of_texts([one for one, _ in chosen], [tone for _, tone in chosen], as_of)
    return Side(share.value, share.count) if share else None


def of_rhythm(rhythm: Rhythm) -> Share | None:
    """Return the part of how much passes: momentum (recent rate against the tie's own year) and reciprocity, half each.

    Momentum is tanh of the log of the two rates' ratio, smoothed so that few exchanges say little; a tie younger than
    the recent window has none. Reciprocity is 1 where both sides write alike, -1 where only one does.
    """
    if rhythm.year < FEWEST_EXCHANGES:
        return None
    span = min(max(rhythm.first_day, 1.0), YEAR_DAYS)
    expected = rhythm.year * min(RECENT_DAYS / span, 1.0)
    momentum = math.tanh(math.log((rhythm.recent + SMOOTHING) / (expected + SMOOTHING)))
    both = rhythm.received + rhythm.sent
    balance = (2 * min(rhythm.received, rhythm.sent) + SMOOTHING / 2) / (both + SMOOTHING)
    value = 0.5 * momentum + 0.5 * (2 * balance - 1)
    return Share("interactions", max(-1.0, min(1.0, value)), rhythm.year / (rhythm.year + 10), rhythm.year)


def rhythm_of(passed: Sequence[tuple[datetime, Direction]], as_of: datetime) -> Rhythm:
    """Return the rhythm of what passed by an instant; `first_day` is how many days ago the first of the year was."""
    ages = [((as_of - at).total_seconds() / DAY_S, direction) for at, direction in passed]
    year = [(age, direction) for age, direction in ages if 0 <= age < YEAR_DAYS]
    halves = sum(direction == "both" for _age, direction in year) / 2
    return Rhythm(
        year=len(year),
        recent=sum(age < RECENT_DAYS for age, _direction in year),
        received=sum(direction == "in" for _age, direction in year) + halves,
        sent=sum(direction == "out" for _age, direction in year) + halves,
        first_day=max((age for age, _direction in year), default=0.0),
    )


def weights(shares: Sequence[Share]) -> dict[Part, float]:
    """Return SPEC's weights of the parts that have data, summing to 1."""
    total = sum(WEIGHTS[share.part] for share in shares)
    return {share.part: WEIGHTS[share.part] / total for share in shares}


def build(history: History, tones: Sequence[Tone], lexicon: Mapping[str, float], as_of: datetime) -> Sentiment:
    """Return a relationship's tone by an instant; `tones` are those of `history.texts`."""
    parts = (
        of_tags(history.tags, lexicon),
        of_texts(history.texts, tones, as_of),
        of_rhythm(history.rhythm),
    )
    shares = [share for share in parts if share is not None]
    weight = weights(shares) if shares else {}
    overall = sum(weight[share.part] * share.value for share in shares) if shares else None
    return Sentiment(
        contact_id=history.contact_id,
        overall=None if overall is None else max(-1.0, min(1.0, overall)),
        shares=shares,
        received=side(history.texts, tones, as_of, "in"),
        sent=side(history.texts, tones, as_of, "out"),
        rhythm=history.rhythm,
    )


def nobody(contact_id: UUID) -> Sentiment:
    """Return the tone of somebody of whom nothing is known."""
    return Sentiment(contact_id, None, (), None, None, Rhythm(0, 0, 0.0, 0.0, 0.0))
