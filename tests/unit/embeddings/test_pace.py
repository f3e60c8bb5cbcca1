"""A provider that says 429 is left alone: as long as it asks, and longer each time where it does not say."""

from datetime import UTC, datetime

import pytest

from kit.errors import Unavailable
from services.embeddings.model.pace import LONGEST_S, LONGEST_UNASKED_S, Pace, asked_to_wait_s

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waits(pace: Pace) -> int | None:
    """Return how long a pace asks to wait; None where the provider may be asked."""
    try:
        pace.check()
    except Unavailable as error:
        return error.retry_after_s
    return None


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Fri, 27 Nov 2026 12:01:30 GMT"}, 90.0),
        ({"retry-after": "Fri, 27 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "20"}, 0.25),
        ({"retry-after": "soon", "x-ratelimit-reset-tokens": "6m0s"}, 360.0),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "120ms"}, 1.0),
        (
            {
                "x-ratelimit-reset-requests": "24h0m0s",
                "x-ratelimit-remaining-requests": "9",
                "x-ratelimit-reset-tokens": "7",
                "x-ratelimit-remaining-tokens": "0",
            },
            7.0,
        ),
        ({"retry-after": "86400"}, LONGEST_S),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"x-ratelimit-reset-tokens": "6 minutes"}, None),
        ({"x-ratelimit-reset-tokens": ""}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_the_provider_asks_for_is_read_from_its_headers(headers: dict[str, str], wait_s: float | None) -> None:
    assert asked_to_wait_s(headers, NOW) == wait_s


def test_it_is_not_asked_before_the_time_it_named(clock: Clock) -> None:
    pace = Pace(clock)
    assert waits(pace) is None
    slowed = pace.slowed({"retry-after": "30"})
    assert (slowed.code, slowed.retry_after_s) == ("provider_rate_limited", 30)
    assert waits(pace) == 30
    clock.now_s += 29.5
    assert waits(pace) == 1
    clock.now_s += 0.6
    assert waits(pace) is None


def test_a_shorter_wait_named_later_does_not_shorten_the_longer_one(clock: Clock) -> None:
    pace = Pace(clock)
    pace.slowed({"retry-after": "30"})
    pace.slowed({"retry-after": "2"})
    assert waits(pace) == 30


@pytest.mark.parametrize(("chance", "factor"), [(0.0, 1.0), (1.0, 0.75)])
def test_where_it_names_none_each_wait_is_twice_the_last_one_less_some_jitter(
    clock: Clock, chance: float, factor: float
) -> None:
    pace = Pace(clock, lambda: chance)
    seen = []
    for _ in range(9):
        before_s = clock.now_s
        pace.slowed({})
        while waits(pace) is not None:
            clock.now_s += 0.25
        seen.append(clock.now_s - before_s)
    assert seen == pytest.approx([wait * factor for wait in (1, 2, 4, 8, 16, 32, *[LONGEST_UNASKED_S] * 3)], abs=0.25)
    pace.went_on()
    pace.slowed({})
    assert waits(pace) == 1
