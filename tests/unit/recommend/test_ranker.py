"""Scores of a night's candidates: the ranker's, without the matrix that explains them, and the places of the best."""

import numpy as np
import pytest

from services.recommend.domain import Candidates, People
from services.recommend.features.pairs import SIGNALS
from services.recommend.model.people import FEATURES, Parts, Ranker, baseline, matrix
from services.recommend.usecases.score import rank

PEOPLE, EACH = 40, 30


@pytest.fixture(scope="module")
def people() -> People:
    influence = np.linspace(0, 1, PEOPLE, dtype=np.float32)
    influence[::7] = np.nan
    return People((np.arange(PEOPLE) % 5 - 1).astype(np.int32), influence)


@pytest.fixture(scope="module")
def found() -> Candidates:
    random = np.random.default_rng(11)
    who = np.repeat(np.arange(PEOPLE, dtype=np.int32), EACH)
    whom, mutual = (random.integers(0, most, len(who)).astype(np.int32) for most in (PEOPLE, 20))
    return Candidates(who, whom, mutual, random.random((len(who), len(SIGNALS)), np.float32))


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker(tuple(np.random.default_rng(12).normal(0, 0.5, len(FEATURES)).tolist()), -1.5)


def test_the_nights_scores_are_those_of_the_matrix(people: People, found: Candidates, ranker: Ranker) -> None:
    similarity = np.linspace(0, 1, len(found.who), dtype=np.float32)
    similarity[::3] = np.nan
    ranked = rank(found, people, similarity, ranker)
    exact = matrix(found, ranked.parts).astype(np.float64) @ np.array(ranker.weights) + ranker.intercept
    np.testing.assert_allclose(ranked.raw, exact, atol=2e-6)
    np.testing.assert_allclose(ranked.raw, ranker.score(matrix(found, ranked.parts)), atol=2e-6)


@pytest.mark.parametrize("serves", [True, False], ids=["the ranker", "the plain rule"])
def test_the_best_of_each_person_are_what_sorting_gives(
    people: People, found: Candidates, ranker: Ranker, *, serves: bool
) -> None:
    unknown = np.full(len(found.who), np.nan, np.float32)
    ranked = rank(found, people, unknown, ranker if serves else None, most=10)
    if not serves:
        np.testing.assert_array_equal(ranked.raw, baseline(Parts.of(found, people, unknown)))
    order = np.lexsort((found.whom, -ranked.raw, found.who)).reshape(PEOPLE, EACH)
    assert found.whom[ranked.best].tolist() == found.whom[order[:, :10].ravel()].tolist()
    assert found.who[ranked.best].tolist() == np.repeat(np.arange(PEOPLE), 10).tolist()
