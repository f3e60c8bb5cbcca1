"""How people feel: does what ships read texts at least as VADER and a rated word list do, in English and Russian?

English: the correlation of polarity with 20 raters' mean (tweets, Amazon), accuracy on SST-2 dev;
Russian: macro-F1 over three labels. Three columns of ours. *shipped*: the artifact; for sets that trained it, weights
by its recipe fitted without the fold they judge. *unseen source*: weights fitted without any sentence of that source.
*recipe*: weights trained in that set alone, with a weaker penalty, judged on unseen folds; they are not shipped.

python -m bench.quality.sentiment
"""

import html
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textblob import TextBlob

from bench.quality.figures import Figure, Rows, bootstrap, folder
from bench.quality.run import main
from services.sentiment.domain import Encoded, Numbers, Tongue, Values
from services.sentiment.features.encode import encode, vader
from services.sentiment.features.tokens import found_in
from services.sentiment.model import prior as artifact
from services.sentiment.model.linear import Linear, Meaning
from services.sentiment.model.prior import Prior
from services.sentiment.model.tone import read
from services.sentiment.train import sets, words
from services.sentiment.train.fit import Recipe, Sample, balanced, fit, folds, joined, taken, targets_of
from services.sentiment.train.prior import SHIPPED
from services.sentiment.train.sets import Rated

FOLDS = 5
RECIPE = {"en": Recipe(penalty=0.7, columns=0.3), "ru": Recipe(penalty=1.0, columns=0.3)}

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A set, its measure, its texts as a model sees them, and which of them are read at all."""

    of: Rated
    tongue: Tongue
    measure: Measure
    encoded: Encoded
    readable: NDArray[np.bool_]

    def sample(self) -> Sample:
        weight = balanced(self.of.rating, self.of.source) if self.tongue == "ru" else np.ones(len(self.of.rating))
        return Sample(self.encoded, self.of.rating, weight, self.of.group)


def measure() -> list[Figure]:
    """Return every set's figures; the gates are what ships less the peer it must not be below."""
    prior = artifact.load()
    english = [sets.vader(folder("vader-icwsm2014"), name) for name in ("tweets", "amazonReviewSnippets")]
    films = sets.sst2(folder("sst2"), "dev")
    russian = [sets.cedr(folder("cedr-ru-emotions")), sets.rusentne(folder("rusentne-2023"))]
    essays = sets.opensentiment(folder("opensentimentcorpus-ru"))
    en = [judged(prior, one, "en", correlation) for one in english]
    ru = [judged(prior, one, "ru", macro_f1) for one in russian]
    film, essay = judged(prior, films, "en", accuracy), judged(prior, essays, "ru", macro_f1)
    film_recipe = trained_elsewhere(film, judged(prior, sets.sst2(folder("sst2"), "train"), "en", accuracy))
    return [
        *(figure for one in en for figure in of_trained(prior, one, en)),
        *figures(film, {"shipped": by_artifact(prior, film), "recipe": film_recipe}),
        *(figure for one in ru for figure in of_trained(prior, one, ru)),
        *figures(essay, {"shipped": by_artifact(prior, essay), "recipe": in_domain(essay)}),
    ]


def judged(prior: Prior, of: Rated, tongue: Tongue, by: Measure) -> Judged:
    encoded = encode(of.texts, tongue, prior.rated[tongue])
    readable = np.array([tone.label != "none" for tone in read(prior, of.texts)])
    return Judged(of, tongue, by, encoded, readable)


def of_trained(prior: Prior, one: Judged, trained: Sequence[Judged]) -> list[Figure]:
    """Return the figures of a set that trained what ships: nothing is judged by weights that saw it."""
    others = [other for other in trained if other is not one]
    ours = {
        "shipped": unseen_folds(prior, one, others),
        "unseen source": unseen_sources(prior, one, others),
        "recipe": in_domain(one),
    }
    return figures(one, ours)


def unseen_folds(prior: Prior, one: Judged, others: Sequence[Judged]) -> Floats:
    """Return what weights by the shipped recipe say, fitted on the other sets and the other folds of this one."""
    said = np.zeros(len(one.of.rating))
    for rest, held_out in folds(one.of.group, FOLDS):
        linear = learned([(one, rest), *((other, every(other)) for other in others)], SHIPPED[one.tongue])
        said[held_out] = told(one, linear, prior.meaning[one.tongue], held_out)
    return said


def unseen_sources(prior: Prior, one: Judged, others: Sequence[Judged]) -> Floats:
    """Return what weights by the shipped recipe say, fitted without any text of the source they judge."""
    said = np.zeros(len(one.of.rating))
    for source in np.unique(one.of.source):
        held_out, rest = np.flatnonzero(one.of.source == source), np.flatnonzero(one.of.source != source)
        parts = [(one, rest)] if len(rest) else []
        linear = learned([*parts, *((other, every(other)) for other in others)], SHIPPED[one.tongue])
        said[held_out] = told(one, linear, prior.meaning[one.tongue], held_out)
    return said


