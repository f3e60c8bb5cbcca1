"""Postings: merging them is what rebuilding would give, and their scores are BM25's."""

import struct
from collections import Counter
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from services.embeddings.domain import Document, Posting, Sayers
from services.embeddings.features.postings import BLOCK, ENTRY, K1, B, bm25, decode, merge, saying_all

TEXTS = [
    "gas trader houston",
    "gas gas pipeline engineer",
    "head of engineering",
    "power trader power trader trader",
    "a note that says much more about gas than a trader would ever care to read",
    "engineer",
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


def peer_of(texts: list[str]) -> BM25Okapi:
    """Return the peer with Lucene's weight of a term, which unlike its own is never negative."""
    peer = BM25Okapi([text.split() for text in texts], k1=K1, b=B)
    said_by = Counter(word for text in texts for word in set(text.split()))
    peer.idf = {word: np.log1p((len(texts) - count + 0.5) / (count + 0.5)) for word, count in said_by.items()}
    return peer


@pytest.mark.parametrize("query", ["gas", "gas trader", "power trader engineer", "head of gas", "houston pipeline"])
def test_scores_are_those_of_a_peer_over_their_upper_bound(query: str) -> None:
    peer = peer_of(TEXTS)
    bound = (K1 + 1) * sum(peer.idf[word] for word in query.split())
    np.testing.assert_allclose(scores(TEXTS, query), peer.get_scores(query.split()) / bound, rtol=1e-6)


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
