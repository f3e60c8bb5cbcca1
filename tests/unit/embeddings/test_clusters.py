"""What groups are like: agreement of runs, silhouettes, ids, places in the plane, and what a night has changed."""

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from services.embeddings.domain import Matrix
from services.embeddings.features import clusters
from services.embeddings.train import consensus


def blobs(groups: int, each: int, *, spread: float, seed: int = 0) -> Matrix:
    """Return unit vectors around as many directions, group after group."""
    random = np.random.default_rng(seed)
    middles = np.repeat(random.normal(size=(groups, 12)), each, axis=0)
    vectors = middles + spread * random.normal(size=middles.shape)
    unit: Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_groups_that_are_there_are_found_whatever_the_seed() -> None:
    vectors, truth = blobs(6, 20, spread=0.3), np.repeat(np.arange(6), 20)
    for seed in (1, 2):
        labels = clusters.nearest(vectors, consensus.consensus(vectors, 6, seed))
        assert adjusted_rand_score(truth, labels) == 1.0


def test_the_same_vectors_and_seed_give_the_same_centres() -> None:
    vectors = blobs(3, 30, spread=1.5)
    np.testing.assert_array_equal(consensus.consensus(vectors, 4, 7), consensus.consensus(vectors, 4, 7))


def test_what_good_runs_have_in_common_is_what_is_combined() -> None:
    """Two runs of three put the last row with the second group: the third is outvoted."""
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 1]]
    answers = [np.array(labels) for labels in ([0, 0, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0])]
    centroids = np.zeros((2, 4), np.float32)
    combined = consensus.combine(vectors, [consensus.Fit(labels, centroids, 0.0) for labels in answers])
    assert clusters.nearest(vectors, combined).tolist() == [0, 0, 1, 1, 1]


def test_as_many_groups_as_are_there_are_chosen_and_not_changed_without_need() -> None:
    vectors = blobs(5, 30, spread=0.3)
    assert consensus.choose_n(vectors, None) == 5
    assert consensus.choose_n(vectors, 4) == 5
    nothing = blobs(1, 120, spread=3.0)
    chosen = consensus.choose_n(nothing, None)
    assert consensus.choose_n(nothing, chosen + 1) == chosen + 1 or chosen == 2


@pytest.mark.parametrize("spread", [0.2, 1.0])
def test_the_silhouette_is_that_of_scikit_learn_which_compares_all_pairs(spread: float) -> None:
    vectors = blobs(4, 15, spread=spread)
    labels = np.random.default_rng(1).integers(4, size=60)
    labels[0] = 4  # alone
    ours = clusters.silhouettes(vectors, labels, 5)
    np.testing.assert_allclose(ours, silhouette_samples(vectors, labels, metric="cosine"), atol=1e-5)


def test_silhouettes_of_people_who_are_alike_or_all_in_one_group_are_zero() -> None:
    alike = np.tile(blobs(1, 1, spread=0), (6, 1))
    assert clusters.silhouettes(alike, np.array([0, 0, 0, 1, 1, 1]), 2).tolist() == [0] * 6
    assert clusters.silhouettes(blobs(2, 3, spread=1), np.zeros(6, np.int64), 1).tolist() == [0] * 6


def test_ids_stay_with_the_people() -> None:
    labels = np.array([2, 2, 2, 0, 0, 0, 1, 1, 1])
    last = [7, 7, 7, 3, 3, 9, 9, 9, 9]
    assert clusters.keep_ids(labels, 3, last, {3, 7, 9}) == [3, 9, 7]


def test_old_and_new_are_paired_so_that_most_people_keep_their_id() -> None:
    """Largest overlap first would give 1 to the first group and leave the second with nothing."""
    labels = np.array([0] * 9 + [1] * 8)
    last = [1] * 5 + [2] * 4 + [1] * 4 + [None] * 4
    assert clusters.keep_ids(labels, 2, last, {1, 2}) == [2, 1]


def test_a_new_group_gets_the_smallest_id_that_nobody_has() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    assert clusters.keep_ids(labels, 3, [2, 2, None, None, None], {2, 3}) == [2, 1, 4]
    assert clusters.keep_ids(labels, 3, [None] * 5, ()) == [1, 2, 3]


def test_one_person_of_many_does_not_carry_an_id_to_another_group() -> None:
    labels, nobody = np.array([0] * 20 + [1] * 30), [None] * 19
    assert clusters.keep_ids(labels, 2, [5, *nobody, *[6] * 30], {5, 6}) == [5, 6]  # all who are left of 5
    assert clusters.keep_ids(labels, 2, [6, *nobody, *[6] * 20, *[7] * 10], {6, 7}) == [1, 6]
    assert clusters.keep_ids(labels, 2, [7, *nobody, *[6] * 20, *[7] * 10], {6, 7}) == [1, 6]


def test_places_are_along_what_groups_differ_in_most_and_their_sign_is_settled() -> None:
    means = np.zeros((3, 5))
    means[:, 3] = [-1, 0, 1]
    means[:, 1] = [0.1, -0.2, 0.1]
    for flipped in (means, -means):
        middle, axes = clusters.plane(flipped, np.array([5, 5, 5]))
        np.testing.assert_allclose(axes.T, np.eye(5)[[3, 1]], atol=1e-9)
        np.testing.assert_allclose((flipped - middle) @ axes, flipped[:, [3, 1]], atol=1e-9)


def test_one_group_is_drawn_in_the_middle() -> None:
    middle, axes = clusters.plane(np.ones((1, 4)), np.array([9]))
    assert ((np.ones((1, 4)) - middle) @ axes).tolist() == [[0, 0]]


def test_the_picture_is_turned_back_to_how_it_was_drawn_the_night_before() -> None:
    before = np.random.default_rng(2).normal(size=(5, 2))
    after = before @ ortho_group.rvs(2, random_state=3)
    last = {number: (float(x), float(y)) for number, (x, y) in enumerate(before)}
    rotation = clusters.turned(after, range(5), last)
    np.testing.assert_allclose(after @ rotation, before, atol=1e-9)
    np.testing.assert_array_equal(clusters.turned(after, [8, 9, 10, 11, 12], last), np.eye(2))


def test_the_radius_is_the_root_of_the_mean_square_in_the_plane() -> None:
    vectors = np.array([[3, 4, 9], [-3, -4, 0], [1, 1, 1]], np.float32)
    labels = np.array([0, 0, 1])
    means = clusters.group_means(vectors, labels, 2)
    assert clusters.radii(vectors, labels, means, np.eye(3)[:, :2]).tolist() == [5, 0]


def test_what_a_night_has_changed_adds_up() -> None:
    moves = {(1, 1): 8, (1, 2): 1, (2, 2): 3, (3, 2): 4, (None, 1): 2, (None, 4): 5, (2, None): 1}
    report = clusters.changes(moves, {1: 10, 2: 6, 3: 4}, [1, 2, 4])
    assert (report["moved"], report["new"], report["gone"]) == (5, 7, 4)
    assert (report["new_clusters"], report["gone_clusters"]) == ([4], [3])
    assert report["clusters"] == [
        {"id": 1, "size": 10, "stayed": 8, "came": 0, "left": 1, "new": 2, "gone": 1},
        {"id": 2, "size": 8, "stayed": 3, "came": 5, "left": 0, "new": 0, "gone": 3},
        {"id": 4, "size": 5, "stayed": 0, "came": 0, "left": 0, "new": 5, "gone": 0},
    ]
