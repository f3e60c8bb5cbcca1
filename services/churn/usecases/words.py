"""What a score means in words: the level, the reasons with their numbers, what to do and with whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from kit.texts import Catalogue, Language
from services.churn.domain import Direction, Intervention, Reason, RiskLevel, Score, Share, Told

TEXTS = Catalogue(Path(__file__).parents[1] / "texts")
HIGH, MEDIUM = 0.7, 0.4
STALE_AFTER = timedelta(hours=48)
FEWEST_INTERACTIONS = 3
MOST_REASONS = 8  # the weightiest; the others are in the base
SAYS_SOMETHING = 0.01  # of log-odds: a smaller part of a score goes without words
LONGER_THAN_USUAL = 1.5
FEATURES = {
    "silence": "days since the last interaction, against the tie's median gap",
    "frequency": "interactions in the last 90 days, against 90 days of the last year",
    "trend": "interactions in the last 30 days, against 30 days of the last half-year",
    "cadence": "median days between interactions, against that of all ties",
    "rhythm": "probability of no interaction by this rhythm alone (BG/NBD), against that of all ties",
    "reciprocity": "share of interactions that came from the contact, against that of all ties",
    "history": "days since the first interaction, against those of all ties",
    "others": "the contact's interactions with others in the last 90 days, against 90 days of the last year",
    "own_activity": "the ego's interactions with others in the last 90 days, against 90 days of the last year",
    "mutual_contacts": "contacts both had to do with in the last year, against 90 days before",
    "influence": "influence among all contacts, against that of all ties",
    "community": "people in the contact's community, against that of all ties",
    "tags": "tags gained less those lost in the last 180 days",
    "organization": "whether the organization changed in the last 180 days",
    "horizon": "days looked ahead, against 90",
}
UNSAID = frozenset({"tags", "organization"})  # where nothing changed


def risk_level(probability: float | None) -> RiskLevel | None:
    if probability is None:
        return None
    return "HIGH" if probability > HIGH else "MEDIUM" if probability > MEDIUM else "LOW"


def tell(score: Score, names: Mapping[UUID, str], language: Language, now: datetime, *, explain: bool = True) -> Told:
    """Return a score with its words; `names` are of those whom an intervention may name."""
    said = list(_reasons(score, language)) if explain else []
    unsaid = sum(share.contribution for share in score.shares) - sum(reason.contribution for reason in said)
    return Told(
        score=score,
        status=_status(score, now),
        risk_level=risk_level(score.probability),
        missing=_missing(score),
        base=None if score.base is None or not explain else score.base + unsaid,
        reasons=said,
        interventions=list(_interventions(score, names, language)),
    )


def is_stale(score: Score, now: datetime) -> bool:
    return now - score.computed_at > STALE_AFTER


def _status(score: Score, now: datetime) -> Any:
    if score.state == "insufficient_data":
        return "insufficient_data"
    return "stale" if is_stale(score, now) else "scored"


def _missing(score: Score) -> Sequence[str]:
    return ("interactions",) if score.interactions < FEWEST_INTERACTIONS else ()


def _reasons(score: Score, language: Language) -> Iterator[Reason]:
    for share in score.shares[:MOST_REASONS]:
        text = _text(share, score, language)
        if text is not None and abs(share.contribution) >= SAYS_SOMETHING:
            direction: Direction = "up" if share.contribution > 0 else "down"
            feature = FEATURES.get(share.code, share.code)
            yield Reason(share.code, direction, text, feature, share.value, share.comparison, share.contribution)


def _text(share: Share, score: Score, language: Language) -> str | None:
    """Return one part in words; None where nothing is known that could be said."""
    if share.code == "silence":
        return _silence(score, language)
    if share.value is None or share.comparison is None or share.code not in FEATURES:
        return None
    if share.code in UNSAID and not share.value:
        return None
    key = "tags_lost" if share.code == "tags" and share.value < 0 else share.code
    figures = {
        "count": abs(round(share.value)),
        "usual": round(share.comparison),
        "percent": _percent(share.value, share.code),
        "usual_percent": _percent(share.comparison, share.code),
    }
    return TEXTS.text(language, key, **figures)


def _percent(value: float, code: str) -> int:
    """Return a share in percent; a probability is never none or all."""
    percent = round(100 * value)
    return min(99, max(1, percent)) if code == "rhythm" else percent


def _silence(score: Score, language: Language) -> str | None:
    """Return "47 days of silence, you usually speak every 20 days"."""
    if score.days_since_last is None:
        return None
    last = score.facts_as_of - timedelta(days=score.days_since_last)
    days = (score.facts_as_of.date() - last.date()).days  # as a calendar counts them: not another number each minute
    silence = TEXTS.text(language, "days_of_silence", count=days)
    if score.usual_gap_days is None:
        return silence
    return TEXTS.text(language, "silence", silence=silence, usual=_usual(score.usual_gap_days, language))


def _usual(gap_days: float, language: Language) -> str:
    return TEXTS.text(language, "every_days", count=max(1, round(gap_days)))


def _interventions(score: Score, names: Mapping[UUID, str], language: Language) -> Iterator[Intervention]:
    """Yield what to do about a tie at risk: it follows from why the tie is."""
    level = risk_level(score.probability)
    if level is None or (level == "LOW" and score.state != "lost"):
        return
    if said := _silence(score, language):
        yield Intervention("reach_out", TEXTS.text(language, "reach_out", silence=said))
    fewer = next((one for one in score.shares if one.code in {"frequency", "trend"} and _is_less(one)), None)
    if fewer is not None and (why := _text(fewer, score, language)):
        yield Intervention("schedule_meeting", TEXTS.text(language, "schedule_meeting", why=why))
    if score.introduce_to is not None and (name := names.get(score.introduce_to)):
        yield Intervention("introduce", TEXTS.text(language, "introduce", name=name), score.introduce_to)


def _is_less(share: Share) -> bool:
    """Return whether what passes is less than usual, in the whole numbers it is told in."""
    known = share.value is not None and share.comparison is not None
    return known and share.contribution > 0 and round(share.value or 0) < round(share.comparison or 0)
