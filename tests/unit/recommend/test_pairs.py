"""Candidates and their signals: nobody known, nobody twice, and the published formulas to the last digit."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from services.recommend.domain import Also, Candidates, Exchanges, Links, Network, Numbers
from services.recommend.features import network, pairs, paths

NOBODY = np.empty(0, np.int32)
SILENCE = Exchanges(NOBODY, NOBODY, np.empty(0), np.empty(0, np.bool_))


Ties = NDArray[np.float64]


def known(ties: Ties) -> Network:
    """Return the network of a symmetric matrix of 0 and 1."""
    a, b = (ends.astype(np.int32) for ends in np.nonzero(np.triu(ties)))
    unsaid, since = np.full(len(a), np.nan, np.float32), np.zeros(len(a))
    return network.build(Links(a, b, unsaid, since), SILENCE, len(ties), as_of_day=1.0)


def asked(*people: int) -> Numbers:
    return np.array(people, np.int32)


def signal(found: Candidates, name: str) -> NDArray[np.float32]:
    return found.signals[:, pairs.SIGNALS.index(name)]


@pytest.fixture(scope="module")
def graph() -> Ties:
    """Return ties of 150 people, some with many and most with few."""
    random = np.random.default_rng(5)
    liked = random.pareto(2.0, 150) + 0.5
    liked[7] = 1.5
    chance = np.clip(np.outer(liked, liked) * 0.04, 0, 0.9)
    upper = np.triu(random.random((150, 150)) < chance, 1)
    ties: Ties = (upper | upper.T).astype(np.float64)
    return ties


def resource_allocation(ties: Ties) -> Ties:
    return ties @ np.diag(1 / np.maximum(ties.sum(axis=1), 1)) @ ties


def adamic_adar(ties: Ties) -> Ties:
    return ties @ np.diag(1 / np.log(np.maximum(ties.sum(axis=1), 2))) @ ties


@pytest.mark.parametrize("formula", [resource_allocation, adamic_adar])
def test_an_index_is_its_published_formula_scaled_by_the_persons_largest(
    graph: Ties, formula: Callable[[Ties], Ties]
) -> None:
    found = pairs.candidates(known(graph), asked(7), kept=200)
    theirs = formula(graph)[7][found.whom]
    np.testing.assert_allclose(signal(found, formula.__name__), theirs / theirs.max(), rtol=1e-5)


def test_mutual_contacts_are_counted(graph: Ties) -> None:
    found = pairs.candidates(known(graph), asked(7), kept=200)
    assert found.mutual.tolist() == (graph @ graph)[7][found.whom].tolist()


def test_the_walk_of_three_is_the_same_from_either_side(graph: Ties) -> None:
    """Matrix powers as an oracle: A D⁻¹ A D⁻¹ A."""
    step = graph / np.maximum(graph.sum(axis=1), 1)[:, None]
    walk = graph @ step @ step
    found = pairs.candidates(known(graph), asked(7), kept=200)
    theirs = walk[7][found.whom]
    np.testing.assert_allclose(signal(found, "walk_of_three"), theirs / theirs.max(), rtol=1e-4)


def test_nobody_is_recommended_to_himself_or_to_whom_he_knows(graph: Ties) -> None:
    found = pairs.candidates(known(graph), np.arange(len(graph), dtype=np.int32))
    assert not any(one == other or graph[one, other] for one, other in zip(found.who, found.whom, strict=True))
    assert len(set(zip(found.who.tolist(), found.whom.tolist(), strict=True))) == len(found.who)


def test_a_person_without_ties_has_no_candidates_and_those_from_elsewhere_are_taken() -> None:
    alone = known(np.zeros((5, 5)))
    assert len(pairs.candidates(alone, asked(0, 3)).who) == 0
    also = Also(np.array([0, 2, 3]), asked(2, 0, 4))
    found = pairs.candidates(alone, asked(0, 3), also=also)
    assert list(zip(found.who.tolist(), found.whom.tolist(), strict=True)) == [(0, 2), (3, 4)]


def test_those_kept_of_many_are_the_best_and_no_more_than_asked_for(graph: Ties) -> None:
    found = pairs.candidates(known(graph), asked(7), kept=5)
    every = pairs.candidates(known(graph), asked(7), kept=200)
    assert len(found.who) == 5
    best = every.whom[np.argmax(signal(every, "resource_allocation_recent"))]
    assert best in found.whom


@pytest.mark.parametrize("kept", [1, 5, 20, 64])
def test_those_kept_promise_most(graph: Ties, kept: int) -> None:
    """The cheap signals, each scaled by its largest; walks of three count where two steps lead to few."""
    for person in range(0, len(graph), 10):
        every = pairs.candidates(known(graph), asked(person), kept=200)
        promise = signal(every, "resource_allocation") + signal(every, "resource_allocation_recent")
        if (every.mutual > 0).sum() < paths.WIDEN_BELOW:
            promise += signal(every, "walk_of_three")
        line = np.sort(promise)[-min(kept, len(promise))]
        found = pairs.candidates(known(graph), asked(person), kept=kept)
        assert len(found.whom) == min(kept, len(promise))
        assert promise[np.isin(every.whom, found.whom)].min() == pytest.approx(line, abs=1e-5)


def test_many_people_are_answered_as_a_few(graph: Ties) -> None:
    """More than one thread walks around at a time."""
    everybody = np.arange(len(graph), dtype=np.int32)
    few, many = (pairs.candidates(known(graph), np.tile(everybody, times)) for times in (1, 5))
    for one, other in ((few.who, many.who), (few.whom, many.whom), (few.mutual, many.mutual)):
        assert np.tile(one, 5).tolist() == other.tolist()
    np.testing.assert_array_equal(np.tile(few.signals, (5, 1)), many.signals)


def test_one_person_is_answered_as_in_a_crowd(graph: Ties) -> None:
    everybody = pairs.candidates(known(graph), np.arange(len(graph), dtype=np.int32))
    alone = pairs.candidates(known(graph), asked(42))
    own = everybody.who == 42
    assert everybody.whom[own].tolist() == alone.whom.tolist()
    np.testing.assert_array_equal(everybody.signals[own], alone.signals)


def test_paths_through_somebody_linked_to_everybody_lead_nowhere() -> None:
    count = paths.LARGEST_HUB + 2
    everybody = np.arange(1, count, dtype=np.int32)
    links = Links(np.zeros(count - 1, np.int32), everybody, np.ones(count - 1, np.float32), np.zeros(count - 1))
    star = network.build(links, SILENCE, count, as_of_day=1.0)
    assert len(pairs.candidates(star, asked(1, 2)).who) == 0


def test_the_best_are_in_order_and_equals_by_number() -> None:
    who, whom = asked(3, 3, 3, 3, 8), asked(9, 4, 6, 5, 1)
    found = Candidates(who, whom, who, np.empty((5, len(pairs.SIGNALS)), np.float32))
    best = pairs.best(found, np.array([1, 2, 1, 2, 0], np.float32), 3)
    assert best.tolist() == [[1, 3, 2], [4, -1, -1]]


def test_the_best_are_what_sorting_gives(graph: Ties) -> None:
    found = pairs.candidates(known(graph), np.arange(len(graph), dtype=np.int32))
    scores = np.round(signal(found, "adamic_adar"), 1)
    order = np.lexsort((found.whom, -scores, found.who))
    places = pairs.best(found, scores, pairs.KEPT)
    assert places[places >= 0].tolist() == order.tolist()
    assert all(one < other for one, other in pairwise(found.who[places[:, 0]]))
