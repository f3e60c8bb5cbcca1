"""A day's budget: no text goes that might not fit, and none is held back for ever."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.embeddings.domain.models import Spent
from services.embeddings.model import most_tokens
from services.embeddings.usecases.budget import Budget

MIDNIGHT = datetime(2026, 11, 28, tzinfo=UTC)


def left(daily_tokens: int, spent: int) -> Budget:
    return Budget(daily_tokens, Spent(spent, 3_600, MIDNIGHT))


@given(st.lists(st.text(min_size=1, max_size=30), max_size=20), st.integers(1, 200), st.integers(1, 200))
def test_what_is_admitted_fits_and_nothing_that_fits_is_left(texts: list[str], daily: int, spent: int) -> None:
    count = left(daily, spent).admit(texts)
    assert count == 0 or spent + most_tokens(texts[:count]) <= daily
    assert count == len(texts) or spent + most_tokens(texts[: count + 1]) > daily


def test_without_a_limit_everything_goes() -> None:
    budget = Budget(0, None)
    assert budget.admit(["x" * 8_000] * 1_000) == 1_000
    assert not budget.is_used_up


def test_a_text_longer_than_a_days_budget_goes_as_the_days_first() -> None:
    assert left(10, 0).admit(["x" * 8_000, "y"]) == 1
    assert left(10, 1).admit(["x" * 8_000, "y"]) == 0


def test_what_is_promised_to_one_model_is_not_promised_to_the_next() -> None:
    budget = left(100, 40)
    assert [budget.admit(["x" * 40]), budget.admit(["x" * 40]), budget.admit(["x" * 20])] == [1, 0, 1]


def test_used_up_says_when_the_next_day_begins() -> None:
    budget = left(100, 100)
    assert budget.is_used_up
    error = budget.used_up()
    assert (error.code, error.retry_after_s) == ("daily_budget_used", 3_600)
    assert error.extra == {"resumes_at": "2026-11-28T00:00:00+00:00"}


@pytest.mark.parametrize("text", ["a", "字", "🙂", "words of one byte each"])
def test_tokens_are_never_counted_too_few(text: str) -> None:
    assert most_tokens([text]) == len(text.encode())
