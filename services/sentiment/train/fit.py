"""Fits a language's weights by ridge regression, and what their scores mean on folds they have not seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.linalg import lsqr

from services.sentiment.domain import Encoded, Numbers, Values
from services.sentiment.features.ngrams import BUCKETS
from services.sentiment.model.linear import Linear, Meaning

SEED = 20_261_128
FREE = 30.0  # scale of the constant column: the penalty hardly holds it back
NARROWEST = 0.1  # what hardly varies here may vary widely in other texts (emoji): it must not weigh the more for it
FEWEST = 2  # a bucket seen in fewer texts carries no weight
NEUTRAL_UP_TO = 0.5  # of the raters' -4 to 4
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How strong the penalty is, how much columns and characters weigh beside words, and the share of VADER."""

    penalty: float
    columns: float
    chars: float = 0.7
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Encoded texts, their rating, how much each counts, and what must not be parted."""

    texts: Encoded
    rating: Floats
    weight: Floats
    group: Numbers


def joined(samples: Sequence[Encoded]) -> Encoded:
    """Return texts one after the other."""
    start = np.concatenate([[0], np.cumsum([one.count for one in samples])])

    def places(name: str) -> tuple[Numbers, Numbers]:
        pairs = [getattr(one, name) for one in samples]
        text = np.concatenate([pair[0] + first for pair, first in zip(pairs, start, strict=False)])
        return text, np.concatenate([pair[1] for pair in pairs])

    return Encoded(np.concatenate([one.columns for one in samples]), places("words"), places("chars"))


def taken(texts: Encoded, rows: Numbers) -> Encoded:
    """Return some of the texts, in the order named."""
    number = np.full(texts.count, -1, np.int64)
    number[rows] = np.arange(len(rows))

    def places(pair: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        text = number[pair[0]]
        kept = text >= 0
        return text[kept], pair[1][kept]

    return Encoded(texts.columns[rows], places(texts.words), places(texts.chars))


def folds(group: Numbers, count: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield (others, held out) rows; a group is never parted."""
    fold = np.random.default_rng(SEED).integers(count, size=int(group.max()) + 1)[group]
    for number in range(count):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def fit(texts: Encoded, targets: Floats, weight: Floats, recipe: Recipe) -> Linear:
    """Return weights that meet `targets`, texts x scores, by weighted ridge regression (LSQR)."""
    mean = texts.columns.mean(axis=0)
    spread = np.maximum(texts.columns.std(axis=0), np.float32(NARROWEST))
    rarity = [_rarity(place[1], texts.count) for place in (texts.words, texts.chars)]
    scale = (1.0, recipe.chars)
    blocks = [csr_matrix((texts.columns - mean) / spread * recipe.columns)]
    blocks += [
        _unit(place, rare, texts.count) * by
        for place, rare, by in zip((texts.words, texts.chars), rarity, scale, strict=True)
    ]
    blocks.append(csr_matrix(np.full((texts.count, 1), FREE)))
    root = np.sqrt(weight)
    matrix = csr_matrix(hstack(blocks).multiply(root[:, None]))
    found = np.stack(
        [
            lsqr(matrix, root * target, damp=recipe.penalty**0.5, atol=1e-4, btol=1e-4, iter_lim=100)[0]
            for target in targets.T
        ],
        axis=1,
    ).astype(np.float32)
    columns, words, chars, free = np.split(found, np.cumsum([texts.columns.shape[1], BUCKETS, BUCKETS]))
    return Linear(
        mean, spread, columns * np.float32(recipe.columns), free[0] * np.float32(FREE),
        words, rarity[0], chars * np.float32(recipe.chars), rarity[1],
    )  # fmt: skip


def one_score(sample: Sample) -> Floats:
    return sample.rating[:, None]


def three_scores(sample: Sample) -> Floats:
    return np.stack([sample.rating == value for value in (-1, 0, 1)], axis=1).astype(np.float64)


def targets_of(sample: Sample, *, of_three: bool) -> Floats:
    return three_scores(sample) if of_three else one_score(sample)


def unseen_scores(sample: Sample, recipe: Recipe, *, of_three: bool, count: int = 5) -> Values:
    """Return each text's scores by weights fitted without its fold."""
    targets = targets_of(sample, of_three=of_three)
    scores = np.zeros(targets.shape, np.float32)
    for others, held_out in folds(sample.group, count):
        model = fit(taken(sample.texts, others), targets[others], sample.weight[others], recipe)
        scores[held_out] = model.scores(taken(sample.texts, held_out))
    return scores


def meaning(sample: Sample, scores: Values, recipe: Recipe, *, of_three: bool) -> Meaning:
    """Return what scores of unseen texts mean: the fit with the least weighted log loss."""
    if of_three:
        chosen = targets_of(sample, of_three=True).argmax(axis=1)
        solved = minimize(_softmax_loss, [4.0, 4.0, 4.0, 0.0, 0.0, 0.0], (scores, chosen, sample.weight))
        return Meaning(solved.x[:3].tolist(), solved.x[3:].tolist())
    compound = sample.texts.columns[:, 0].astype(np.float64)
    scale = float((compound * sample.rating).sum() / (compound * compound).sum())
    rated = (1 - recipe.floor) * scores[:, 0] + recipe.floor * scale * compound
    sides = [sample.rating <= -NEUTRAL_UP_TO, sample.rating >= NEUTRAL_UP_TO]
    fitted = [
        minimize(_logistic_loss, [sign, -1.0], (rated, side)).x for sign, side in zip((-1.0, 1.0), sides, strict=True)
    ]
    return Meaning([float(one[0]) for one in fitted], [float(one[1]) for one in fitted], recipe.floor, scale)


def balanced(rating: Floats, source: NDArray[np.str_]) -> Floats:
    """Return weights by which every source counts alike, and every label within it: no source's habits are learned."""
    cells, place = np.unique(np.stack([source, rating.astype(str)]), axis=1, return_inverse=True)
    counts = np.bincount(place)
    weight: Floats = len(rating) / (cells.shape[1] * counts[place])
    return weight


def _rarity(buckets: Numbers, texts: int) -> Values:
    seen = np.bincount(buckets, minlength=BUCKETS)
    rarity = np.log((1 + texts) / (1 + seen)) + 1
    return np.where(seen >= FEWEST, rarity, 0).astype(np.float32)


def _unit(place: tuple[Numbers, Numbers], rarity: Values, texts: int) -> csr_matrix:
    text, bucket = place
    rare = rarity[bucket]
    length = np.sqrt(np.bincount(text, rare * rare, texts)) + 1e-9
    return csr_matrix((rare / length[text], (text, bucket)), shape=(texts, BUCKETS))


def _softmax_loss(given: Floats, scores: Values, chosen: Numbers, weight: Floats) -> float:
    logits = given[:3] * scores + given[3:]
    logits = logits - logits.max(axis=1, keepdims=True)
    log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return float(-(weight * log[np.arange(len(chosen)), chosen]).mean())


def _logistic_loss(given: Floats, rated: Floats, side: NDArray[np.bool_]) -> float:
    odds = given[0] * rated + given[1]
    return float(np.logaddexp(0, np.where(side, -odds, odds)).mean())
