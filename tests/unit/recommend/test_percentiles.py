"""A score's place among all candidates, from counts of their scores alone."""

import numpy as np
import pytest

from services.recommend.model import percentiles


def test_it_is_the_share_of_those_who_score_less_to_a_thousandth() -> None:
    scores = np.random.default_rng(1).normal(-3, 2, 20_000).astype(np.float32)
    counts = percentiles.counted(scores[:7_000]) + percentiles.counted(scores[7_000:])
    exact = np.searchsorted(np.sort(scores), scores) / len(scores)
    assert np.abs(percentiles.percentiles(scores, counts) - exact).max() < 1e-3


def test_a_higher_score_never_has_a_lower_place_and_none_is_0_or_1() -> None:
    scores = np.sort(np.random.default_rng(2).normal(0, 30, 5_000).astype(np.float32))
    found = percentiles.percentiles(scores, percentiles.counted(scores))
    assert (np.diff(found) >= 0).all()
    assert 0 < found[0] < found[-1] < 1


def test_counts_are_kept_as_they_were() -> None:
    counts = percentiles.counted(np.array([-100, -1, 0, 0, 100], np.float32))
    assert (percentiles.load(percentiles.dump(counts)) == counts).all()
    assert counts.sum() == 5


@pytest.mark.parametrize("score", [-1.0, 0.0, 3.0])
def test_who_is_compared_with_nobody_is_in_the_middle(score: float) -> None:
    assert percentiles.percentiles(np.array([score], np.float32), percentiles.none_yet()) == pytest.approx([0.5])
