"""Features as of an instant: the same number for a tie alone and among others, and nothing from the future."""

import numpy as np
import pytest

from services.churn.domain import STATES, Features, Ties
from services.churn.features import CODE_OF, CODES, FEATURES, build, dump_snapshot, load_snapshot, measure
from services.churn.train.ties import picked, seen
from services.churn.train.ties import ties as ties_of
from tests.unit.churn.ties import AS_OF_DAY, log, ties

MEASURED = ties_of(seen(log()), 600.0)
SNAPSHOT = measure(MEASURED.ties, 600.0)


def built(of: Ties, horizon_days: float | None = None) -> Features:
    return build(of, AS_OF_DAY, SNAPSHOT, horizon_days)


def column(of: Features, name: str) -> float:
    return float(of.matrix[0, FEATURES.index(name)]) + SNAPSHOT.center[name]


def test_one_tie_alone_has_the_numbers_it_has_among_others_also_after_the_snapshot_was_kept() -> None:
    kept = load_snapshot(dump_snapshot(SNAPSHOT))
    every = build(MEASURED.ties, 600.0, SNAPSHOT)
    for place in range(0, MEASURED.ties.count, 17):
        alone = build(picked(MEASURED, np.array([place])).ties, 600.0, kept)
        assert np.array_equal(alone.matrix[0], every.matrix[place], equal_nan=True)
        assert np.array_equal(alone.shown[0], every.shown[place], equal_nan=True)
        assert np.array_equal(alone.compared[0], every.compared[place], equal_nan=True)


def test_what_comes_later_and_what_is_there_twice_changes_nothing() -> None:
    days = [AS_OF_DAY - ago for ago in (100.0, 50.0, 20.0)]
    plain = built(ties([days]))
    more = built(ties([[*days, *days, AS_OF_DAY + 1, AS_OF_DAY + 50]]))
    assert np.array_equal(plain.matrix, more.matrix, equal_nan=True)
    assert more.interactions.tolist() == [3]


def test_the_order_in_which_interactions_come_does_not_matter() -> None:
    days = [AS_OF_DAY - ago for ago in (100.0, 50.0, 20.0, 7.5)]
    forward, backward = built(ties([days])), built(ties([days[::-1]]))
    assert np.array_equal(forward.matrix, backward.matrix, equal_nan=True)


def test_of_a_million_interactions_the_newest_thousand_count() -> None:
    days = (AS_OF_DAY - np.linspace(0.001, 900, 1_000_000)).tolist()
    assert built(ties([days])).interactions.tolist() == [1_000]


@pytest.mark.parametrize(
    ("ago", "state"),
    [
        ([], "insufficient_data"),
        ([9.0, 3.0], "insufficient_data"),
        ([9.0, 6.0, 3.0], "active"),
        ([900.0, 800.0, 366.0], "lost"),
        ([900.0, 800.0, 365.0], "active"),
    ],
)
def test_the_state_goes_by_what_passed(ago: list[float], state: str) -> None:
    found = built(ties([[AS_OF_DAY - days for days in ago]]))
    assert STATES[found.state[0]] == state


def test_the_horizon_is_ninety_days_or_twice_the_usual_gap_or_as_asked() -> None:
    often = [AS_OF_DAY - ago for ago in (40.0, 20.0, 1.0)]
    yearly = [AS_OF_DAY - ago for ago in (800.0, 435.0, 70.0)]
    both = ties([often, yearly])
    assert built(both).horizon_days.tolist() == [90.0, 730.0]
    assert built(both, 30.0).horizon_days.tolist() == [30.0, 30.0]


def test_what_is_unknown_is_not_nothing() -> None:
    days = [[AS_OF_DAY - ago for ago in (100.0, 50.0, 20.0)]]
    unknown, nothing = built(ties(days)), built(ties(days, mutual=[0.0], mutual_before=[0.0]))
    place = FEATURES.index("log_mutual")
    assert np.isnan(unknown.matrix[0, place])
    assert not np.isnan(nothing.matrix[0, place])


def test_silence_is_shown_in_days_beside_the_usual_gap() -> None:
    found = built(ties([[AS_OF_DAY - ago for ago in (87.0, 67.0, 47.0)]]))
    place = CODES.index("silence")
    assert (found.shown[0, place], found.compared[0, place]) == (47.0, 20.0)


def test_silence_longer_than_the_own_rhythm_raises_its_ratio() -> None:
    regular = [AS_OF_DAY - ago for ago in (200.0, 180.0, 160.0)]
    early, late = (build(ties([regular]), day, SNAPSHOT) for day in (AS_OF_DAY - 150, AS_OF_DAY))
    assert column(late, "silence_over_median_gap") > column(early, "silence_over_median_gap") > -1


def test_without_twenty_ties_nobody_is_ranked_and_a_tie_is_held_against_what_is_usual() -> None:
    few = ties([[AS_OF_DAY - ago for ago in (100.0, 50.0, 20.0)]])
    snapshot = measure(few, AS_OF_DAY)
    found = build(few, AS_OF_DAY, snapshot)
    assert snapshot.ties == 1
    assert np.isnan(found.matrix[0, FEATURES.index("days_since_last_rank")])
    assert abs(found.matrix[0, FEATURES.index("log_days_since_last")]) > 0.1


def test_an_instant_before_the_first_fact_is_too_little_data() -> None:
    found = build(ties([[900.0, 910.0, 920.0]]), 100.0, SNAPSHOT)
    assert STATES[found.state[0]] == "insufficient_data"
    assert np.isnan(found.days_since_last[0])


def test_no_ties_are_a_table_of_none() -> None:
    assert built(ties([])).matrix.shape == (0, len(FEATURES))


def test_every_feature_is_about_something_that_a_reason_can_say() -> None:
    assert set(CODE_OF.values()) == set(CODES)
    assert len(FEATURES) == len(set(FEATURES))


def test_the_mean_of_a_snapshot_is_where_its_ties_are_taken_from() -> None:
    everybody = build(MEASURED.ties, 600.0, SNAPSHOT, 90.0)
    enough = everybody.interactions >= 3
    assert abs(everybody.matrix[enough, FEATURES.index("log_days_since_last")].mean()) < 0.2
