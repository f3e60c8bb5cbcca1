"""`rapport demo` as somebody sees it who starts it for the first time, and again, and after it forgot that it had."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import RAPPORT, free_port

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
DEMO_TIMEOUT_S = 300


def demo(home: Path) -> str:
    """Run it to its end; return what it says of the sample, each line whole."""
    command = [str(RAPPORT), "demo", "--home", str(home), "--port", str(free_port()), "--exit-when-ready"]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(  # noqa: S603 our own command
        command, capture_output=True, text=True, check=True, timeout=DEMO_TIMEOUT_S, env=environment
    )
    return done.stdout


def summary(output: str) -> str:
    return output[output.index("156 people") : output.index("Rapport is ready")]


def test_the_sample_is_imported_once_and_shown_every_time(tmp_path: Path) -> None:
    first = demo(tmp_path)
    assert FIGURES in first
    assert ACCOUNTS in first
    assert "Simulated, and marked so (source: simulated): 5 users, 5,077 account signals" in first
    for title in TITLES:
        assert title in first
    again = demo(tmp_path)
    assert "The sample is already there." in again
    assert "Importing" not in again
    assert summary(again) == summary(first)
    (tmp_path / "sample").unlink()
    forgotten = demo(tmp_path)
    for kind, rows in ROWS.items():
        assert f"0 created, 0 updated, {rows} unchanged, 0 rejected" in _line(forgotten, kind)
    assert summary(forgotten) == summary(first)


def _line(output: str, kind: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(kind) and "created" in line)
