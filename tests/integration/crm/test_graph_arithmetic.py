"""Who knows whom, influence and communities: against graphs small enough to work out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.crm.features import (
    HALF_LIFE_DAYS,
    MICROSECONDS_A_DAY,
    Given,
    Interactions,
    Links,
    Places,
    keep_ids,
    page_ranks,
    percentiles,
    places,
    strengths,
    with_given,
)

NOW_US = 1_000_000 * MICROSECONDS_A_DAY
ONWARD, BACK, BOTH = 1, 2, 3

Message = tuple[int, int, int, float]  # contact, counterpart, direction, days ago


def talked(messages: Sequence[Message]) -> Interactions:
    columns = [np.array(column) for column in zip(*messages, strict=True)] or [np.zeros(0)] * 4
    contact, counterpart, direction, days_ago = columns
    occurred_at_us = NOW_US - days_ago * MICROSECONDS_A_DAY
    return Interactions(*(column.astype(np.int64) for column in (contact, counterpart, direction, occurred_at_us)))


def derived(*messages: Message) -> Links:
    return strengths(talked(messages), NOW_US)


def given(*links: tuple[int, int, float]) -> Given:
    a, b, strength = (np.array(column) for column in zip(*links, strict=True))
    return Given(a.astype(np.int64), b.astype(np.int64), strength.astype(np.float64))


def strength_of(*messages: Message) -> float:
    links = derived(*messages)
    return float(links.strength[0]) if len(links.strength) else 0.0


@pytest.mark.parametrize(
    ("messages", "strength"),
    [
        ([(0, 1, BOTH, 0)], 1 / 6),  # one exchange just now: 1 / (1 + 5)
        ([(0, 1, ONWARD, 0), (0, 1, BACK, 0)], 1 / 6),  # the same in two messages
        ([(0, 1, BOTH, 0)] * 5, 1 / 2),
        ([(0, 1, BOTH, HALF_LIFE_DAYS)] * 10, 1 / 2),  # twice as many, half as fresh
        ([(0, 1, ONWARD, 0)] * 20, 1 / 2),  # one direction: a quarter counts
        ([(0, 1, ONWARD, 0)] * 4 + [(0, 1, BACK, 0)] * 16, 9 / 14),  # ((2 + 4) / 2)² = 9
    ],
)
def test_strength_is_recency_frequency_and_reciprocity(messages: list[Message], strength: float) -> None:
    assert strength_of(*messages) == pytest.approx(strength, abs=1e-4)


def test_a_direction_is_the_same_from_either_end() -> None:
    assert strength_of((0, 1, ONWARD, 0), (1, 0, ONWARD, 0)) == strength_of((0, 1, BOTH, 0))
    assert strength_of((0, 1, ONWARD, 0), (1, 0, BACK, 0)) == strength_of((0, 1, ONWARD, 0), (0, 1, ONWARD, 0))


def test_a_link_is_named_once_with_its_first_day() -> None:
    links = derived((5, 2, BOTH, 3), (2, 5, BOTH, 40), (2, 7, BOTH, 1))
    assert list(zip(links.a, links.b, strict=True)) == [(2, 5), (2, 7)]
    assert links.since_us.tolist() == [NOW_US - 40 * MICROSECONDS_A_DAY, NOW_US - MICROSECONDS_A_DAY]


def test_what_happens_later_is_not_seen() -> None:
    now = derived((0, 1, BOTH, 10))
    told = derived((0, 1, BOTH, 10), (0, 1, BOTH, -0.001), (1, 2, BOTH, -5))
    assert told.strength.tolist() == now.strength.tolist()
    assert told.b.tolist() == [1]


def test_what_was_long_ago_is_no_link() -> None:
    assert derived((0, 1, ONWARD, 40 * 365)).a.tolist() == []


def test_nothing_gives_nothing() -> None:
    links = strengths(talked([]), NOW_US)
    everybody = places(with_given(links, Given(links.a, links.b, links.strength), 0))
    assert links.a.tolist() == everybody.person.tolist() == []
    assert keep_ids(everybody, {3: 1}, set()).community.tolist() == []


def test_the_order_of_the_rows_is_of_no_matter() -> None:
    random = np.random.default_rng(7)
    rows = [
        (int(a), int(b), int(d), float(t)) for a, b, d, t in random.random((500, 4)) * [9, 9, 3, 700] + [0, 10, 1, 0]
    ]
    shuffled = [rows[index] for index in random.permutation(len(rows))]
    one, other = derived(*rows), derived(*shuffled)
    assert one.strength.tolist() == other.strength.tolist()
    assert one.since_us.tolist() == other.since_us.tolist()


def test_what_the_crm_gives_wins_for_its_pair_alone() -> None:
    links = with_given(derived((0, 1, BOTH, 0), (1, 2, BOTH, 0)), given((0, 1, 0.9), (0, 2, np.nan)), 3)
    found = {(a, b): s for a, b, s in zip(links.a.tolist(), links.b.tolist(), links.strength.tolist(), strict=True)}
    assert found == pytest.approx({(0, 1): 0.9, (0, 2): 0.5, (1, 2): 1 / 6}, abs=1e-4)


def test_page_ranks_are_the_stationary_visits_of_a_random_surfer() -> None:
    random = np.random.default_rng(3)
    dense = np.triu(random.random((40, 40)) * (random.random((40, 40)) < 0.2), 1)
    dense[0, 1:] = 0.01  # nobody is alone
    dense += dense.T
    np.testing.assert_allclose(page_ranks(csr_matrix(dense)), oracle(dense), atol=1e-8)


def oracle(dense: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve r = 0.85 Pᵀ r + 0.15 / n."""
    n = len(dense)
    steps = dense / dense.sum(axis=1, keepdims=True)
    return np.linalg.solve(np.eye(n) - 0.85 * steps.T, np.full(n, 0.15 / n))


