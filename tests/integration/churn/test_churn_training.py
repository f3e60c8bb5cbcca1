"""Training: what came of past ties, seen only where it had ended, and a gate that lets nothing worse serve."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kit.registry import Artifact
from services.churn.domain import Examples, TooFewExamples
from services.churn.features import FEATURES
from services.churn.model import load, shipped
from services.churn.train import look_back, train
from services.churn.train.ties import seen, silent, ties
from services.churn.train.trials import PRIOR, USUAL, Trial, chosen
from services.churn.train.windows import closed
from tests.unit.churn.ties import log

NOW_DAY = 720.0
AS_OF = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=NOW_DAY)
LOG = log()
EXAMPLES = look_back(LOG, NOW_DAY, step_days=75.0, most_instants=5, horizons_days=(90.0,))


def test_every_example_had_ended_and_nothing_of_it_was_known_before() -> None:
    assert (EXAMPLES.cut_day + EXAMPLES.horizon_days <= NOW_DAY).all()
    cut = float(EXAMPLES.cut_day.max())
    until = replace(
        LOG,
        **{name: getattr(LOG, name)[cut >= LOG.day] for name in ("ego", "contact", "day", "direction")},
    )
    whole, past = (ties(seen(one), cut, fewest=3).ties for one in (LOG, until))
    assert np.array_equal(whole.day, past.day)
    assert np.array_equal(whole.mutual, past.mutual, equal_nan=True)


def test_a_tie_is_silent_when_nothing_passes_after_the_instant_and_within_the_horizon() -> None:
    every = seen(LOG)
    named = ties(every, 400.0)
    came = silent(every, named, 400.0, np.full(named.ties.count, 90.0))
    for place in range(0, named.ties.count, 13):
        ego, contact = named.ego[place], named.contact[place]
        here = (every.ego == ego) & (every.contact == contact) & (every.day > 400) & (every.day <= 490)
        assert came[place] == (not here.any())


def test_both_ends_of_a_pair_see_the_same_interactions_the_other_way_round() -> None:
    every = seen(LOG)
    one, other = (every.ego == 3) & (every.contact == 5), (every.ego == 5) & (every.contact == 3)
    assert np.array_equal(every.day[one], every.day[other])
    assert np.array_equal(every.direction[one], -every.direction[other])


def test_what_serves_after_training_can_be_loaded_and_its_gate_says_why() -> None:
    made = train(EXAMPLES, AS_OF)
    model = load(Artifact(made.name, made.version, made.kind, made.artifact, b"", list(made.features)))
    assert np.isfinite(model.log_odds(EXAMPLES.matrix[:50])).all()
    assert "log-loss" in made.gate.reason
    assert made.metrics["roc_auc"].low <= made.metrics["roc_auc"].value <= made.metrics["roc_auc"].high
    assert made.metrics["brier_score"].baseline is not None
    assert any(name.startswith("reliability_") for name in made.metrics)


def test_ties_that_fall_silent_by_chance_teach_nothing_that_may_serve() -> None:
    asked = EXAMPLES.horizon_days == 90
    chance = np.random.default_rng(5).random(EXAMPLES.count) < shipped_says(EXAMPLES)
    made = train(replace(EXAMPLES, silent=np.where(asked, chance, EXAMPLES.silent).astype(np.float32)), AS_OF)
    assert not made.gate.passed
    assert "the prior serves on" in made.gate.reason


def shipped_says(of: Examples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 1 / (1 + np.exp(-shipped()[1].log_odds(of.matrix)))


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_ties_that_all_went_the_same_way_are_too_few(end: float) -> None:
    with pytest.raises(TooFewExamples):
        train(replace(EXAMPLES, silent=np.full(EXAMPLES.count, end, np.float32)), AS_OF)


def test_a_log_of_nothing_and_an_instant_before_the_first_fact_are_too_few() -> None:
    nothing = replace(LOG, **{name: getattr(LOG, name)[:0] for name in ("ego", "contact", "day", "direction")})
    for few, day in ((nothing, NOW_DAY), (LOG, 0.0)):
        with pytest.raises(TooFewExamples):
            look_back(few, day)


def test_a_mix_is_left_for_another_only_when_that_is_better_in_trial_after_trial() -> None:
    random = np.random.default_rng(2)
    came = (random.random((4, 500)) < 0.5).astype(np.float32)
    matrix = np.zeros((500, len(FEATURES)), np.float32)
    names = ("logistic_regression", "random_forest", "xgboost", "histogram_boosting", PRIOR)

    def trials(knowing: str, of: int) -> list[Trial]:
        said = [{name: np.where(one > 0, 2.0, -2.0) * (name == knowing) for name in names} for one in came[:of]]
        return [Trial(float(place), matrix, came[place], odds) for place, odds in enumerate(said)]

    assert chosen(trials("random_forest", 4)).own == ("random_forest",)
    assert chosen(trials("random_forest", 4)).share == 1.0
    assert chosen(trials(PRIOR, 4)).share == 0.0
    assert chosen(trials("random_forest", 2)) == USUAL


def test_only_what_had_ended_is_closed() -> None:
    early = closed(EXAMPLES, 500.0)
    assert 0 < early.count < EXAMPLES.count
    assert (early.cut_day + early.horizon_days <= 500).all()
