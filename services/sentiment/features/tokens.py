"""Words, emoticons and marks of a text; which of them a negation turns, which an intensifier strengthens."""

import re
import tomllib
from pathlib import Path

from services.sentiment.domain import Tokens, Tongue

REACH = 3  # words behind a negation that it turns, unless a mark comes first
STRONGER, WEAKER = 1.4, 0.6

_TOKEN = re.compile(
    r"[^\W\d_]+(?:['’][^\W\d_]+)*"
    r"|[:;=8xX][-o^']?[)(\]\[dDpP/\\|]+|\)\)+|\(\(+|<3"
    r"|[!?]+|\.\.+|[.,;:]"
    r"|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2190-\u21FF\u2B00-\u2BFF]|\d+"
)
_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_NEGATIONS, _STRONGER, _WEAKER = (
    {language: frozenset(words.split()) for language, words in _WORDS[what].items()}
    for what in ("negations", "stronger", "weaker")
)
BUT = frozenset({"but", "however", "но", "однако", "зато"})


def found_in(text: str) -> list[str]:
    """Return words, emoticons, emoji, numbers and marks in their order, in lower case."""
    return [token.lower().replace("’", "'") for token in _TOKEN.findall(text)]


def tokens(words: list[str], language: Tongue) -> Tokens:
    """Return the words with what stands before each: a negation within reach, an intensifier just before it."""
    negations, stronger, weaker = _NEGATIONS[language], _STRONGER[language], _WEAKER[language]
    negated, strength, reach, next_strength = list[bool](), list[float](), 0, 1.0
    for word in words:
        first = word[0]
        if first in ".;!?" or word in BUT or (first == ":" and len(word) == 1):
            reach = 0
        negated.append(reach > 0 and first != ",")
        strength.append(next_strength)
        reach = REACH if word in negations or word.endswith("n't") else max(reach - 1, 0)
        next_strength = STRONGER if word in stronger else WEAKER if word in weaker else 1.0
    return Tokens(words, negated, strength)
