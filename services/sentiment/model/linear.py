"""A linear model over columns and hashed n-grams, and what its scores mean: polarity and three probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.sentiment.domain import Encoded, Label, Numbers, Values

SURE = 0.99  # no probability is ever 0 or 1 (SPEC §3)
STRONGEST = 8 / 3  # of the raters' -4 to 4: hardly any text is rated farther out, and that is polarity 1

LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of one language: `words` and `chars` buckets x scores, scaled by how rare a bucket is (`…_rarity`).

    English has one score, the raters' mean; Russian one for each of LABELS.
    """

    mean: Values
    spread: Values
    columns: Values
    intercept: Values
    words: Values
    words_rarity: Values
    chars: Values
    chars_rarity: Values

    def scores(self, texts: Encoded) -> Values:
        """Return texts x scores."""
        total = (texts.columns - self.mean) / self.spread @ self.columns + self.intercept
        for place, weights, rarity in (
            (texts.words, self.words, self.words_rarity),
            (texts.chars, self.chars, self.chars_rarity),
        ):
            total = total + summed(place, weights, rarity, texts.count)
        return np.asarray(total, np.float32)


def summed(place: tuple[Numbers, Numbers], weights: Values, rarity: Values, count: int) -> Values:
    """Return the sum of each text's weights by the rarity of its buckets, over the length of that (a unit vector)."""
    text, bucket = place
    rare = rarity[bucket]
    length = np.sqrt(np.bincount(text, rare * rare, count)) + 1e-9
    columns = [np.bincount(text, rare * weights[bucket, score], count) for score in range(weights.shape[1])]
    return (np.stack(columns, axis=1) / length[:, None]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What scores mean, fitted on texts the weights had not seen.

    With one score (`floor` of it is VADER's): the odds of positive and of negative are logistic in it, `slopes` and
    `offsets` of (negative, positive). With three: a softmax of slope x score + offset.
    """

    slopes: Sequence[float]
    offsets: Sequence[float]
    floor: float = 0.0
    vader_scale: float = 0.0

    def rated(self, scores: Values, texts: Encoded) -> Values:
        """Return the one score of English blended with VADER's: across domains the blend is better than either."""
        blended: Values = (1 - self.floor) * scores[:, 0] + self.floor * self.vader_scale * texts.columns[:, 0]
        return blended

    def probabilities(self, scores: Values, texts: Encoded) -> Values:
        """Return texts x LABELS, summing to 1."""
        slopes, offsets = np.array(self.slopes, np.float64), np.array(self.offsets, np.float64)
        if scores.shape[1] == 1:
            rated = self.rated(scores, texts).astype(np.float64)
            negative, positive = (
                1 / (1 + np.exp(-(slope * rated + offset))) for slope, offset in zip(slopes, offsets, strict=True)
            )
            neutral = np.maximum(1 - negative - positive, 0.02)
            raw = np.stack([negative, neutral, positive], axis=1)
        else:
            logits = slopes * scores + offsets
            raw = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: Values = (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)
        return probabilities

    def polarity(self, scores: Values, texts: Encoded) -> Values:
        """Return -1 to 1: of English the rating itself, of Russian positive less negative."""
        if scores.shape[1] == 1:
            rated: Values = np.clip(self.rated(scores, texts) / STRONGEST, -1, 1)
            return rated
        probabilities = self.probabilities(scores, texts)
        difference: Values = probabilities[:, 2] - probabilities[:, 0]
        return difference
