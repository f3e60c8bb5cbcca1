"""A longer horizon is the same event in a longer window: silence never becomes likelier by it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.churn.domain import Ties
from services.churn.features import build, measure
from services.churn.model import shipped
from services.churn.train.ties import seen
from services.churn.train.ties import ties as ties_of
from tests.unit.churn.ties import AS_OF_DAY, log, ties

HORIZONS_DAYS = (7.0, 14.0, 30.0, 31.0, 45.0, 60.0, 90.0, 120.0, 180.0, 365.0, 500.0, 730.0)
MANY = ties_of(seen(log()), 600.0).ties
MOST_RISE = 1e-9
DAYS_AGO = st.lists(st.floats(0.1, 1_500), min_size=3, max_size=12)


def most_rise(of: Ties, as_of_day: float) -> float:
    snapshot = measure(of, as_of_day)
    said = [shipped()[1].score(build(of, as_of_day, snapshot, days)) for days in HORIZONS_DAYS]
    return float(np.diff(said, axis=0).max())


def test_of_many_ties_none_is_likelier_to_be_silent_for_longer() -> None:
    assert most_rise(MANY, 600.0) <= MOST_RISE


def test_a_lone_yearly_tie_is_not_likelier_to_be_silent_for_longer() -> None:
    assert most_rise(ties([[AS_OF_DAY - ago for ago in (800.0, 435.0, 70.0)]]), AS_OF_DAY) <= MOST_RISE


@settings(max_examples=25, deadline=None)
@given(DAYS_AGO)
def test_whatever_passed_silence_is_not_likelier_for_longer(ago: list[float]) -> None:
    assert most_rise(ties([[AS_OF_DAY - days for days in ago]]), AS_OF_DAY) <= MOST_RISE


@pytest.mark.parametrize("days", [30.0, 90.0, 365.0])
def test_a_longer_horizon_does_count(days: float) -> None:
    snapshot = measure(MANY, 600.0)
    short, long = (shipped()[1].score(build(MANY, 600.0, snapshot, one)) for one in (days, 2 * days))
    assert long.mean() < short.mean()
