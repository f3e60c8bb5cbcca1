"""What a model sees of texts in one language: columns from rated words and style, n-grams in buckets."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import Stemmer
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from services.sentiment.domain import Encoded, Tokens, Tongue
from services.sentiment.features import ngrams
from services.sentiment.features.tokens import BUT, found_in, tokens

TURNED = -0.6  # what a negation makes of a rating
NORMAL = 2.0  # as VADER's alpha of 15, for ratings in -1 … 1

Ratings = Mapping[str, float]


@cache
def vader() -> Any:
    """Return VADER (Hutto and Gilbert, 2014): making one reads its lexicon, which takes longer than many sentences."""
    return SentimentIntensityAnalyzer()


def encode(texts: Sequence[str], language: Tongue, lists: Sequence[Ratings]) -> Encoded:
    """Return texts of one language as a model sees them.

    `lists` rate words (Russian: stems without ё) from -1 to 1. Columns: of English VADER's compound, positive and
    negative share first; then six for each list, then five of style.
    """
    words = [tokens(found_in(text), language) for text in texts]
    if language == "ru":
        words = _stemmed(words)
    rows = [
        [*(_vader(text) if language == "en" else ()), *_rated(one, lists), *_style(text, one)]
        for text, one in zip(texts, words, strict=True)
    ]
    columns = np.array(rows, np.float32).reshape(len(texts), -1)
    return Encoded(columns, ngrams.of_words(words), ngrams.of_chars(texts))


def stems(words: Sequence[str]) -> dict[str, str]:
    """Return the Russian stem of each word (Snowball). A stemmer of one's own for each call: it is not to be shared."""
    each = list(dict.fromkeys(words))
    plain = [word.replace("ё", "е") for word in each]
    return dict(zip(each, Stemmer.Stemmer("russian").stemWords(plain), strict=True))


def _stemmed(texts: Sequence[Tokens]) -> list[Tokens]:
    stem = stems([word for one in texts for word in one.words])
    return [Tokens([stem[word] for word in one.words], one.negated, one.strength) for one in texts]


def _vader(text: str) -> tuple[float, float, float]:
    said = vader().polarity_scores(text)
    return said["compound"], said["pos"], said["neg"]


def _rated(text: Tokens, lists: Sequence[Ratings]) -> list[float]:
    """Return of each list: the sum squeezed, by root of the length, both sides, what follows "but", the mean."""
    last = max((place for place, word in enumerate(text.words) if word in BUT), default=len(text.words))
    count, columns = len(text.words) or 1, list[float]()
    for ratings in lists:
        up = down = after = 0.0
        for place, word in enumerate(text.words):
            rating = ratings.get(word)
            if rating is None:
                continue
            rating *= text.strength[place] * (TURNED if text.negated[place] else 1.0)
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
