"""What a group of people is about: the words and tags that set it apart from the other groups."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.embeddings.domain.clusters import Sampled

TOPICS = 5
NAMED_OFTENER = 10  # a word that is somebody's name is a topic only where so many times as many people use it as a word
LONGEST_WORDS = 6  # a tag that is a sentence is no topic
LEAST_PEOPLE = 2  # what one person alone says is no topic
WORD = re.compile(r"[^\W\d_][\w+#.&-]*[\w+#]|[^\W\d_]")
ENGLISH = "a an and are as at be by for from in into is it its of on or our out per the their to via we with you your"
RUSSIAN = "а без бы в во для до за и из или их к как ко ли мы на над не ни но о об от по под при про с со то у что это"  # noqa: RUF001 Russian is written in Cyrillic
FIRMS = "inc llc ltd co corp corporation company gmbh plc ооо оао зао пао ао ип компания"  # noqa: RUF001 as above
STOP_WORDS = frozenset(f"{ENGLISH} {RUSSIAN} {FIRMS}".split())


def top_topics(people: Sequence[Sampled], labels: NDArray[np.int64], n: int, *, most: int = TOPICS) -> list[list[str]]:
    """Return up to `most` topics of each of `n` groups, the most telling first.

    Class-based TF-IDF (Grootendorst, "BERTopic", 2022): a term's share of all that a group says, times
    log(1 + A / f) with f how often all groups say it and A how many terms a group has on average. Terms are tags and
    organizations as they are, titles' words and pairs of words; each person counts once for a term.
    """
    spoken: list[Counter[str]] = [Counter() for _ in range(n)]
    written: dict[str, Counter[str]] = {}
    names = Counter(name for one in people for name in own_names(one))
    for one, label in zip(people, labels.tolist(), strict=True):
        found = {term: surface for term, surface in terms(one) if not own_names(one) & set(term.split())}
        spoken[label].update(found.keys())
        for term, surface in found.items():
            written.setdefault(term, Counter())[surface] += 1
    words = Counter(word for term, surfaces in written.items() for word in _times(term, surfaces.total()))
    private = {name for name, times in names.items() if words[name] < NAMED_OFTENER * times}
    everywhere = {term: surfaces.total() for term, surfaces in written.items() if not private & set(term.split())}
    average = sum(everywhere.values()) / max(1, n)
    return [_best(group, everywhere, average, written, most) for group in spoken]


def terms(one: Sampled) -> Iterator[tuple[str, str]]:
    """Yield what may be a topic of a person, in lower case and as it is written."""
    for phrase in (*one.tags, one.organization or ""):
        words = _words(phrase)
        if 0 < len(words) <= LONGEST_WORDS:
            yield " ".join(words).lower(), " ".join(phrase.split())
    title = _words(one.title or "")
    for word in title:
        yield word.lower(), word
    for first, second in pairwise(title):
        yield f"{first} {second}".lower(), f"{first} {second}"


def own_names(one: Sampled) -> set[str]:
    return {word.lower() for word in WORD.findall(f"{one.first_name} {one.last_name}")}


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word.lower() not in STOP_WORDS and len(word) > 1]


def _times(term: str, times: int) -> Iterator[str]:
    for word in term.split():
        yield from (word,) * times


def _best(
    group: Counter[str], everywhere: dict[str, int], average: float, written: dict[str, Counter[str]], most: int
) -> list[str]:
    said = {term: times for term, times in group.items() if times >= LEAST_PEOPLE and term in everywhere}
    weights = {term: times * np.log(1 + average / everywhere[term]) for term, times in said.items()}
    chosen: list[str] = []
    for term in sorted(weights, key=lambda term: (-weights[term], -len(term), term)):
        if len(chosen) == most:
            break
        if not any(_overlap(term, other) for other in chosen):
            chosen.append(term)
    return [_surface(written[term]) for term in chosen]


def _overlap(one: str, other: str) -> bool:
    """Say whether two terms share their words: one of them says it all."""
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words


def _surface(surfaces: Counter[str]) -> str:
    """Return how most people write a term; of equal ones the first in order."""
    return min(surfaces, key=lambda surface: (-surfaces[surface], surface))
