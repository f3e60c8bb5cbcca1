"""Word and character n-grams of many texts at once, hashed into buckets by NumPy: no vocabulary to carry."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.sentiment.domain import Numbers, Tokens

BITS = 17
BUCKETS = 1 << BITS
SHORTEST, LONGEST = 2, 5

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0x9E3779B1), np.uint64(0x85EBCA77)
_SPACE = np.uint64(32)
_GAP = re.compile(r"[^\w!?()]+")

Hashes = NDArray[np.uint64]


def of_words(texts: Sequence[Tokens]) -> tuple[Numbers, Numbers]:
    """Return the buckets of each text's words and pairs of neighbours; a negated word is another word."""
    counts = np.array([len(one.words) for one in texts], np.int64)
    marked = [
        f"!{word}" if negated else word for one in texts for word, negated in zip(one.words, one.negated, strict=True)
    ]
    known = {word: crc32(word.encode()) for word in set(marked)}
    single = np.fromiter((known[word] for word in marked), np.uint64, len(marked))
    text = np.repeat(np.arange(len(texts)), counts)
    neighbours = text[:-1] == text[1:]
    pairs = (single[:-1] * _FIRST + single[1:] * _SECOND)[neighbours]
    return _once(np.concatenate([text, text[:-1][neighbours]]), np.concatenate([single, pairs]))


def of_chars(texts: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Return the buckets of each text's 2- to 5-grams of characters within words, edges of words included."""
    padded = [f" {_GAP.sub(' ', text.lower())} " for text in texts]
    lengths = np.array([len(one) for one in padded], np.int64)
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    text = np.repeat(np.arange(len(texts)), lengths)
    is_space = codes == _SPACE
    inside = np.concatenate([[0], np.cumsum(is_space)])  # spaces before each place
    hashes, found = codes * _FIRST, list[tuple[Numbers, Hashes]]()
    for size in range(SHORTEST, LONGEST + 1):
        count = len(codes) - size + 1
        if count <= 0:
            break
        hashes = (hashes[:count] ^ (codes[size - 1 :] + np.uint64(size * 7))) * _SPREAD
        hashes ^= hashes >> np.uint64(29)
        within = inside[size - 1 : size - 1 + count] - inside[1 : 1 + count] == 0
        whole = (text[:count] == text[size - 1 :]) & within
        if size == SHORTEST:
            whole &= ~(is_space[:count] & is_space[1 : 1 + count])
        found.append((text[:count][whole], hashes[whole]))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return _once(np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found]))


def _once(text: Numbers, hashes: Hashes) -> tuple[Numbers, Numbers]:
    """Return each text's buckets once, in order."""
    buckets = (hashes * _SPREAD) >> np.uint64(64 - BITS)
    keys = (text.astype(np.uint64) << np.uint64(BITS)) | buckets
    keys.sort()  # np.unique hashes first, which takes several times as long
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
    return (keys >> np.uint64(BITS)).astype(np.int64), (keys & np.uint64(BUCKETS - 1)).astype(np.int64)
