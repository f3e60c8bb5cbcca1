"""The breaker: opens for a service that keeps failing, lets one request try, and closes when it is answered."""

import pytest

from gateway.proxy.breaker import FAILURES_IN_A_ROW, FIRST_WAIT_S, LONGEST_WAIT_S, WINDOW_REQUESTS, WINDOW_S, Breaker


@pytest.fixture
def breaker() -> Breaker:
    return Breaker()


@pytest.fixture
def opened(breaker: Breaker) -> Breaker:
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(100.0)
    return breaker


def test_failures_in_a_row_open_it_and_the_last_one_says_so(breaker: Breaker) -> None:
    said = [breaker.failed(0.0) for _ in range(FAILURES_IN_A_ROW)]
    assert said == [False] * (FAILURES_IN_A_ROW - 1) + [True]
    assert not breaker.admits()
    assert breaker.retry_after_s(0.0) == FIRST_WAIT_S


def test_an_answer_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.failed(0.0)
    breaker.succeeded(0.0)
    assert not breaker.failed(0.0)
    assert breaker.admits()


def test_silence_weighs_more_than_a_refusal(breaker: Breaker) -> None:
    assert not breaker.failed(0.0, weight=3)
    assert breaker.failed(0.0, weight=3)


def test_half_of_many_requests_failing_opens_it(breaker: Breaker) -> None:
    opened = []
    for _ in range(WINDOW_REQUESTS // 2):
        breaker.succeeded(0.0)
        opened.append(breaker.failed(0.0))
    assert opened == [False] * (WINDOW_REQUESTS // 2 - 1) + [True]


def test_failures_of_an_earlier_window_do_not_count(breaker: Breaker) -> None:
    for second in range(WINDOW_REQUESTS):
        breaker.succeeded(second * WINDOW_S)
        assert not breaker.failed(second * WINDOW_S)


def test_while_open_failures_of_requests_from_before_change_nothing(opened: Breaker) -> None:
    assert not opened.failed(100.5)
    opened.succeeded(100.5)
    assert not opened.admits()
    assert opened.retry_after_s(100.0) == FIRST_WAIT_S


def test_a_knock_that_is_answered_lets_one_request_try(opened: Breaker) -> None:
    opened.knocked(101.0, answered=True)
    assert [opened.admits(), opened.admits()] == [True, False]
    opened.succeeded(101.1)
    assert [opened.admits(), opened.admits()] == [True, True]


def test_a_trial_that_fails_opens_it_for_longer_and_no_longer_than_the_longest(opened: Breaker) -> None:
    waits = []
    for second in range(200, 206):
        opened.knocked(second, answered=True)
        assert opened.admits()
        assert opened.failed(second)
        waits.append(opened.wait_s)
    assert waits == [2.0, 4.0, 8.0, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_a_knock_that_is_not_answered_keeps_it_open(opened: Breaker) -> None:
    opened.knocked(101.0, answered=False)
    assert not opened.admits()
    assert opened.wait_s == 2 * FIRST_WAIT_S


def test_a_trial_whose_client_left_leaves_the_door_to_the_next(opened: Breaker) -> None:
    opened.knocked(101.0, answered=True)
    assert opened.admits()
    opened.abandoned()
    assert opened.admits()


def test_after_closing_the_next_opening_begins_with_the_first_wait(opened: Breaker) -> None:
    opened.knocked(101.0, answered=False)
    opened.knocked(103.0, answered=True)
    opened.succeeded(103.0)
    for _ in range(FAILURES_IN_A_ROW):
        opened.failed(104.0)
    assert opened.wait_s == FIRST_WAIT_S
