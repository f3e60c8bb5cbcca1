"""What a contact is to the lexical index: stemmed words, names as they are, n-grams, and whole values for filters.

Terms of several kinds lie in one table, told apart by how they begin:
w: a stem, n: a word of a name, g: an n-gram, t: a tag, o: an organization.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from services.embeddings.domain import NO_FILTERS, Filters, Profile
from services.embeddings.domain.search import Asked, Document
from services.embeddings.features.words import grams, whole, words

VERSION = "1"  # of everything in this folder that decides what is indexed: another one indexes everything again
WHOLE_LIMIT = 300  # what an index entry can hold, in any script; no organization is longer, and a tag that is ends here
QUESTION_WORDS = 64  # of a longer query the first words are looked up; its vector is of more
QUESTION_GRAMS = 64


def lexical_hash(profile: Profile) -> bytes:
    """Return the key under which a contact need not be indexed again (SHA-256, 32 bytes)."""
    fields = (profile.first_name, profile.last_name, profile.organization, profile.title, profile.notes, *profile.tags)
    return hashlib.sha256("\x1f".join((VERSION, *(field or "" for field in fields))).encode()).digest()


def spoken(profile: Profile) -> str:
    """Return every word of a contact, folded, for the stemmer."""
    return " ".join([*_short(profile), *words(profile.notes or "")])


def document(profile: Profile, stems: Mapping[str, int]) -> Document:
    """Return what to index of a contact, given how often each stem is in what it says."""
    said = Counter({f"w:{lexeme}": count for lexeme, count in stems.items()})
    named = Counter(f"n:{word}" for word in _names(profile))
    # Notes have words only: their n-grams would be most of the index and are in nearly every other contact's too.
    parts = Counter(f"g:{gram}" for word in _short(profile) for gram in grams(word))
    return Document(
        profile.id,
        lexical_hash(profile),
        said | named | parts | Counter(_wholes(profile.tags, profile.organization)),
        words=said.total(),
        grams=parts.total(),
    )


def question(query: str, stems: Mapping[str, tuple[str, ...]]) -> Asked:
    """Return a query as it is looked up; `stems` of each of its words, none for a stop word.

    Stop words count as names only: their n-grams are everybody's.
    """
    asked = question_words(query)
    every = dict.fromkeys(gram for word in asked if stems.get(word) for gram in grams(word))
    return Asked(asked, {word: stems.get(word, ()) for word in asked}, frozenset(list(every)[:QUESTION_GRAMS]))


def question_words(query: str) -> tuple[str, ...]:
    """Return the words of a query that are looked up, each once."""
    return tuple(dict.fromkeys(words(query)))[:QUESTION_WORDS]


def stem_terms(asked: Asked) -> set[str]:
    return {f"w:{lexeme}" for lexemes in asked.stems.values() for lexeme in lexemes}


def name_terms(asked: Asked) -> set[str]:
    """Return what looks like a stop word and may be a name, as Will or Do; elsewhere n-grams tell Woods from Wood."""
    return {f"n:{word}" for word in asked.words if not asked.stems[word]}


def gram_terms(asked: Asked) -> set[str]:
    return {f"g:{gram}" for gram in asked.grams}


def is_gram(term: str) -> bool:
    return term.startswith("g:")


def filter_terms(filters: Filters) -> set[str]:
    """Return the terms that a contact must have, all of them."""
    return set(_wholes(filters.tags, filters.organization))


def meets(profile: Profile, filters: Filters) -> bool:
    """Say whether a contact, as it is now, meets the filters: the index may be some seconds behind."""
    return filter_terms(filters) <= set(_wholes(profile.tags, profile.organization))


def every_term(asked: Asked, filters: Filters = NO_FILTERS) -> set[str]:
    """Return all terms that a search has to read."""
    return stem_terms(asked) | name_terms(asked) | gram_terms(asked) | filter_terms(filters)


def _wholes(tags: Iterable[str], organization: str | None) -> Iterable[str]:
    yield from {f"t:{whole(tag)[:WHOLE_LIMIT]}" for tag in tags if tag.strip()}
    if organization and organization.strip():
        yield f"o:{whole(organization)[:WHOLE_LIMIT]}"


def _names(profile: Profile) -> list[str]:
    return words(f"{profile.first_name} {profile.last_name} {profile.organization or ''}")


def _short(profile: Profile) -> list[str]:
    return [*_names(profile), *words(f"{profile.title or ''} {' '.join(profile.tags)}")]
