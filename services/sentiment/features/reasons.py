"""Says why a relationship sounds as it does: one reason for each part, its share of the score in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from kit.texts import Catalogue, Language
from services.sentiment.domain import Evidence, Reason, RelationshipLabel, Sentiment, Share
from services.sentiment.features.relationship import RECENT_DAYS, weights

TEXTS = Catalogue(Path(__file__).parents[1] / "texts")
FEATURES = {"tags": "tags", "notes": "tone of notes and summaries", "interactions": "recent rate and reciprocity"}
NAMED = 3
KEYS: dict[RelationshipLabel, str] = {
    "Very Positive": "very_positive",
    "Positive": "positive",
    "Neutral": "neutral",
    "Negative": "negative",
    "Very Negative": "very_negative",
}


def reasons(of: Sentiment, evidence: Sequence[Evidence], language: Language) -> list[Reason]:
    """Return a reason for each part, the strongest first; contributions sum to the score."""
    weight = weights(of.shares) if of.shares else {}
    said = [_reason(of, share, weight[share.part], evidence, language) for share in of.shares]
    return sorted(said, key=lambda reason: -abs(reason.contribution))


def label_text(label: RelationshipLabel, language: Language) -> str:
    return TEXTS.text(language, KEYS[label])


def _reason(of: Sentiment, share: Share, weight: float, evidence: Sequence[Evidence], language: Language) -> Reason:
    direction: Literal["up", "down"] = "up" if share.value >= 0 else "down"
    return Reason(
        code=share.part,
        direction=direction,
        text=_text(of, share, evidence, language),
        feature=FEATURES[share.part],
        value=share.value,
        comparison=None,
        contribution=weight * share.value,
    )


def _text(of: Sentiment, share: Share, evidence: Sequence[Evidence], language: Language) -> str:
    match share.part:
        case "tags":
            tags = [one.text for one in evidence if one.code == "tag"][:NAMED]
            return TEXTS.text(language, "tags", tags=", ".join(tags))
        case "notes":
            key = "texts_warm" if share.value > 0.1 else "texts_cold" if share.value < -0.1 else "texts_even"
            return TEXTS.text(language, key, count=share.count)
        case "interactions":
            recent = TEXTS.text(language, "recent", count=of.rhythm.recent, days=int(RECENT_DAYS))
            year = TEXTS.text(language, "year", count=of.rhythm.year)
            return f"{recent}, {year}; {TEXTS.text(language, _balance(of))}"


def _balance(of: Sentiment) -> str:
    received, sent = of.rhythm.received, of.rhythm.sent
    if min(received, sent) * 3 >= max(received, sent):
        return "both_write"
    return "mostly_they" if received > sent else "mostly_we"
