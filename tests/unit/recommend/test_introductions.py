"""Who can introduce me: both ties strong, the nearer one warm, each chain once."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.recommend.domain import Way
from services.recommend.features.introductions import rank

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WAY = Way(UUID(int=1), "Anna", UUID(int=9), "Pavel", 0.8, 0.5, NOW - timedelta(days=6), NOW - timedelta(days=1))


def by(number: int, name: str, **changed: object) -> Way:
    return replace(WAY, introducer_id=UUID(int=number), introducer=name, **changed)  # type: ignore[arg-type]  # named


def test_an_introducer_is_named_with_when_you_last_spoke() -> None:
    [found] = rank([WAY], as_of=NOW, language="en", limit=5)
    assert found.reason == "Anna can introduce you: you two spoke 6 days ago"
    assert "Anna and Pavel spoke 1 day ago" in {reason.text for reason in found.reasons}


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "сегодня"), (1, "1 день назад"), (3, "3 дня назад"), (11, "11 дней назад"), (21, "21 день назад")],
)
def test_russian_counts_the_days(days: int, text: str) -> None:
    way = replace(WAY, last_contact_at=NOW - timedelta(days=days))
    [found] = rank([way], as_of=NOW, language="ru", limit=5)
    assert found.reason == f"Anna может вас познакомить: вы общались {text}"


def test_a_colleagues_tie_names_the_colleague() -> None:
    [found] = rank([replace(WAY, colleague="Ivan")], as_of=NOW, language="en", limit=5)
    assert found.reason == "Anna can introduce you through Ivan: they spoke 6 days ago"


def test_without_a_known_exchange_it_only_says_that_they_know_each_other() -> None:
    [found] = rank([replace(WAY, last_contact_at=None, onward_contact_at=None)], as_of=NOW, language="en", limit=5)
    assert [reason.text for reason in found.reasons][:2] == ["you know each other", "Anna and Pavel know each other"]


def test_strong_and_warm_ties_come_first() -> None:
    cold = by(2, "Cold", last_contact_at=NOW - timedelta(days=900))
    weak = by(3, "Weak", onward_strength=0.1)
    found = rank([weak, cold, WAY], as_of=NOW, language="en", limit=2)
    assert [one.way.introducer for one in found] == ["Anna", "Cold"]


def test_each_introducer_is_named_once_for_a_target_by_the_better_tie() -> None:
    found = rank([replace(WAY, strength=0.2), replace(WAY, colleague="Ivan")], as_of=NOW, language="en", limit=5)
    assert [one.way.colleague for one in found] == ["Ivan"]


def test_nobody_introduces_one_to_himself() -> None:
    assert rank([replace(WAY, target_id=WAY.introducer_id)], as_of=NOW, language="en", limit=5) == []


def test_the_order_of_the_ways_does_not_matter() -> None:
    ways = [WAY, by(2, "Bo"), by(3, "Cy")]
    once = rank(ways, as_of=NOW, language="en", limit=5)
    assert once == rank(ways[::-1], as_of=NOW, language="en", limit=5)


def test_the_reasons_add_up_to_the_logarithm_of_the_score() -> None:
    [found] = rank([WAY], as_of=NOW, language="en", limit=5)
    assert sum(reason.contribution for reason in found.reasons) == pytest.approx(math.log(found.score))
    assert 0 < found.score < 1


def test_a_time_after_now_counts_as_today() -> None:
    [found] = rank([replace(WAY, last_contact_at=NOW + timedelta(days=2))], as_of=NOW, language="en", limit=5)
    assert found.reason.endswith("you two spoke today")
