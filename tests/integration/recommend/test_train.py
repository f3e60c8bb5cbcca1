"""Training: it learns where there is something to learn, and its gate refuses where there is not."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from kit.registry import Artifact, Training
from services.recommend.domain import Candidates, Exchanges, Facts, Links, Numbers, People, Verdicts
from services.recommend.features import network
from services.recommend.features.pairs import SIGNALS
from services.recommend.model.people import NAME, load
from services.recommend.train.measure import average_precision, interval
from services.recommend.train.people import look_back, train
from services.recommend.train.windows import LookBack, Window, window

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
DAY = AS_OF.timestamp() / 86_400
NOBODY = np.empty(0, np.int32)
NO_LINKS = Links(NOBODY, NOBODY, np.empty(0, np.float32), np.empty(0))
SILENCE = Exchanges(NOBODY, NOBODY, np.empty(0), np.empty(0, np.bool_))
NO_VERDICTS = Verdicts(NOBODY, NOBODY, np.empty(0, np.float32), np.empty(0))
PEOPLE = 120


def people(count: int = PEOPLE) -> People:
    return People(np.full(count, -1, np.int32), np.full(count, np.nan, np.float32))


def facts_of(ends: Numbers, day: np.ndarray, *, static: bool = False) -> Facts:
    a, b = ends.min(axis=1).astype(np.int32), ends.max(axis=1).astype(np.int32)
    if static:
        _keys, first = np.unique(a * PEOPLE + b, return_index=True)
        unsaid = np.full(len(first), np.nan, np.float32)
        return Facts(people(), Links(a[first], b[first], unsaid, np.zeros(len(first))), SILENCE, NO_VERDICTS)
    return Facts(people(), NO_LINKS, Exchanges(a, b, day, np.zeros(len(a), np.bool_)), NO_VERDICTS)


def in_circles(count: int = 2_200, circles: int = 8) -> tuple[Numbers, np.ndarray]:
    """Return exchanges of people who meet within their circle, over two years."""
    random = np.random.default_rng(1)
    one = random.integers(0, PEOPLE, count)
    other = (one + circles * random.integers(1, PEOPLE // circles, count)) % PEOPLE
    strays = random.random(count) < 0.15
    other = np.where(strays, (one + random.integers(1, PEOPLE, count)) % PEOPLE, other)
    return np.stack([one, other], axis=1), DAY - random.uniform(0, 720, count)


def in_firms(count: int = 3_000) -> Facts:
    """Return what only a ranker sees whole: old exchanges at random, new ones within circles, two to each firm."""
    ends, day = in_circles(count)
    random = np.random.default_rng(7)
    strays = (ends[:, 0] + random.integers(1, PEOPLE, count)) % PEOPLE
    ends[:, 1] = np.where(day < DAY - 450, strays, ends[:, 1])
    firms = (np.arange(PEOPLE) % 8 // 2).astype(np.int32)
    return replace(facts_of(ends, day), people=People(firms, np.full(PEOPLE, np.nan, np.float32)))


def at_random(count: int = 1_500) -> tuple[Numbers, np.ndarray]:
    random = np.random.default_rng(2)
    one = random.integers(0, PEOPLE, count)
    other = (one + random.integers(1, PEOPLE, count)) % PEOPLE
    return np.stack([one, other], axis=1), DAY - random.uniform(0, 720, count)


def trained(facts: Facts) -> tuple[LookBack, Training | None]:
    back = look_back(facts, AS_OF)
    return back, train(back, [np.full(len(one.who), np.nan, np.float32) for one in back.pairs])


@pytest.fixture(scope="module")
def circles() -> tuple[LookBack, Training | None]:
    return trained(in_firms())


def test_a_published_index_serves_where_it_beats_the_baseline_and_the_ranker_does_not_beat_it(
    circles: tuple[LookBack, Training | None],
) -> None:
    back, found = circles
    assert back.in_time
    assert found is not None
    assert (found.kind, found.gate.passed) == ("index", True), found.gate.reason
    assert found.metrics["map_at_20_over_baseline"].low > 0
    assert len(set(json.loads(found.artifact)["weights"])) == 2


def told_by_two_signals(seed: int) -> Window:
    """Return a window of people who meet those for whom two unlike signals speak at once."""
    random = np.random.default_rng(seed)
    who, whom = np.repeat(np.arange(PEOPLE, dtype=np.int32), 40), np.tile(np.arange(40, dtype=np.int32), PEOPLE)
    signals = random.random((len(who), len(SIGNALS))).astype(np.float32)
    two = signals[:, SIGNALS.index("adamic_adar")] + signals[:, SIGNALS.index("together")]
    met = (two > 1.6).astype(np.float32)
    formed = np.bincount(who, met, PEOPLE).astype(np.int32)
    return Window(
        Candidates(who, whom, np.ones(len(who), np.int32), signals), met, np.zeros(len(who), np.bool_), formed
    )


def test_the_ranker_serves_where_it_is_proved_better_than_every_index_and_the_baseline() -> None:
    newest, *past = (told_by_two_signals(seed) for seed in range(3))
    nothing = Facts(people(), NO_LINKS, SILENCE, NO_VERDICTS)
    known = network.build(NO_LINKS, SILENCE, PEOPLE, as_of_day=DAY)
    back = LookBack(nothing, AS_OF, newest, past, known, in_time=True)
    found = train(back, [np.full(len(one.who), np.nan, np.float32) for one in back.pairs])
    assert found is not None
    assert (found.kind, found.gate.passed) == ("logistic_regression", True), found.gate.reason
    assert found.metrics["map_at_20_of_ranker_over_best_index"].low > 0


def test_where_people_meet_at_random_nothing_may_serve() -> None:
    _back, found = trained(facts_of(*at_random()))
    assert found is not None
    assert not found.gate.passed
    assert "not proved" in found.gate.reason


def test_ties_that_came_all_at_once_are_hidden_instead() -> None:
    back, found = trained(facts_of(*in_circles(900), static=True))
    assert not back.in_time
    assert back.data_from is None
    assert found is not None
    assert "hidden at random" in found.gate.reason


def test_too_few_ties_teach_nothing() -> None:
    ends, day = in_circles(30)
    assert trained(facts_of(ends, day))[1] is None
    assert trained(Facts(people(1), NO_LINKS, SILENCE, NO_VERDICTS))[1] is None


def test_trained_twice_it_is_the_same_to_the_last_byte(circles: tuple[LookBack, Training | None]) -> None:
    again = trained(in_firms())[1]
    assert again == circles[1]


def test_what_was_trained_can_be_loaded_and_orders_by_what_it_learned(
    circles: tuple[LookBack, Training | None],
) -> None:
    found = circles[1]
    assert found is not None
    digest = hashlib.sha256(found.artifact).digest()
    ranker = load(Artifact(NAME, found.version, found.kind, found.artifact, digest, list(found.features)))
    assert sum(ranker.weights) > 0


def test_a_window_sees_nothing_of_what_came_after_it() -> None:
    facts = facts_of(*in_circles())
    cut = DAY - 200
    later = facts.exchanges.day >= cut
    turned = replace(facts.exchanges, receiver=np.where(later, 0, facts.exchanges.receiver).astype(np.int32))
    before, after = (window(one, cut, 90.0) for one in (facts, replace(facts, exchanges=turned)))
    both = np.intersect1d(before.candidates.who, after.candidates.who)
    assert len(both)
    for one, other in ((before, after),):
        mine, theirs = (np.isin(each.candidates.who, both) for each in (one, other))
        np.testing.assert_array_equal(one.candidates.signals[mine], other.candidates.signals[theirs])


def test_to_connect_is_to_meet_and_to_dismiss_is_not_to() -> None:
    facts = facts_of(*in_circles())
    cut = DAY - 90
    plain = window(facts, cut, 90.0)
    not_met = np.flatnonzero(plain.met == 0)[:2]
    who, whom = plain.candidates.who[not_met], plain.candidates.whom[not_met]
    verdicts = Verdicts(who, whom, np.array([1, 0], np.float32), np.full(2, DAY - 10))
    told = window(replace(facts, verdicts=verdicts), cut, 90.0)
    assert told.met.sum() == plain.met.sum() + 1
    assert told.dismissed.sum() == 1
    earlier = replace(verdicts, day=np.full(2, cut - 1))
    assert not window(replace(facts, verdicts=earlier), cut, 90.0).dismissed.any()


def one_person(met: list[float], formed: int) -> Window:
    count = len(met)
    who, whom = np.zeros(count, np.int32), np.arange(1, count + 1, dtype=np.int32)
    candidates = Candidates(who, whom, who, np.zeros((count, len(SIGNALS)), np.float32))
    return Window(candidates, np.array(met, np.float32), np.zeros(count, np.bool_), np.array([formed, 0], np.int32))


@pytest.mark.parametrize(
    ("met", "formed", "expected"),
    [([1, 0, 1], 2, (1 + 2 / 3) / 2), ([0, 0, 1], 1, 1 / 3), ([1, 1, 0], 4, 0.5), ([0, 0, 0], 1, 0.0)],
)
def test_average_precision_counts_ties_beyond_the_candidates_as_missed(
    met: list[float], formed: int, expected: float
) -> None:
    scores = np.array([3, 2, 1], np.float32)
    assert average_precision(one_person(met, formed), scores).tolist() == pytest.approx([expected])


def test_an_interval_holds_its_mean_and_narrows_with_people() -> None:
    random = np.random.default_rng(0)
    few, many = (interval(random.normal(1, 1, count).astype(np.float32)) for count in (20, 2_000))
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low
