"""What a score means in words: levels, reasons that sum, what to do, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.churn.domain import Score, Share
from services.churn.usecases.words import risk_level, tell

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FRIEND = uuid4()
SHARES = [
    Share("silence", 47.0, 20.0, 0.92),
    Share("frequency", 1.0, 4.4, 0.41),
    Share("mutual_contacts", 3.0, 2.0, -0.3),
    Share("influence", None, None, 0.05),
    Share("horizon", 90.0, 90.0, 0.002),
    Share("organization", 0.0, 0.0, 0.2),
]
SCORE = Score(
    contact_id=uuid4(),
    ego_id=None,
    state="active",
    probability=0.78,
    horizon_days=90.0,
    interactions=12,
    days_since_last=47.0,
    usual_gap_days=20.0,
    base=-0.02,
    shares=SHARES,
    model_name="churn",
    model_version="1",
    model_kind="blend",
    facts_as_of=NOW,
    computed_at=NOW,
)


@pytest.mark.parametrize(
    ("probability", "level"),
    [(None, None), (0.4, "LOW"), (0.41, "MEDIUM"), (0.7, "MEDIUM"), (0.71, "HIGH")],
)
def test_levels_begin_above_their_bounds(probability: float | None, level: str | None) -> None:
    assert risk_level(probability) == level


def test_reasons_say_what_is_known_and_sum_with_the_base_to_the_whole() -> None:
    told = tell(SCORE, {}, "en", NOW)
    assert [reason.text for reason in told.reasons] == [
        "47 days of silence, you usually speak every 20 days",
        "1 interaction in the last 90 days, usually 4",
        "3 mutual contacts in the last year, 2 a quarter earlier",
    ]
    assert [reason.direction for reason in told.reasons] == ["up", "up", "down"]
    assert told.base is not None
    whole = told.base + sum(reason.contribution for reason in told.reasons)
    assert whole == pytest.approx(-0.02 + sum(share.contribution for share in SHARES))


def test_whom_to_introduce_is_named_only_where_he_has_a_name() -> None:
    score = replace(SCORE, introduce_to=FRIEND)
    named = tell(score, {FRIEND: "Anna Lind"}, "en", NOW).interventions
    assert [(one.code, one.contact_id) for one in named] == [
        ("reach_out", None), ("schedule_meeting", None), ("introduce", FRIEND),
    ]  # fmt: skip
    assert named[0].text == "Reach out: 47 days of silence, you usually speak every 20 days"
    assert named[1].text == "Schedule a meeting: 1 interaction in the last 90 days, usually 4"
    assert named[2].text.startswith("Introduce to Anna Lind")
    assert [one.code for one in tell(score, {}, "en", NOW).interventions] == ["reach_out", "schedule_meeting"]


def test_who_is_not_at_risk_needs_nothing() -> None:
    assert tell(replace(SCORE, probability=0.2), {}, "en", NOW).interventions == []
    lost = replace(SCORE, probability=0.2, state="lost")
    assert [one.code for one in tell(lost, {}, "en", NOW).interventions] == ["reach_out", "schedule_meeting"]


def test_the_same_is_said_in_russian_with_its_plurals() -> None:
    texts = [reason.text for reason in tell(SCORE, {}, "ru", NOW).reasons]
    assert texts[0] == "47 дней молчания, обычно вы общаетесь раз в 20 дней"
    assert texts[1] == "1 контакт за последние 90 дней, обычно 4"
    assert texts[2] == "3 общих контакта за последний год, кварталом раньше 2"


def test_what_was_said_long_ago_is_stale_and_too_little_says_what_is_missing() -> None:
    assert tell(SCORE, {}, "en", NOW + timedelta(hours=47)).status == "scored"
    assert tell(SCORE, {}, "en", NOW + timedelta(hours=49)).status == "stale"
    little = replace(SCORE, state="insufficient_data", probability=None, interactions=2, base=None, shares=[])
    told = tell(little, {}, "en", NOW)
    assert (told.status, told.missing, told.risk_level, told.base) == (
        "insufficient_data",
        ("interactions",),
        None,
        None,
    )


def test_without_reasons_the_base_says_nothing_either() -> None:
    told = tell(SCORE, {}, "en", NOW, explain=False)
    assert (told.reasons, told.base) == ([], None)
    assert told.interventions
