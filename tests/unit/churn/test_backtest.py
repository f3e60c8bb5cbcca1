"""What was predicted against what happened: figures that can be worked out by hand, and none where there are none."""

from datetime import UTC, datetime

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from services.churn.domain import Outcome
from services.churn.usecases.backtest import auc, brier, calibration_error, reliability, report

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_order_and_distance_are_those_of_the_library() -> None:
    random = np.random.default_rng(3)
    silent = random.random(500) < 0.4
    said = (
        np.clip(0.3 + 0.3 * silent + random.normal(0, 0.2, 500), 0.01, 0.99).round(2).astype(np.float64)
    )  # equal ones
    assert auc(said, silent) == pytest.approx(roc_auc_score(silent, said))
    assert brier(said, silent) == pytest.approx(brier_score_loss(silent, said))


def test_a_perfect_forecast_is_off_by_nothing() -> None:
    silent = np.arange(100) >= 60
    assert auc(silent.astype(float), silent) == 1
    assert calibration_error(silent.astype(float), silent) == 0
    assert [part["ties"] for part in reliability(silent.astype(float), silent)] == [10] * 10


def test_only_ties_whose_horizon_is_over_count() -> None:
    outcomes = [Outcome(0.9, 50, silent=True, closed=True), Outcome(0.5, 30, silent=False, closed=True)]
    found = report([*outcomes, Outcome(0.2, 1, silent=True, closed=False)], until=NOW)
    assert (found["ties"], found["not_over_yet"], found["fell_silent"]) == (2, 1, 1)
    assert found["auc"]["value"] == found["auc_of_recency"] == 1
    assert found["brier"]["value"] == pytest.approx((0.1**2 + 0.5**2) / 2)
    assert found["brier_of_base_rate"] == 0.25
    assert found["levels"] == [
        {"risk_level": "HIGH", "ties": 1, "fell_silent": 1},
        {"risk_level": "MEDIUM", "ties": 1, "fell_silent": 0},
        {"risk_level": "LOW", "ties": 0, "fell_silent": 0},
    ]


def test_where_all_went_the_same_way_there_is_no_order_and_of_nothing_no_figure() -> None:
    one_class = report([Outcome(0.9, 50, silent=True, closed=True)] * 3, until=NOW)
    assert (one_class["auc"], one_class["auc_of_recency"]) == (None, None)
    assert one_class["brier"]["value"] == pytest.approx(0.01)
    nothing = report([], until=NOW)
    assert (nothing["ties"], nothing["auc"], nothing["brier"], nothing["calibration_error"]) == (0, None, None, None)
    assert nothing["reliability"] == []
