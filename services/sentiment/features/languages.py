"""Which language a sentence is in: English, Russian, or one we do not read. By script, letters and frequent words."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from services.sentiment.domain import Tongue

_FREQUENT = {
    language: frozenset(words.split())
    for language, words in tomllib.loads((Path(__file__).parent / "stopwords.toml").read_text(encoding="utf-8")).items()
}
_ENGLISH = _FREQUENT["en"]
_OTHERS: dict[str, list[str]] = {}  # the languages we do not read in which a word is frequent
for _language, _words in _FREQUENT.items():
    for _word in _words - _ENGLISH if _language != "ru" else ():
        _OTHERS.setdefault(_word, []).append(_language)
_RUSSIAN = _FREQUENT["ru"]
# Letters no Russian word has, and a hard sign where Russian has none.
_OTHER_CYRILLIC = re.compile(r"[іїєґўјљњћђџәғқңөұүһѓќѕ]|ъ(?![еёюя])", re.IGNORECASE)
_KNOWN_SHARE = 0.5
LATIN_ENDS, CYRILLIC_BEGINS, CYRILLIC_ENDS = "\u0250", "\u0400", "\u0530"


def language_of(words: Sequence[str], english: Collection[str]) -> Tongue | None:
    """Return the language of words in lower case, None where it is another or cannot be told.

    `english` are words known to be English: without a frequent word, most of the words have to be among them.
    """
    latin = [word for word in words if word[0] < LATIN_ENDS]
    if len(latin) * 2 > len(words):
        return _of_latin(latin, english)
    cyrillic = [word for word in words if CYRILLIC_BEGINS <= word[0] < CYRILLIC_ENDS]
    return _of_cyrillic(cyrillic) if len(cyrillic) * 2 > len(words) else None


def only_language(words: Sequence[str], english: Collection[str]) -> Tongue | None:
    """Return the language of words that are all in one and the same; None where they may be mixed."""
    script = words[0][0] < LATIN_ENDS
    if any((word[0] < LATIN_ENDS) != script for word in words) or not _OTHERS.keys().isdisjoint(words):
        return None
    return language_of(words, english)


def _of_cyrillic(words: Sequence[str]) -> Tongue | None:
    russian = sum(word in _RUSSIAN for word in words)
    others = _most(words)
    foreign = sum(bool(_OTHER_CYRILLIC.search(word)) for word in words)
    return None if foreign + others > russian else "ru"


def _of_latin(words: Sequence[str], english: Collection[str]) -> Tongue | None:
    ours = len([word for word in words if word in _ENGLISH])
    accented = len([word for word in words if not word.isascii()])
    others = _most(words)
    if ours or others or accented:
        return "en" if ours > max(others, accented) or (ours and ours == others and not accented) else None
    return "en" if sum(word in english for word in words) > _KNOWN_SHARE * len(words) else None


def _most(words: Sequence[str]) -> int:
    """Return how many of the words are frequent in that other language which has most of them."""
    found = [language for word in words if word in _OTHERS for language in _OTHERS[word]]
    return max(Counter(found).values(), default=0) if found else 0
