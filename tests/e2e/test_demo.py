"""`rapport demo` as somebody sees it who starts it for the first time, and again, and after it forgot that it had."""

import pytest

from tests.e2e.conftest import Sampled, demo

pytestmark = pytest.mark.e2e

FIGURES = "156 people, 33,954 interactions,"
ACCOUNTS = "communities, 6,079 accounts"
ROWS = {
    "contacts": 156,
    "accounts": 6_079,
    "users (simulated)": 5,
    "interactions": 33_954,
    "research runs (simulated)": 1_200,
}
TITLES = (
    "Communities",
    "The five most influential",
    "Who is like Jeff Dasovich",
    "Search: ",
    "Whom should Jeff Dasovich meet",
    "Interest clusters",
)


def summary(output: str) -> str:
    return output[output.index("156 people") : output.index("Rapport is ready")]


def test_the_sample_is_imported_once_and_shown_every_time(sampled: Sampled) -> None:
    first, home = sampled.said, sampled.home
    assert FIGURES in first
    assert ACCOUNTS in first
    assert "Simulated, and marked so (source: simulated): 5 users, 5,077 account signals" in first
    for title in TITLES:
        assert title in first
    again = demo(home)
    assert "The sample is already there." in again
    assert "Importing" not in again
    assert summary(again) == summary(first)
    (home / "sample").unlink()
    forgotten = demo(home)
    for kind, rows in ROWS.items():
        assert f"0 created, 0 updated, {rows} unchanged, 0 rejected" in _line(forgotten, kind)
    assert summary(forgotten) == summary(first)


def _line(output: str, kind: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(kind) and "created" in line)
