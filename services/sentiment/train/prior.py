"""Makes the artifact that ships: `python -m services.sentiment.train.prior [--data ../shared/data] [--to FOLDER]`.

It learns from sets that may train what ships: VADER's (MIT), CEDR (Apache-2.0) and RuSentNE (MIT), with the rated words
of train/lists. How good it is on these and on other sets is for `python -m bench.quality.sentiment` to say.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kit.logs import get_logger
from services.sentiment.domain import Tongue
from services.sentiment.features.encode import Lexicon, Ratings, encode, lexicon
from services.sentiment.features.ngrams import BITS
from services.sentiment.features.tokens import found_in
from services.sentiment.model.linear import Linear, Meaning
from services.sentiment.model.prior import FOLDER, FORMAT, MANIFEST, WORDS, dump
from services.sentiment.train import sets, words
from services.sentiment.train.fit import Recipe, Sample, balanced, fit, meaning, targets_of, unseen_scores
from services.sentiment.train.sets import Rated

# Stronger penalties than a set would choose for itself: what ships meets other people's texts.
SHIPPED: dict[Tongue, Recipe] = {
    "en": Recipe(penalty=6.0, columns=0.1, floor=0.3),
    "ru": Recipe(penalty=15.0, columns=1.0),
}
VERSION = "2026-11-28"
TEST: dict[Tongue, str] = {
    "en": "Thank you, this was not a bad meeting at all!",
    "ru": "Спасибо, встреча прошла совсем не плохо!",
}
KNOWN_FROM = 2  # texts a word has to be in to count as English

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lists:
    """Rated words of each language, in the order of the columns."""

    en: Sequence[Ratings]
    ru: Sequence[Ratings]

    def of(self, tongue: Tongue) -> Lexicon:
        return lexicon(self.en if tongue == "en" else self.ru)


@dataclass(frozen=True, slots=True)
class Fitted:
    linear: Linear
    meaning: Meaning


def training_sets(data: Path) -> dict[Tongue, list[Rated]]:
    """Return the sets whose licence lets them train what ships."""
    english = [sets.vader(data / "vader-icwsm2014", name) for name in ("tweets", "amazonReviewSnippets")]
    return {"en": english, "ru": [sets.cedr(data / "cedr-ru-emotions"), sets.rusentne(data / "rusentne-2023")]}


def sample(some: Sequence[Rated], tongue: Tongue, rated: Lexicon) -> Sample:
    """Return sets as one sample; in Russian every source counts alike, and every label within it."""
    texts = [text for one in some for text in one.texts]
    rating, source = (np.concatenate([getattr(one, name) for one in some]) for name in ("rating", "source"))
    starts = np.cumsum([0, *(int(one.group.max()) + 1 for one in some)])
    group = np.concatenate([one.group + start for one, start in zip(some, starts, strict=False)])
    weight = balanced(rating, source) if tongue == "ru" else np.ones(len(rating))
    return Sample(encode(texts, tongue, rated), rating, weight, group)


def fitted(of: Sample, tongue: Tongue, recipe: Recipe) -> Fitted:
    """Return weights fitted on everything, and what scores mean by folds that had not been seen."""
    of_three = tongue == "ru"
    scores = unseen_scores(of, recipe, of_three=of_three)
    linear = fit(of.texts, targets_of(of, of_three=of_three), of.weight, recipe)
    return Fitted(linear, meaning(of, scores, recipe, of_three=of_three))


def known_english(some: Sequence[Rated], lists: Sequence[Ratings]) -> list[str]:
    seen = Counter(word for one in some for text in one.texts for word in set(found_in(text)))
    often = {word for word, count in seen.items() if count >= KNOWN_FROM}
    rated = {word for ratings in lists for word in ratings}
    return sorted(word for word in often | rated if word.isascii() and word.isalpha())


def write(folder: Path, models: Mapping[Tongue, Fitted], lists: Lists, english: Sequence[str]) -> dict[str, Any]:
    """Write the artifact and its manifest; return the manifest."""
    content = {"en": _columns(lists.en), "ru": _columns(lists.ru), "english": english}
    files = {f"{tongue}.npz": dump(one.linear) for tongue, one in models.items()}
    files[WORDS] = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    manifest = {
        "format": FORMAT,
        "bits": BITS,
        "version": VERSION,
        "kind": "ridge over rated words, VADER and hashed n-grams",
        "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        "meaning": {tongue: asdict(one.meaning) for tongue, one in models.items()},
        "recipe": {tongue: asdict(recipe) for tongue, recipe in SHIPPED.items()},
        "trained_on": {"en": ["vader-icwsm2014 (MIT)"], "ru": ["cedr-ru-emotions (Apache-2.0)", "rusentne-2023 (MIT)"]},
        "libraries": {name: version(name) for name in ("numpy", "scipy", "vaderSentiment", "PyStemmer")},
        "test": {tongue: _test(one, tongue, lists) for tongue, one in models.items()},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


def _columns(lists: Sequence[Ratings]) -> list[dict[str, list[Any]]]:
    return [{"words": list(ratings), "ratings": list(ratings.values())} for ratings in lists]


def _test(one: Fitted, tongue: Tongue, lists: Lists) -> dict[str, Any]:
    scores = one.linear.scores(encode([TEST[tongue]], tongue, lists.of(tongue)))[0]
    return {"text": TEST[tongue], "scores": np.round(scores, 4).tolist()}


def all_lists() -> Lists:
    return Lists(words.english(), words.russian())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--to", type=Path, default=FOLDER)
    given = parser.parse_args()
    lists, trained = all_lists(), training_sets(given.data)
    models = {
        tongue: fitted(sample(some, tongue, lists.of(tongue)), tongue, SHIPPED[tongue])
        for tongue, some in trained.items()
    }
    manifest = write(given.to, models, lists, known_english(trained["en"], lists.en))
    log.info("prior_written", version=manifest["version"], meaning=manifest["meaning"])


if __name__ == "__main__":
    main()
