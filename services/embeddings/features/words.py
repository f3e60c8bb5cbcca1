"""How a text is read, the same for a contact and for a query: folded words, and the character n-grams of each."""

import re
import unicodedata

GRAM = 3
WORD_LIMIT = 60  # characters; what is longer is no word, and a term must fit an index

_WORD = re.compile(r"[^\W_]+")
_IO = ("\N{CYRILLIC SMALL LETTER IO}", "\N{CYRILLIC SMALL LETTER IE}")
_LATIN_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Return a text without differences that who searches does not make: case, width, Latin accents, ё."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()  # first: a mathematical A has no case of its own
    bare = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return unicodedata.normalize("NFC", bare).replace(*_IO)


def words(text: str) -> list[str]:
    """Return the words of a text in their order: runs of letters and digits of any script, folded."""
    # Folded once more by itself: a mark of another script may have stood between a letter and its accent.
    return [fold(word)[:WORD_LIMIT] for word in _WORD.findall(fold(text))]


def grams(word: str) -> list[str]:
    """Return a word's n-grams; its ends count, so that the beginning of a word is more like it than its middle."""
    padded = f" {word} "
    return [padded[start : start + GRAM] for start in range(len(padded) - GRAM + 1)]


def likeness(one: str, other: str) -> float:
    """Return how many n-grams two words share, as Dice's coefficient: 1 for the same word, 0 for nothing in common."""
    left, right = set(grams(one)), set(grams(other))
    return 2 * len(left & right) / (len(left) + len(right))


def whole(text: str) -> str:
    """Return a tag or an organization as a filter compares it: case and white space make no difference."""
    return " ".join(text.lower().split())
