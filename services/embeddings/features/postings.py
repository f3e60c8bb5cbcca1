"""Postings as blocks of packed entries: written by merging, read as whole columns, scored by BM25.

An entry says who (the number within its block), how often, and how long that document is: everything BM25 needs
beside the workspace's totals. Scores are exact over every document; nothing is pruned.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from services.embeddings.domain import Document, Posting

BLOCK = 1_024  # numbers; a full block, 5 bytes an entry, fits a page of PostgreSQL
ENTRY = np.dtype([("number", "<u2"), ("count", "u1"), ("length", "<u2")])
MOST = {"count": 255, "length": 65_535}

# Robertson and Zaragoza, The Probabilistic Relevance Framework (2009): the usual values, not fitted to a set.
K1, B = 1.2, 0.75

Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]


def rows_of(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield each term with how often it is said and the length to set that against: n-grams' or words'."""
    words, grams = min(document.words, MOST["length"]), min(document.grams, MOST["length"])
    for term, count in document.counts.items():
        yield term, min(count, MOST["count"]), grams if term.startswith("g:") else words


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
    postings: Sequence[Posting], required: set[str], optional: set[str], *, documents: int, length: int, capacity: int
) -> Scores:
    """Return for each number how much of the query its document says: BM25 over its upper bound, 0 to 1.

    The bound is what a document saying nothing but the query would approach. A required term that nobody says counts
    in it (with the greatest weight: the rarest are), an optional one only where somebody does. `length` is that of all
    documents together.
    """
    names = sorted(required | optional)
    place = {name: position for position, name in enumerate(names)}
    chosen = [one for one in postings if one.term in place]
    columns = decode(chosen)
    term = np.array([place[one.term] for one in chosen], np.int64)[columns.row]
    frequency = np.bincount(term, minlength=len(names))
    rarity = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    counted = np.array([name in required for name in names], bool) | (frequency > 0)
    bound = (K1 + 1) * float(rarity[counted].sum())
    if not bound or not length:
        return np.zeros(capacity)
    count, long = columns.entries["count"].astype(np.float64), columns.entries["length"].astype(np.float64)
    weights = rarity[term] * count * (K1 + 1) / (count + K1 * (1 - B + B * long * (documents / length)))
    return np.bincount(columns.numbers, weights, minlength=capacity) / bound


def saying_all(postings: Sequence[Posting], terms: Iterable[str], capacity: int) -> NDArray[np.bool_]:
    """Tell for each number whether its document has every one of the terms."""
    wanted = set(terms)
    found = decode([one for one in postings if one.term in wanted])
    has_all: NDArray[np.bool_] = np.bincount(found.numbers, minlength=capacity) == len(wanted)
    return has_all
