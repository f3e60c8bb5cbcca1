"""What a model sees of texts in one language: columns from rated words and style, n-grams in buckets."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import Stemmer
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from services.sentiment.domain import Encoded, Tokens, Tongue
from services.sentiment.features import ngrams
from services.sentiment.features.tokens import BUT, found_in, tokens

YO = ("\u0451", "\u0435")  # ё is mostly written without its dots
TURNED = -0.6  # what a negation makes of a rating
NORMAL = 2.0  # as VADER's alpha of 15, for ratings in -1 … 1

Ratings = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with their rating in each of `lists` lists, 0 where a list does not have them."""

    lists: int
    ratings: Mapping[str, tuple[float, ...]]


def lexicon(lists: Sequence[Ratings]) -> Lexicon:
    """Return lists side by side: of most words it is then known at one look that no list rates them."""
    words = {word for ratings in lists for word in ratings}
    return Lexicon(len(lists), {word: tuple(ratings.get(word, 0.0) for ratings in lists) for word in words})


@cache
def vader() -> Any:
    """Return VADER (Hutto and Gilbert, 2014): making one reads its lexicon, which takes longer than many sentences."""
    return SentimentIntensityAnalyzer()


def encode(texts: Sequence[str], language: Tongue, rated: Lexicon, found: Sequence[list[str]] | None = None) -> Encoded:
    """Return texts of one language as a model sees them; `found` are their tokens where they are known already.

    `rated` are words (Russian: stems without ё) from -1 to 1. Columns: of English VADER's compound, positive and
    negative share first; then six for each list, then five of style.
    """
    words = [tokens(one, language) for one in (found if found is not None else map(found_in, texts))]
    if language == "ru":
        words = _stemmed(words)
    rows = [
        [*(_vader(text, one.words) if language == "en" else ()), *_rated(one, rated), *_style(text, one)]
        for text, one in zip(texts, words, strict=True)
    ]
    columns = np.array(rows, np.float32).reshape(len(texts), -1)
    return Encoded(columns, ngrams.of_words(words), ngrams.of_chars(texts))


def stems(words: Sequence[str]) -> dict[str, str]:
    """Return the Russian stem of each word (Snowball). A stemmer of one's own for each call: it is not to be shared."""
    each = list(dict.fromkeys(words))
    plain = [word.replace(*YO) for word in each]
    return dict(zip(each, Stemmer.Stemmer("russian").stemWords(plain), strict=True))


def _stemmed(texts: Sequence[Tokens]) -> list[Tokens]:
    stem = stems([word for one in texts for word in one.words])
    return [Tokens([stem[word] for word in one.words], one.negated, one.strength) for one in texts]


def _vader(text: str, words: Sequence[str]) -> tuple[float, float, float]:
    """Return what VADER says; where none of its words is there, it need not be asked: it says nothing."""
    analyzer = vader()
    known = analyzer.lexicon
    if text.isascii() and known.keys().isdisjoint(words) and known.keys().isdisjoint(text.lower().split()):
        return 0.0, 0.0, 0.0
    said = analyzer.polarity_scores(text)
    return said["compound"], said["pos"], said["neg"]


def _rated(text: Tokens, rated: Lexicon) -> list[float]:
    """Return of each list: the sum squeezed, by root of the length, both sides, what follows "but", the mean."""
    ratings, count, columns = rated.ratings, len(text.words) or 1, list[float]()
    found = [(place, ratings[word]) for place, word in enumerate(text.words) if word in ratings]
    if not found:
        return [0.0] * (6 * rated.lists)
    last = max((place for place, word in enumerate(text.words) if word in BUT), default=count)
    turned = [(place, text.strength[place] * (TURNED if text.negated[place] else 1.0), each) for place, each in found]
    for number in range(rated.lists):
        up = down = after = 0.0
        for place, factor, each in turned:
            rating = each[number] * factor
            up, down = (up + rating, down) if rating > 0 else (up, down - rating)
            after += rating if place > last else 0.0
        total = up - down
        columns += [
            total / math.sqrt(total * total + NORMAL), total / math.sqrt(count), math.log1p(up), math.log1p(down),
            after, total / count,
        ]  # fmt: skip
    return columns


def _style(text: str, words: Tokens) -> tuple[float, ...]:
    count = len(words.words) or 1
    return (
        min(text.count("!"), 4) / 4,
        min(text.count("?"), 3) / 3,
        math.log(count) / 4,
        sum(words.negated) / count,
        float(any(word in BUT for word in words.words)),
    )
