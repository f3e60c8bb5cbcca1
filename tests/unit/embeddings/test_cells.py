"""Cells: who lies together is in one, and who is nearest is found in the first that are read."""

import numpy as np
import pytest

from services.embeddings.features import cells


def groups(random: np.random.Generator, *, of: int = 40) -> np.ndarray:
    """Return four groups of vectors, `of` each, far from one another."""
    corners = np.eye(4, 8, dtype=np.float32).repeat(of, axis=0)
    return (corners + 0.05 * random.normal(size=corners.shape)).astype(np.float32)


def test_who_lies_together_is_in_one_cell() -> None:
    vectors = groups(np.random.default_rng(1))
    seeds = vectors[[0, 40, 80, 120, 1, 2]]
    centres = cells.learn(np.concatenate([seeds, vectors]), 12, np.random.default_rng(3))
    found = cells.place(vectors, centres).reshape(4, 40)
    of_each = [set(group.tolist()) for group in found]
    assert sum(len(group) for group in of_each) == len(set.union(*of_each))
    assert np.linalg.norm(centres, axis=1) == pytest.approx(1, abs=1e-5)


def test_centres_are_the_same_for_the_same_seed_and_stand_nearer_than_those_they_began_with() -> None:
    vectors = groups(np.random.default_rng(1))
    once, twice = (cells.learn(vectors, 4, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(once, twice)
    begun = vectors[np.random.default_rng(5).permutation(len(vectors))[:4]]
    begun /= np.linalg.norm(begun, axis=1, keepdims=True)
    assert (vectors @ once.T).max(axis=1).sum() > (vectors @ begun.T).max(axis=1).sum()


def test_people_who_all_say_the_same_are_in_cells_too() -> None:
    same = np.ones((50, 8), np.float32)
    centres = cells.learn(same, 7, np.random.default_rng(0))
    assert np.isfinite(centres).all()
    kept = cells.gather(cells.place(same, centres), np.arange(50), len(centres))
    assert len(kept) == 7
    assert sorted(np.frombuffer(b"".join(kept), cells.NUMBER)) == list(range(50))


def test_no_more_centres_than_vectors_to_learn_from() -> None:
    assert len(cells.learn(np.eye(3, dtype=np.float32), 9, np.random.default_rng(0))) == 3


def packed(*numbers: int) -> bytes:
    return np.array(numbers, cells.NUMBER).tobytes()


def test_numbers_are_gathered_as_postgresql_writes_them() -> None:
    assert cells.gather(np.array([2, 0, 2]), np.array([7, 300, 8]), 4) == [packed(300), b"", packed(7, 8), b""]
    assert packed(300) == (300).to_bytes(4, "big")


def test_of_those_meant_the_first_in_the_nearest_cells_are_compared() -> None:
    among = np.array([True, False, True, True, True])
    near = [packed(4, 1), b"", packed(3, 0), packed(2)]
    assert [
        None if found is None else found.tolist() for found in (cells.nearby(near, among, n) for n in range(1, 6))
    ] == [
        [4],
        [4, 3],
        [4, 3, 0],
        [4, 3, 0, 2],
        None,
    ]


def test_who_has_come_since_the_filter_was_read_is_not_meant() -> None:
    assert cells.nearby([packed(9, 3, 1_000_000, 2)], np.ones(3, np.bool_), 1) == np.array([2])
    assert cells.nearby([packed(9, 3)], np.ones(3, np.bool_), 1) is None
    assert cells.nearby([], np.ones(3, np.bool_), 1) is None


def test_cells_are_outgrown_at_twice_those_they_were_made_for() -> None:
    assert cells.are_due(0, 0)
    assert [cells.are_due(10, placed) for placed in (100, 200, 201)] == [False, False, True]


def test_centres_are_learnt_from_a_part_of_many_and_from_all_of_few() -> None:
    assert cells.step(1_000, 32) == 1
    assert cells.step(100_000, 317) == 4
