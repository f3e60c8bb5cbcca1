"""The rated words that ship, in the form the features look them up; train/lists/README.md says where each is from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean

from services.sentiment.features.encode import stems, vader
from services.sentiment.features.tokens import found_in

LISTS = Path(__file__).parent / "lists"
AFINN_STEP, OWN_STEP, VADER_STEP = 5.0, 5.0, 4.0
# What names do not say, and brackets as Russian writers set them.
SIGNS = {
    "))": 0.5, ")))": 0.6, "((": -0.5, "(((": -0.6, "❤": 0.6, "<3": 0.6, "👍": 0.6, "👎": -0.6, "👏": 0.6, "🙏": 0.4,
    "🎉": 0.7, "💔": -0.6, "💪": 0.4, "🤮": -0.8, "🤬": -0.8, "💩": -0.6, "🥳": 0.7,
}  # fmt: skip


def english() -> list[dict[str, float]]:
    """Return VADER's list, AFINN-165, Pattern's adjectives and signs, each -1 to 1."""
    vader_list = {word: rating / VADER_STEP for word, rating in vader().lexicon.items()}
    afinn = {word: value / AFINN_STEP for word, value in _list("afinn_en").items()}
    return [vader_list, afinn, _list("pattern_en"), signs()]


def russian() -> list[dict[str, float]]:
    """Return AFINN in Russian and our own list, by stems, and signs, each -1 to 1."""
    afinn = [(word, value / AFINN_STEP) for word, value in whole_forms().items() if " " not in word]
    return [_by_stem(afinn), _by_stem(_own()), signs()]


def whole_forms() -> dict[str, float]:
    """Return AFINN in Russian as it is: the plain list that a model has to beat."""
    return {word.lower(): value for word, value in _list("afinn_ru").items()}


def signs() -> dict[str, float]:
    """Return emoji by what VADER makes of their names, and emoticons as VADER rates them, -1 to 1."""
    analyzer = vader()
    named = {sign: analyzer.polarity_scores(name)["compound"] for sign, name in analyzer.emojis.items()}
    typed = {
        sign: rating / VADER_STEP
        for sign, rating in analyzer.lexicon.items()
        if not sign.isalpha() and found_in(sign) == [sign]
    }
    return {sign: value for sign, value in named.items() if value and len(sign) == 1} | typed | SIGNS


def _own() -> Iterable[tuple[str, float]]:
    for line in (LISTS / "own_ru.txt").read_text(encoding="utf-8").splitlines():
        if line[:1] in {"+", "-"}:
            rating, *words = line.split()
            yield from ((word, int(rating) / OWN_STEP) for word in words)


def _list(name: str) -> dict[str, float]:
    lines = (LISTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return {word: float(value) for word, value in (line.split("\t") for line in lines)}


def _by_stem(words: Iterable[tuple[str, float]]) -> dict[str, float]:
    each = list(words)
    stem: Mapping[str, str] = stems([word for word, _ in each])
    ratings = defaultdict[str, list[float]](list)
    for word, value in each:
        ratings[stem[word]].append(value)
    return {word: round(fmean(values), 4) for word, values in ratings.items()}
