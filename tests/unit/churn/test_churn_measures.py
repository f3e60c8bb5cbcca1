"""The figures of training: worked out by hand."""

import numpy as np
import pytest

from services.churn.train.measures import auc, calibration_error, weights


def test_the_area_under_the_curve_counts_equal_scores_half() -> None:
    score, came = np.array([1.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 1], np.float32)
    assert auc(score, came, weights(4, 1))[0] == pytest.approx((0.5 + 1 + 1) / 4)


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    chance = np.repeat([0.25, 0.75], 1_000)
    came = np.tile([1, 0, 0, 0], 250).tolist() + np.tile([1, 1, 1, 0], 250).tolist()
    assert calibration_error(chance, np.array(came, np.float32), weights(2_000, 1))[0] == pytest.approx(0)