def test_a_percentile_is_the_share_below_and_half_of_the_equal() -> None:
    assert percentiles(np.array([0.2, 0.1, 0.5, 0.2])).tolist() == [0.5, 0.125, 0.875, 0.5]


def test_the_middle_of_a_star_has_the_most_influence() -> None:
    star = places(given(*((0, leaf, 0.5) for leaf in range(1, 6))))
    assert star.influence[0] == pytest.approx(11 / 12)
    assert star.influence[1:].tolist() == pytest.approx([5 / 12] * 5)


def two_cliques(first: Sequence[int], second: Sequence[int]) -> Given:
    pairs = [(a, b, 0.8) for group in (first, second) for a in group for b in group if a < b]
    return given(*pairs, (first[-1], second[0], 0.1))


def groups(found: Places) -> dict[int, list[int]]:
    return {
        community: found.person[found.community == community].tolist()
        for community in np.unique(found.community).tolist()
    }


def test_two_cliques_are_two_communities_and_somebody_alone_is_in_none() -> None:
    links = two_cliques([0, 1, 2, 3, 4], [6, 7, 8, 9])
    assert groups(places(links)) == {0: [0, 1, 2, 3, 4], 1: [6, 7, 8, 9]}


def test_a_link_of_no_strength_places_nobody() -> None:
    assert places(given((0, 1, 0.5), (2, 3, 0.0))).person.tolist() == [0, 1]


def test_a_community_keeps_its_id_though_another_has_become_the_largest() -> None:
    first = keep_ids(places(two_cliques([0, 1, 2, 3, 4], [6, 7, 8, 9])), {}, set())
    assert groups(first) == {1: [0, 1, 2, 3, 4], 2: [6, 7, 8, 9]}
    last = dict(zip(first.person.tolist(), first.community.tolist(), strict=True))
    second = keep_ids(places(two_cliques([0, 1, 2], [6, 7, 8, 9, 10, 11])), last, set())
    assert groups(second) == {1: [0, 1, 2], 2: [6, 7, 8, 9, 10, 11]}


def test_a_new_community_takes_no_number_that_means_another() -> None:
    found = places(two_cliques([0, 1, 2, 3], [6, 7, 8]))
    kept = keep_ids(found, {0: 1, 1: 1, 6: 2, 7: 2, 99: 3}, taken={2, 4})
    assert groups(kept) == {1: [0, 1, 2, 3], 5: [6, 7, 8]}
