"""Reasons a person believes: they name people, say only what is known, and add up."""

import numpy as np
import pytest

from services.recommend.domain import Between, Candidates, Code, Mutual, People, Share
from services.recommend.features.pairs import SIGNALS
from services.recommend.features.reasons import reasons, shares
from services.recommend.model.people import FEATURES, Parts, Ranker, baseline, explain, matrix

ANNA, IVAN, OLGA, PIA = (Mutual(*one) for one in (("Anna", 0.9), ("Ivan", 0.7), ("Olga", 0.7), ("Pia", 0.1)))


def share(code: Code, contribution: float = 0.1, value: float | None = 1.0) -> Share:
    return Share(code, value, 0.5, contribution)


def texts(between: Between, *parts: Share, language: str = "en") -> list[str]:
    return [reason.text for reason in reasons(parts, between, "ru" if language == "ru" else "en")]


def test_mutual_contacts_are_named_the_strongest_first() -> None:
    between = Between(mutual=[OLGA, IVAN, ANNA], mutual_count=3)
    assert texts(between, share("mutual_contacts")) == ["3 mutual contacts: Anna, Ivan, Olga"]


def test_more_than_three_are_counted() -> None:
    between = Between(mutual=[PIA, OLGA, IVAN, ANNA], mutual_count=7)
    assert texts(between, share("mutual_contacts")) == ["7 mutual contacts: Anna, Ivan, Olga and 4 more"]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 общий контакт: Anna"),
        (2, "2 общих контакта: Anna и ещё 1"),
        (5, "5 общих контактов: Anna и ещё 4"),
        (21, "21 общий контакт: Anna и ещё 20"),
    ],
)
def test_russian_counts_by_its_own_grammar(count: int, text: str) -> None:
    between = Between(mutual=[ANNA], mutual_count=count)
    assert texts(between, share("mutual_contacts"), language="ru") == [text]


def test_the_part_that_adds_most_comes_first() -> None:
    between = Between(mutual=[ANNA], mutual_count=1, organization="Legal", influence=0.879)
    said = texts(between, share("mutual_contacts", 0.1), share("influence", 0.2), share("same_organization", 0.3))
    assert said == [
        "same organization: Legal",
        "more connected than 87 % of your contacts",
        "1 mutual contact: Anna",
    ]


def test_what_is_not_known_is_not_said() -> None:
    parts = [share(code, value=None) for code in FEATURES_SAID]
    assert texts(Between(), *parts) == []


FEATURES_SAID: tuple[Code, ...] = (
    "mutual_contacts", "same_organization", "semantic_similarity", "influence", "wider_circle", "together"
)  # fmt: skip


def test_shared_tags_stand_beside_the_similarity_and_add_nothing() -> None:
    between = Between(tags=["wine", "chess"], title="Trader")
    similar, tags = reasons([share("semantic_similarity", 0.2, 0.8)], between, "en")
    assert (similar.text, similar.contribution) == ("similar work: Trader", 0.2)
    assert (tags.code, tags.text, tags.contribution) == ("shared_tags", "shared tags: chess, wine", 0.0)


def test_a_part_that_speaks_against_says_so() -> None:
    [reason] = reasons([share("influence", -0.2, 0.1)], Between(influence=0.1), "en")
    assert reason.direction == "down"


@pytest.fixture
def several() -> tuple[Candidates, People, Parts]:
    random = np.random.default_rng(3)
    who = np.array([0, 0, 0, 1, 1], np.int32)
    whom = np.array([2, 3, 4, 3, 5], np.int32)
    signals = random.random((5, len(SIGNALS))).astype(np.float32)
    people = People(np.array([0, 1, 0, 1, -1, 0], np.int32), np.array([np.nan, 0.5, 0.2, 0.9, 0.4, 0.1], np.float32))
    candidates = Candidates(who, whom, np.array([3, 12, 0, 1, 2], np.int32), signals)
    return candidates, people, Parts.of(candidates, people, np.array([0.5, np.nan, 0.1, 0.9, 0.2], np.float32))


def test_the_baselines_parts_add_up_to_its_score(several: tuple[Candidates, People, Parts]) -> None:
    candidates, _people, parts = several
    explained = explain(None, candidates, parts)
    assert explained.link == "identity"
    np.testing.assert_allclose(explained.base + explained.contributions.sum(axis=1), baseline(parts), atol=1e-6)


def test_the_rankers_shares_add_up_to_its_log_odds(several: tuple[Candidates, People, Parts]) -> None:
    candidates, _people, parts = several
    ranker = Ranker(tuple(np.random.default_rng(4).normal(size=len(FEATURES)).tolist()), -2.0)
    explained = explain(ranker, candidates, parts)
    assert explained.link == "logit"
    odds = ranker.score(matrix(candidates, parts))
    np.testing.assert_allclose(explained.base + explained.contributions.sum(axis=1), odds, atol=1e-5)


def test_a_value_is_compared_with_the_same_persons_other_candidates(several: tuple[Candidates, People, Parts]) -> None:
    candidates, _people, parts = several
    ranker = Ranker((1.0,) * len(FEATURES), 0.0)
    mutual = shares(explain(ranker, candidates, parts), 0)[0]
    assert (mutual.code, mutual.value, mutual.comparison) == ("mutual_contacts", 3.0, 5.0)
    similar = shares(explain(ranker, candidates, parts), 1)[1]
    assert similar.value is None
    assert similar.comparison == pytest.approx(0.3)
