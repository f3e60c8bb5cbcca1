"""BG/NBD against the figures published with it, and against itself."""

from pathlib import Path

import numpy as np
import pytest

from services.churn.features import rhythm

CDNOW = Path(__file__).parents[4] / "shared" / "data" / "cdnow" / "cdnow_customers_summary.csv"
PUBLISHED = (0.243, 4.414, 0.793, 2.426)
LOG_LIKELIHOOD = -9582.4


@pytest.mark.skipif(not CDNOW.exists(), reason="skipped: no data")
def test_the_parameters_are_those_of_fader_hardie_and_lee_on_cdnow() -> None:
    repeats, last, seen = np.loadtxt(CDNOW, delimiter=",", skiprows=1, usecols=(1, 2, 3)).T
    found = rhythm.fit(repeats, last, seen, held=0)
    assert found == pytest.approx(PUBLISHED, abs=0.002)
    assert rhythm.log_likelihood(found, repeats, last, seen).sum() == pytest.approx(LOG_LIKELIHOOD, abs=0.1)


def test_silence_is_as_likely_as_in_a_simulation_of_the_model() -> None:
    """A contact comes at a gamma rate until, after one, the tie ends by a beta chance."""
    random = np.random.default_rng(3)
    r, alpha, a, b = rates = (1.2, 20.0, 0.7, 3.0)
    said, happened = [], []
    for _ in range(4_000):
        rate, ends = random.gamma(r, 1 / alpha), random.beta(a, b)
        day, days = 0.0, [0.0]
        while day < 400 and not (len(days) > 1 and random.random() < ends):
            day += random.exponential(1 / rate)
            days.append(day)
        past = [one for one in days if one <= 200]
        given = (np.array([float(len(past) - 1)]), np.array([past[-1]]), np.array([200.0]), np.array([90.0]))
        said.append(rhythm.silence(rates, *given)[0])
        happened.append(not any(200 < one <= 290 for one in days))
    assert np.mean(said) == pytest.approx(np.mean(happened), abs=0.02)


def test_few_ties_stay_near_the_usual_rates() -> None:
    one = np.array([5.0]), np.array([100.0]), np.array([120.0])
    assert np.abs(np.log(rhythm.fit(*one)) - np.log(rhythm.USUAL)).max() < 0.5
