"""Postings as blocks of packed entries: written by merging, read as whole columns, scored by BM25.

An entry says who (the number within its block), how often, and how long that document is: everything BM25 needs
beside the workspace's totals. Scores are exact over every document; nothing is pruned.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from services.embeddings.domain.search import Document, Posting, Sayers
from services.embeddings.features.documents import is_gram

BLOCK = 1_024  # numbers; a full block, 5 bytes an entry, fits a page of PostgreSQL
ENTRY = np.dtype([("number", "<u2"), ("count", "u1"), ("length", "<u2")])
BLOCK_PAIR = np.dtype([("block", ">i4"), ("bytes", ">i4")])
MOST = {"count": 255, "length": 65_535}

# Robertson and Zaragoza, The Probabilistic Relevance Framework (2009): the usual values, not fitted to a set.
K1, B = 1.2, 0.75

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]


def rows_of(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield each term with how often it is said and the length to set that against: n-grams' or words'."""
    words, grams = min(document.words, MOST["length"]), min(document.grams, MOST["length"])
    for term, count in document.counts.items():
        yield term, min(count, MOST["count"]), grams if is_gram(term) else words


def merge(kept: Sequence[Posting], touched: Numbers, added: Sequence[tuple[int, Document]]) -> list[Posting]:
    """Return blocks without the numbers that were touched and with what was added; one left empty has no entries."""
    keys: dict[tuple[str, int], int] = {}
    for one in kept:
        keys.setdefault((one.term, one.block), len(keys))
    old = decode(kept)
    stays = ~np.isin(old.numbers, touched)
    rows = [
        (keys.setdefault((term, number // BLOCK), len(keys)), number % BLOCK, count, length)
        for number, document in added
        for term, count, length in rows_of(document)
    ]
    new = np.array(rows, np.int64).reshape(-1, 4)
    key = np.concatenate([old.row[stays], new[:, 0]])
    entries = np.empty(len(key), ENTRY)
    entries["number"] = np.concatenate([old.entries["number"][stays], new[:, 1]])
    entries["count"] = np.concatenate([old.entries["count"][stays], new[:, 2]])
    entries["length"] = np.concatenate([old.entries["length"][stays], new[:, 3]])
    order = np.lexsort((entries["number"], key))
    entries, sizes = entries[order], np.bincount(key, minlength=len(keys))
    ends = np.cumsum(sizes)
    return [
        Posting(term, block, entries[end - size : end].tobytes())
        for (term, block), size, end in zip(keys, sizes, ends, strict=True)
    ]


class Columns:
    """Postings laid out flat: for each entry the posting it is of, and whose number it is."""

    __slots__ = ("entries", "numbers", "row")

    def __init__(self, entries: NDArray[np.void], row: Numbers, numbers: Numbers) -> None:
        self.entries = entries
        self.row = row
        self.numbers = numbers


def decode(postings: Sequence[Posting]) -> Columns:
    entries = np.frombuffer(b"".join(one.entries for one in postings), ENTRY)
    sizes = np.array([len(one.entries) // ENTRY.itemsize for one in postings], np.int64)
    row = np.repeat(np.arange(len(postings)), sizes)
    blocks = np.repeat(np.array([one.block for one in postings], np.int64), sizes)
    return Columns(entries, row, blocks * BLOCK + entries["number"])


def bm25(
    said: Sequence[Sayers], required: set[str], optional: set[str], *, documents: int, length: int, capacity: int
) -> Scores:
    """Return for each number how much of the query its document says: BM25 over its upper bound, 0 to 1.

    The bound is what a document saying nothing but the query would approach. A required term that nobody says counts
    in it (with the greatest weight: the rarest are), an optional one only where somebody does. `length` is that of all
    documents together.
    """
    scores = np.zeros(capacity, np.float32)
    asked = [one for one in said if one.term in required or one.term in optional]
    sayers = Counter[str]()
    for one in asked:
        sayers[one.term] += len(one.entries) // ENTRY.itemsize
    weights = {term: rarity(many, documents) for term, many in sayers.items()}
    bound = sum(weights.values()) + len(required - weights.keys()) * rarity(0, documents)
    for one in asked:
        numbers, entries = unpack(one)  # a number is there once in a term
        scores[numbers] += saturation(entries, length / documents, weights[one.term] / ((K1 + 1) * bound))
    return scores


def rarity(sayers: int, documents: int) -> float:
    """Return a term's weight: Lucene's form of the inverse document frequency, which is never negative."""
    return log1p((documents - sayers + 0.5) / (sayers + 0.5))


def saturation(entries: NDArray[np.void], average: float, weight: float) -> NDArray[np.float32]:
    """Return what saying a term of this weight so often is worth in documents of such lengths."""
    count = entries["count"].astype(np.float32)
    against = entries["length"].astype(np.float32)
    against *= np.float32(K1 * B / average)
    against += np.float32(K1 * (1 - B))
    against += count
    count *= np.float32((K1 + 1) * weight)
    worth: NDArray[np.float32] = count / against
    return worth


def unpack(one: Sayers) -> tuple[NDArray[np.intp], NDArray[np.void]]:
    """Return the numbers of those who say a term, and their entries."""
    entries = np.frombuffer(one.entries, ENTRY)
    blocks = np.frombuffer(one.blocks, BLOCK_PAIR)
    # As NumPy's own indices: those of another width it would copy at each use.
    numbers = np.repeat(blocks["block"].astype(np.intp) * BLOCK, blocks["bytes"] // ENTRY.itemsize)
    numbers += entries["number"]
    return numbers, entries


def saying_all(said: Sequence[Sayers], terms: Iterable[str], capacity: int) -> NDArray[np.bool_]:
    """Tell for each number whether its document has every one of the terms."""
    has_all = np.ones(capacity, np.bool_)
    for term in set(terms):
        has = np.zeros(capacity, np.bool_)
        for one in said:
            if one.term == term:
                has[unpack(one)[0]] = True
        has_all &= has
    return has_all
