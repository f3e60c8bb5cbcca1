"""Meaning and words in one order, and why somebody is in it."""

from dataclasses import replace
from uuid import UUID

import numpy as np

from services.embeddings.domain import Filters, Profile
from services.embeddings.domain.search import Asked, Candidate, Lexicon, LookedUp, Match, Sayers
from services.embeddings.features.documents import meets
from services.embeddings.features.fusion import among, best, rank
from services.embeddings.features.matching import explain, words_to_explain
from services.embeddings.features.postings import BLOCK_PAIR, ENTRY

ADA = Profile(UUID(int=1), "Will", "Woods", "Gas Works", "Head of Trading", ["traders", "mentor"], "Plays chess well.")
STEMS = {"trading": ("trade",), "traders": ("trader",), "woods": ("wood",), "plays": ("play",), "chess": ("chess",)}


def candidate(number: int, similarity: float | None) -> Candidate:
    return Candidate(UUID(int=number), number, similarity)


def asking(*words: str, **stems: str) -> Asked:
    return Asked(words, {word: (stems[word],) if word in stems else () for word in words}, frozenset())


def test_the_best_numbers_come_best_first_and_nobody_without_a_score() -> None:
    scores = np.array([0.0, 0.3, 0.9, 0.3, 0.0, 0.5], np.float32)
    assert best(scores, 10).tolist() == [2, 5, 1, 3]
    assert best(scores, 3).tolist() == [2, 5, 1]
    assert best(np.zeros(3, np.float32), 3).tolist() == []


def test_words_lift_whom_meaning_alone_would_leave_behind() -> None:
    near, said = candidate(0, 0.6), candidate(1, 0.4)
    assert rank([near, said], np.array([0.0, 0.3], np.float32), min_similarity=0.0, limit=2) == [said, near]
    assert rank([near, said], np.array([0.0, 0.1], np.float32), min_similarity=0.0, limit=2) == [near, said]


def test_equal_scores_have_one_order() -> None:
    people = [candidate(number, 0.5) for number in (3, 1, 2)]
    assert [one.number for one in rank(people, np.zeros(4, np.float32), min_similarity=0.0, limit=3)] == [1, 2, 3]


def test_a_minimum_of_similarity_leaves_out_who_is_under_it_and_not_who_has_none() -> None:
    people = [candidate(0, 0.6), candidate(1, 0.2), candidate(2, None)]
    found = rank(people, np.array([0.0, 0.9, 0.1], np.float32), min_similarity=0.5, limit=3)
    assert [one.number for one in found] == [0, 2]


def test_somebody_who_is_not_in_the_index_yet_is_ranked_by_meaning() -> None:
    new = Candidate(UUID(int=9), None, 0.7)
    later = Candidate(UUID(int=8), 50, 0.6)
    assert rank([later, new], np.zeros(3, np.float32), min_similarity=0.0, limit=2) == [new, later]


def test_a_match_names_the_field_what_it_says_and_the_words_of_the_query() -> None:
    found = explain(asking("trade", "chess", trade="trade", chess="chess"), ADA, STEMS)
    assert found == (
        Match("title", "Head of Trading", ("trade",)),
        Match("notes", "Plays chess well.", ("chess",)),
    )


def test_a_name_that_looks_like_a_stop_word_is_a_match_too() -> None:
    assert explain(asking("will"), ADA, STEMS) == (Match("name", "Will Woods", ("will",)),)


def test_a_mistyped_word_matches_what_it_is_like() -> None:
    found = explain(asking("wooods", wooods="woood"), ADA, STEMS)
    assert found == (Match("name", "Will Woods", ("wooods",)),)


def test_nothing_in_common_is_no_match() -> None:
    assert explain(asking("quux", quux="quux"), ADA, STEMS) == ()


def test_of_long_notes_the_part_around_the_word_is_shown() -> None:
    wordy = replace(ADA, notes=" ".join(["before"] * 50 + ["chess"] + ["after"] * 50))
    [match] = explain(asking("chess", chess="chess"), wordy, STEMS)
    assert match.value == " ".join(["before"] * 5 + ["chess"] + ["after"] * 5)


def test_of_the_words_to_explain_each_is_asked_once_and_only_if_it_begins_as_a_stem_of_the_query() -> None:
    assert words_to_explain(asking("trade", trade="trade"), [ADA, ADA]) == ["trading", "traders"]


def test_only_who_has_every_tag_and_the_organization_as_they_are_now_meets_the_filters() -> None:
    met = [
        Filters(),
        Filters(("TRADERS",)),
        Filters(("mentor", "traders"), " gas  works "),
        Filters(("mentor", "chess")),
        Filters((), "Gas"),
        Filters(("Gas Works",)),
    ]
    assert [meets(ADA, filters) for filters in met] == [True, True, True, False, False, False]


def test_without_filters_nobody_is_picked_out_and_with_them_only_who_says_them_all() -> None:
    block = np.array([(0, ENTRY.itemsize)], BLOCK_PAIR).tobytes()
    entries = np.array([(1, 1, 0)], ENTRY).tobytes()
    found = LookedUp(Lexicon(documents=3, next_number=3), [Sayers("t:mentor", block, entries)], indexed=False)
    assert among(found, Filters()) is None
    picked = among(found, Filters(("Mentor",)))
    assert picked is not None
    assert picked.tolist() == [False, True, False]
    nobody = among(found, Filters(("mentor", "friend")))
    assert nobody is not None
    assert not nobody.any()
