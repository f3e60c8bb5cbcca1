"""How texts are read: the same words for who writes and for who searches."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embeddings.domain import Filters, Profile
from services.embeddings.features.documents import (
    QUESTION_GRAMS,
    QUESTION_WORDS,
    document,
    filter_terms,
    gram_terms,
    lexical_hash,
    name_terms,
    question,
    stem_terms,
)
from services.embeddings.features.words import WORD_LIMIT, grams, likeness, whole, words

ADA = Profile(UUID(int=1), "Ada", "Lovelace", "Analytical Engines", "Countess", ["Mentor"], "Met in 1843.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jürgen O'Brien-Smith", ["jurgen", "o", "brien", "smith"]),
        ("Фёдор ДОСТОЕВСКИЙ", ["федор", "достоевский"]),
        ("C++/C# R&D, node.js", ["c", "c", "r", "d", "node", "js"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}da", ["ada"]),
        ("日本語 テスト", ["日本語", "テスト"]),
        ("\N{LATIN CAPITAL LETTER A WITH GRAVE}\N{ARABIC SMALL FATHA}", ["a"]),
        ("\N{MATHEMATICAL BOLD FRAKTUR CAPITAL A}da", ["ada"]),
        (" \t…!?_ ", []),
    ],
)
def test_case_accents_width_and_marks_make_no_difference(text: str, found: list[str]) -> None:
    assert words(text) == found


@settings(deadline=None)  # a machine that is busy
@given(st.text(max_size=200))
def test_words_of_any_text_fit_an_index_and_are_the_same_when_read_again(text: str) -> None:
    found = words(text)
    assert all(0 < len(word) <= WORD_LIMIT for word in found)
    assert words(" ".join(found)) == found


def test_n_grams_know_where_a_word_begins_and_ends() -> None:
    assert grams("anna") == [" an", "ann", "nna", "na "]
    assert grams("a") == [" a "]


def test_a_mistyped_word_is_more_like_it_than_another_word() -> None:
    assert likeness("lovelace", "lovelace") == 1
    assert likeness("lovelace", "loveluce") > 0.5 > likeness("lovelace", "hopper")


def test_a_document_holds_stems_names_n_grams_and_whole_values_but_no_n_grams_of_notes() -> None:
    found = document(ADA, {"ada": 1, "countess": 1, "met": 1})
    kinds = {kind: {term for term in found.counts if term.startswith(kind)} for kind in ("w:", "n:", "t:", "o:")}
    assert kinds == {
        "w:": {"w:ada", "w:countess", "w:met"},
        "n:": {"n:ada", "n:lovelace", "n:analytical", "n:engines"},
        "t:": {"t:mentor"},
        "o:": {"o:analytical engines"},
    }
    assert {"g: ad", "g:nto"} <= found.counts.keys()
    assert "g:184" not in found.counts
    assert found.words == 3
    assert found.grams == sum(count for term, count in found.counts.items() if term.startswith("g:"))


def test_the_hash_moves_with_every_field_that_is_indexed_and_with_no_other() -> None:
    changed = [
        Profile(UUID(int=1), "Ada", "Lovelace", "Analytical Engines", "Countess", ["Mentor"], "Met in 1844."),
        Profile(UUID(int=1), "Ada", "Lovelace", "Analytical Engines", "Countess", ["Mentor", "poet"], "Met in 1843."),
        Profile(UUID(int=1), "Ada", "Lovelace", None, "Countess", ["Mentor"], "Met in 1843."),
    ]
    other = Profile(UUID(int=2), "Ada", "Lovelace", "Analytical Engines", "Countess", ["Mentor"], "Met in 1843.", b"x")
    assert lexical_hash(other) == lexical_hash(ADA)
    assert len({lexical_hash(ADA), *(lexical_hash(profile) for profile in changed)}) == 4


def test_a_stop_word_is_looked_up_as_a_name_only() -> None:
    asked = question("will head", {"head": ("head",)})
    assert stem_terms(asked) == {"w:head"}
    assert name_terms(asked) == {"n:will"}
    assert gram_terms(asked) == {"g: he", "g:hea", "g:ead", "g:ad "}


def test_of_a_very_long_query_so_much_is_looked_up_as_is_worth_it() -> None:
    stems = {f"w{number}": (f"w{number}",) for number in range(5_000)}
    asked = question(" ".join(stems), stems)
    assert len(asked.words) == QUESTION_WORDS
    assert len(asked.grams) == QUESTION_GRAMS


def test_filters_compare_whole_values_in_any_case() -> None:
    assert whole("  Acme\t GmbH ") == "acme gmbh"
    assert filter_terms(Filters(("VIP", "vip"), "Acme  Corp")) == {"t:vip", "o:acme corp"}
    assert filter_terms(Filters()) == set()