def in_domain(one: Judged) -> Floats:
    said = np.zeros(len(one.of.rating))
    for rest, held_out in folds(one.of.group, 2 * FOLDS):
        linear = learned([(one, rest)], RECIPE[one.tongue], by_source=False)
        said[held_out] = told(one, linear, None, held_out)
    return said


def trained_elsewhere(one: Judged, train: Judged) -> Floats:
    linear = learned([(train, every(train))], RECIPE[one.tongue])
    return told(one, linear, None, every(one))


def learned(parts: Sequence[tuple[Judged, Numbers]], recipe: Recipe, *, by_source: bool = True) -> Linear:
    """Return weights fitted on some rows of some sets; sources count alike, or only labels do."""
    tongue = parts[0][0].tongue
    encoded = joined([taken(one.encoded, rows) for one, rows in parts])
    rating, source, group = (
        np.concatenate([getattr(one.of, name)[rows] for one, rows in parts]) for name in ("rating", "source", "group")
    )
    source = source if by_source else np.full(len(rating), "one")
    weight = balanced(rating, source) if tongue == "ru" else np.ones(len(rating))
    return fit(encoded, targets_of(Sample(encoded, rating, weight, group), of_three=tongue == "ru"), weight, recipe)


def told(one: Judged, linear: Linear, meaning: Meaning | None, rows: Numbers) -> Floats:
    """Return polarity (English) or a label (Russian) of some rows; what cannot be read has no polarity, no label."""
    texts = taken(one.encoded, rows)
    scores = linear.scores(texts)
    if one.tongue == "en":
        said: Values = meaning.polarity(scores, texts) if meaning else scores[:, 0]
    else:
        said = (meaning.probabilities(scores, texts) if meaning else scores).argmax(axis=1) - 1
    return np.where(one.readable[rows], said, 0.0)


def by_artifact(prior: Prior, one: Judged) -> Floats:
    """Return what the whole way of the service says: cleaning, language, pieces, weights."""
    tones = read(prior, one.of.texts)
    value = {"positive": 1.0, "negative": -1.0}
    return np.array([tone.polarity if one.tongue == "en" else value.get(tone.label, 0.0) for tone in tones])


def peers(one: Judged) -> dict[str, Floats]:
    texts = [html.unescape(text) for text in one.of.texts]
    if one.tongue == "en":
        afinn = words.english()[1]
        return {
            "VADER": np.array([vader().polarity_scores(text)["compound"] for text in texts]),
            "TextBlob": np.array([TextBlob(text).sentiment.polarity for text in texts]),
            "AFINN": np.array([sum(afinn.get(word, 0.0) for word in found_in(text)) for text in texts]),
        }
    listed = words.whole_forms()
    return {"AFINN in Russian": np.sign([sum(listed.get(word, 0.0) for word in found_in(text)) for text in texts])}


def figures(one: Judged, ours: dict[str, Floats]) -> list[Figure]:
    theirs = peers(one)
    floor = next(iter(theirs))
    named = [_figure(one, name, said) for name, said in {**theirs, **ours}.items()]
    gated = [_lead(one, name, floor, ours[name], theirs[floor]) for name in ours if name != "recipe"]
    return [*named, *gated]


def _figure(one: Judged, name: str, said: Floats) -> Figure:
    def on(rows: Rows) -> float:
        return one.measure(one.of.rating[rows], said[rows])

    count = len(one.of.rating)
    return Figure(f"{one.of.name}: {name}", on(np.arange(count)), bootstrap(on, count))


def _lead(one: Judged, name: str, floor: str, said: Floats, theirs: Floats) -> Figure:
    def on(rows: Rows) -> float:
        rating = one.of.rating[rows]
        return one.measure(rating, said[rows]) - one.measure(rating, theirs[rows])

    count = len(one.of.rating)
    return Figure(f"{one.of.name}: {name} less {floor}", on(np.arange(count)), bootstrap(on, count), (0.0, 1.0))


def every(one: Judged) -> Numbers:
    return np.arange(len(one.of.rating))


def correlation(rating: Floats, said: Floats) -> float:
    return float(np.corrcoef(rating, said)[0, 1])


def accuracy(rating: Floats, said: Floats) -> float:
    """Return the share of right signs; no polarity counts as negative, which is VADER's better side here."""
    return float(((said > 0) == (rating > 0)).mean())


def macro_f1(rating: Floats, said: Floats) -> float:
    """Return the mean F1 of -1, 0 and 1."""
    scores = []
    for label in (-1, 0, 1):
        is_label, says = rating == label, said == label
        scores.append(2 * (is_label & says).sum() / max(is_label.sum() + says.sum(), 1))
    return float(np.mean(scores))


if __name__ == "__main__":
    sys.exit(main({"sentiment": measure}))
