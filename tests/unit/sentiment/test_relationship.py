"""A relationship's tone: SPEC's weights over what has data, tags in any case, what passes of late."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.sentiment.domain import Direction, History, Tone, Written
from services.sentiment.features.reasons import reasons
from services.sentiment.features.relationship import (
    DEFAULTS,
    build,
    label_of,
    of_rhythm,
    of_tags,
    of_texts,
    rhythm_of,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WARM = Tone(0.8, "positive", "en", 0.9)
COLD = Tone(-0.8, "negative", "en", 0.9)
UNREAD = Tone(0.0, "none", None, 0.0)


def written(days: float, direction: Direction = "in") -> Written:
    return Written("text", NOW - timedelta(days=days), "summary", direction)


def exchanges(*days: float, direction: Direction = "both") -> list[tuple[datetime, Direction]]:
    return [(NOW - timedelta(days=day), direction) for day in days]


@pytest.mark.parametrize(
    ("overall", "label"),
    [(0.51, "Very Positive"), (0.5, "Positive"), (0.2, "Neutral"), (-0.2, "Negative"), (-0.5, "Very Negative")],
)
def test_labels_change_at_the_thresholds_of_the_contract(overall: float, label: str) -> None:
    assert label_of(overall) == label


@pytest.mark.parametrize("tag", ["Mentor", " #MENTOR ", "mentor", "ｍｅｎｔｏｒ"])
def test_a_tag_is_known_in_any_case(tag: str) -> None:
    share = of_tags([tag], DEFAULTS)
    assert share is not None
    assert share.value == DEFAULTS["mentor"]


def test_a_tag_is_known_with_and_without_its_dots() -> None:
    one, other = of_tags(["Партнёр"], DEFAULTS), of_tags(["партнер"], DEFAULTS)
    assert one == other is not None


def test_a_tag_that_is_taken_back_says_nothing() -> None:
    assert of_tags(["rival"], {**DEFAULTS, "rival": 0.0}) is None


def test_the_newest_text_weighs_most() -> None:
    share = of_texts([written(1), written(360)], [WARM, COLD], NOW)
    assert share is not None
    assert share.value > 0.5


def test_texts_nobody_can_read_are_no_part() -> None:
    assert of_texts([written(1)], [UNREAD], NOW) is None


def test_more_of_late_on_both_sides_is_warmer_than_silence() -> None:
    lively = of_rhythm(rhythm_of(exchanges(1, 5, 9, 20, 40, 300), NOW))
    silent = of_rhythm(rhythm_of(exchanges(200, 210, 250, 280, 300, 360), NOW))
    one_sided = of_rhythm(rhythm_of(exchanges(1, 5, 9, 20, 40, 300, direction="out"), NOW))
    assert lively is not None
    assert silent is not None
    assert one_sided is not None
    assert lively.value > one_sided.value
    assert lively.value > silent.value


def test_two_exchanges_say_nothing() -> None:
    assert of_rhythm(rhythm_of(exchanges(1, 2), NOW)) is None


def test_a_part_without_data_gives_its_weight_to_the_others() -> None:
    history = History(uuid4(), ["mentor"], [written(0)], rhythm_of([], NOW))
    tone = build(history, [COLD], DEFAULTS, NOW)
    assert tone.overall == pytest.approx((0.4 * 0.9 + 0.3 * -0.8) / 0.7)


def test_without_any_data_there_is_no_tone() -> None:
    assert build(History(uuid4(), [], [], rhythm_of([], NOW)), [], DEFAULTS, NOW).overall is None


def test_what_they_said_and_what_we_wrote_are_kept_apart() -> None:
    history = History(uuid4(), [], [written(1, "in"), written(1, "out")], rhythm_of([], NOW))
    tone = build(history, [WARM, COLD], DEFAULTS, NOW)
    assert tone.received is not None
    assert tone.sent is not None
    assert [tone.received.polarity, tone.sent.polarity] == pytest.approx([0.8, -0.8])


def test_contributions_sum_to_the_tone_and_are_said_in_both_languages() -> None:
    history = History(uuid4(), ["friend"], [written(1)], rhythm_of(exchanges(1, 5, 9), NOW))
    tone = build(history, [WARM], DEFAULTS, NOW)
    english, russian = reasons(tone, [], "en"), reasons(tone, [], "ru")
    assert sum(one.contribution for one in english) == pytest.approx(tone.overall)
    assert any("3 exchanges in the last 90 days, 3 in a year; both sides write" in one.text for one in english)
    assert any("3 контакта за последние 90 дней" in one.text for one in russian)
