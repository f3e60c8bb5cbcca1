"""Ranks who can introduce one person to another: two ties in a row, both strong and the nearer one warm."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from kit.texts import Language
from services.recommend.domain import Introduction, Reason, Way
from services.recommend.features.reasons import TEXTS

HALF_LIFE_DAYS = 180.0
COLDEST = 0.5  # what a tie without any known exchange is worth against one of today
WEAKEST = 1e-3


def rank(ways: Iterable[Way], *, as_of: datetime, language: Language, limit: int) -> list[Introduction]:
    """Return the best way through each introducer to each target, best first.

    The score is the product of both strengths and of the warmth of the nearer tie, 0–1: an introduction is asked of
    somebody one has just spoken to. Its logarithm is the sum of the reasons' contributions.
    """
    best: dict[tuple[str, str], Introduction] = {}
    for way in ways:
        if way.introducer_id == way.target_id:
            continue
        found = _introduction(way, as_of, language)
        key = (str(way.introducer_id), str(way.target_id))
        if key not in best or _order(found) < _order(best[key]):
            best[key] = found
    return sorted(best.values(), key=_order)[:limit]


def _order(one: Introduction) -> tuple[float, bool, str, str]:
    return (-one.score, one.way.colleague is not None, str(one.way.introducer_id), str(one.way.target_id))


def _introduction(way: Way, as_of: datetime, language: Language) -> Introduction:
    near, onward = max(way.strength, WEAKEST), max(way.onward_strength, WEAKEST)
    warmth = _warmth(way.last_contact_at, as_of)
    spoken = _spoken(way, as_of, language)
    reasons = (
        _reason("tie_to_introducer", spoken, "strength of the tie to the introducer", near),
        _reason(
            "tie_to_target", _onward(way, as_of, language), "strength of the introducer's tie to the target", onward
        ),
        _reason("recent_contact", spoken, "warmth of the tie to the introducer", warmth),
    )
    key = "introduction_you" if way.colleague is None else "introduction_colleague"
    text = TEXTS.text(language, key, introducer=way.introducer, colleague=way.colleague, spoken=spoken)
    return Introduction(way, near * onward * warmth, text, reasons)


def _reason(code: str, text: str, feature: str, value: float) -> Reason:
    contribution = math.log(value)
    return Reason(code, "up" if contribution >= 0 else "down", text, feature, value, None, contribution)


def _warmth(last_at: datetime | None, as_of: datetime) -> float:
    days = days_since(last_at, as_of)
    return COLDEST if days is None else COLDEST + (1 - COLDEST) * 0.5 ** (days / HALF_LIFE_DAYS)


def days_since(moment: datetime | None, as_of: datetime) -> int | None:
    """Return whole days, never fewer than none; None where nothing is known."""
    return None if moment is None else max((as_of - moment).days, 0)


def _spoken(way: Way, as_of: datetime, language: Language) -> str:
    side = "you" if way.colleague is None else "colleague"
    return _ago((f"knows_{side}", f"spoken_{side}_today", f"spoken_{side}"), way.last_contact_at, as_of, language)


def _onward(way: Way, as_of: datetime, language: Language) -> str:
    keys = ("onward_tie_unsaid", "onward_tie_today", "onward_tie")
    return _ago(keys, way.onward_contact_at, as_of, language, introducer=way.introducer, target=way.target)


def _ago(keys: Sequence[str], moment: datetime | None, as_of: datetime, language: Language, **names: str) -> str:
    """Return the text for nothing known, for today, or for days ago."""
    unsaid, today, ago = keys
    days = days_since(moment, as_of)
    if days is None:
        return TEXTS.text(language, unsaid, **names)
    return TEXTS.text(language, ago, count=days, **names) if days else TEXTS.text(language, today, **names)
