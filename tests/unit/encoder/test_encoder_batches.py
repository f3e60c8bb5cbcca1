"""Batches: every text once, neighbours in length together, nothing longer than allowed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.model.encode import pad, plan_batches

LENGTHS = st.lists(st.integers(min_value=2, max_value=256), max_size=60)


@given(LENGTHS)
def test_every_text_is_in_exactly_one_batch(lengths: list[int]) -> None:
    rows = [int(row) for batch in plan_batches(lengths, 512) for row in batch]
    assert sorted(rows) == list(range(len(lengths)))


@given(LENGTHS)
def test_a_padded_batch_stays_within_its_tokens(lengths: list[int]) -> None:
    for batch in plan_batches(lengths, 512):
        assert len(batch) * max(lengths[row] for row in batch) <= 512


@given(LENGTHS)
def test_batches_go_from_short_to_long(lengths: list[int]) -> None:
    planned = [lengths[row] for batch in plan_batches(lengths, 512) for row in batch]
    assert planned == sorted(lengths)


def test_a_text_longer_than_a_batch_runs_alone() -> None:
    assert [list(batch) for batch in plan_batches([256, 2, 256], 128)] == [[1], [0], [2]]


def test_no_texts_make_no_batch() -> None:
    assert list(plan_batches([], 512)) == []


def test_padding_is_zero_and_masked() -> None:
    ids, mask = pad([[101, 7, 102], [101, 102]])
    np.testing.assert_array_equal(ids, [[101, 7, 102], [101, 102, 0]])
    np.testing.assert_array_equal(mask, [[1, 1, 1], [1, 1, 0]])
