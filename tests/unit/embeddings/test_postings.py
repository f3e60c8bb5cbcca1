"""Postings: merging them is what rebuilding would give, and their scores are BM25's."""

import struct
from collections import Counter
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embeddings.domain.search import Document, Posting, Sayers
from services.embeddings.features.postings import BLOCK, ENTRY, bm25, decode, merge, saying_all

TEXTS = [
    "gas trader houston",
    "gas gas pipeline engineer",
    "head of engineering",
    "power trader power trader trader",
    "a note that says much more about gas than a trader would ever care to read",
    "engineer",
]
# What rank-bm25 0.2.2 says of these texts with k1 = 1.2, b = 0.75 and the weights log(1 + (N - n + 0.5) / (n + 0.5)),
# and 2.2 times the sum of those weights.
PEERS = [
    ("gas", [0.844248, 1.025159, 0.0, 0.0, 0.381231, 0.0], 1.524924),
    ("gas trader", [1.688497, 1.025159, 0.0, 1.104017, 0.762462, 0.0], 3.049848),
    ("power trader engineer", [0.844248, 1.146918, 0.0, 3.260028, 0.381231, 1.542238], 7.179066),
    ("head of gas", [0.844248, 1.025159, 3.752503, 0.0, 0.381231, 0.0], 8.302882),
]
NOBODY = np.array([], np.int64)


def said(text: str, kind: str = "w") -> Document:
    counts = Counter(f"{kind}:{word}" for word in text.split())
    return Document(UUID(int=0), b"", dict(counts), words=counts.total(), grams=counts.total())


def index(texts: dict[int, str]) -> list[Posting]:
    return merge([], NOBODY, [(number, said(text)) for number, text in texts.items()])


def sayers(texts: dict[int, str]) -> list[Sayers]:
    """Return an index as PostgreSQL hands it out: each term once, its blocks joined."""
    found: dict[str, tuple[bytes, bytes]] = {}
    for one in index(texts):
        blocks, entries = found.get(one.term, (b"", b""))
        pair = struct.pack(">ii", one.block, len(one.entries))
        found[one.term] = (blocks + pair, entries + one.entries)
    return [Sayers(term, blocks, entries) for term, (blocks, entries) in found.items()]


def scores(texts: list[str], query: str) -> list[float]:
    length = sum(len(text.split()) for text in texts)
    terms = {f"w:{word}" for word in query.split()}
    found = bm25(sayers(dict(enumerate(texts))), terms, set(), documents=len(texts), length=length, capacity=len(texts))
    return [float(score) for score in found]


@pytest.mark.parametrize(("query", "expected", "bound"), PEERS)
def test_scores_are_those_of_a_peer_over_their_upper_bound(query: str, expected: list[float], bound: float) -> None:
    np.testing.assert_allclose(np.array(scores(TEXTS, query)) * bound, expected, atol=2e-6)


def test_a_word_that_nobody_says_counts_against_everybody() -> None:
    assert max(scores(TEXTS, "gas quux")) < max(scores(TEXTS, "gas")) / 2


def test_a_name_that_nobody_has_counts_against_nobody() -> None:
    said_by, words = sayers(dict(enumerate(TEXTS))), {"documents": 6, "length": 30, "capacity": 6}
    with_names = bm25(said_by, {"w:gas"}, {"n:gas"}, **words)
    np.testing.assert_array_equal(with_names, bm25(said_by, {"w:gas"}, set(), **words))


@pytest.mark.parametrize("terms", [set(), {"w:quux"}])
def test_what_nobody_says_finds_nobody(terms: set[str]) -> None:
    assert not bm25([], terms, set(), documents=0, length=0, capacity=3).any()


small_texts = st.text("ab ", min_size=1, max_size=6).filter(str.strip)


@settings(deadline=None)  # a machine that is busy
@given(
    st.dictionaries(st.integers(0, 3 * BLOCK), small_texts, max_size=8),
    st.dictionaries(st.integers(0, 3 * BLOCK), small_texts, max_size=8),
    st.sets(st.integers(0, 3 * BLOCK), max_size=8),
)
def test_merging_gives_what_rebuilding_would(before: dict[int, str], after: dict[int, str], gone: set[int]) -> None:
    gone -= after.keys()
    touched = np.array(sorted(gone | after.keys()), np.int64)
    merged = merge(index(before), touched, [(number, said(text)) for number, text in after.items()])
    left = {number: text for number, text in before.items() if number not in gone} | after
    assert as_set(merged) == as_set(index(left))


def as_set(postings: list[Posting]) -> set[Posting]:
    return {one for one in postings if one.entries}


def test_a_full_block_fits_a_page_and_is_read_back() -> None:
    numbers = range(5 * BLOCK, 6 * BLOCK)
    [posting] = index(dict.fromkeys(numbers, "gas"))
    assert posting.block == 5
    assert len(posting.entries) == BLOCK * ENTRY.itemsize < 8_000
    assert decode([posting]).numbers.tolist() == list(numbers)


def test_counts_and_lengths_too_large_to_pack_are_cut_and_not_wrapped() -> None:
    huge = Document(UUID(int=0), b"", {"w:gas": 300}, words=70_000, grams=1)
    [entry] = decode(merge([], NOBODY, [(0, huge)])).entries
    assert (entry["count"], entry["length"]) == (255, 65_535)


def test_who_has_every_term_is_told_from_who_has_one() -> None:
    far = 2 * BLOCK
    postings = sayers({0: "vip friend", 1: "vip", 2: "friend", far: "vip friend"})
    assert np.flatnonzero(saying_all(postings, {"w:vip", "w:friend"}, far + 1)).tolist() == [0, far]
    assert not saying_all(postings, {"w:vip", "w:quux"}, far + 1).any()
