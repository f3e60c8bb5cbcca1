"""Which language a sentence is in: English, Russian, or one we do not read. By script, letters and frequent words."""

import re
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path

from services.sentiment.domain import Tongue

_FREQUENT = {
    language: frozenset(words.split())
    for language, words in tomllib.loads(
        (Path(__file__).parent / "stopwords.toml").read_text(encoding="utf-8")
    ).items()
}
_ENGLISH = _FREQUENT["en"]
_LATIN = [words - _ENGLISH for language, words in _FREQUENT.items() if language not in {"en", "uk", "bg"}]
_CYRILLIC = [_FREQUENT["uk"], _FREQUENT["bg"]]
_RUSSIAN_ONLY = frozenset("и в не на я что он с как это по но они к у за вы так из ее мы о от бы для".split())
# Letters no Russian word has, and a hard sign where Russian has none.
_OTHER_CYRILLIC = re.compile(r"[іїєґўјљњћђџәғқңөұүһѓќѕ]|ъ(?![еёюя])", re.IGNORECASE)
_KNOWN_SHARE = 0.5


def language_of(words: Sequence[str], english: Collection[str]) -> Tongue | None:
    """Return the language of words in lower case, None where it is another or cannot be told.

    `english` are words known to be English: without a frequent word, most of the words have to be among them.
    """
    cyrillic = sum("а" <= word[0] <= "ё" or word[0] in "іїєґўђјљњћџ" for word in words)
    latin = [word for word in words if "a" <= word[0] <= "z" or "À" <= word[0] <= "ɏ"]
    if cyrillic * 2 > len(words):
        return _of_cyrillic(words)
    return _of_latin(latin, english) if len(latin) * 2 > len(words) else None


def _of_cyrillic(words: Sequence[str]) -> Tongue | None:
    russian = sum(word in _RUSSIAN_ONLY for word in words)
    others = max(sum(word in frequent for word in words) for frequent in _CYRILLIC)
    foreign = sum(bool(_OTHER_CYRILLIC.search(word)) for word in words)
    return None if foreign + others > russian else "ru"


def _of_latin(words: Sequence[str], english: Collection[str]) -> Tongue | None:
    ours = sum(word in _ENGLISH for word in words)
    accented = sum(not word.isascii() and "’" not in word for word in words)
    others = max(sum(word in frequent for word in words) for frequent in _LATIN)
    if ours or others or accented:
        return "en" if ours > max(others, accented) or (ours and ours == others and not accented) else None
    return "en" if sum(word in english for word in words) > _KNOWN_SHARE * len(words) else None
