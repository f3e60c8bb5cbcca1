"""Why a contact was found: which words of the query are in which of its fields."""

from collections.abc import Iterator, Mapping, Sequence

from services.embeddings.domain import Profile
from services.embeddings.domain.search import Asked, Match
from services.embeddings.features.words import likeness, words

NOTES_WORDS = 300  # looked through for an explanation
BEGINNING = 2  # characters of a word that no stemmer changes
AROUND = 5  # words shown on each side of one found in notes
ALIKE = 0.5  # Dice's coefficient of two words that pass for one mistyped, or part of the other

Stems = Mapping[str, tuple[str, ...]]


def fields(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield the short fields of a contact that say something, by name."""
    yield "name", f"{profile.first_name} {profile.last_name}".strip()
    yield "title", profile.title or ""
    yield "organization", profile.organization or ""
    yield from (("tags", tag) for tag in profile.tags)


def words_to_explain(asked: Asked, profiles: Sequence[Profile]) -> list[str]:
    """Return the words whose stem may be one of the query's, each once: a stem begins as its word does."""
    begins = {lexeme[:BEGINNING] for lexemes in asked.stems.values() for lexeme in lexemes}
    short = (word for profile in profiles for _, value in fields(profile) for word in words(value))
    long = (word for profile in profiles for word in words(profile.notes or "")[:NOTES_WORDS])
    return [word for word in dict.fromkeys([*short, *long]) if word[:BEGINNING] in begins]


def explain(asked: Asked, profile: Profile, stems: Stems) -> tuple[Match, ...]:
    """Return what of the query is found where; words that are only alike count where nothing closer is found."""
    by_word = tuple(_matches(asked.words, asked, profile, stems))
    known = {term for match in by_word for term in match.terms}
    unknown = [word for word in asked.words if word not in known and asked.stems[word]]
    return by_word + tuple(_alike(unknown, profile))


def _matches(terms: Sequence[str], asked: Asked, profile: Profile, stems: Stems) -> Iterator[Match]:
    for field, value in fields(profile):
        inside = words(value)
        lexemes = {lexeme for word in inside for lexeme in stems.get(word, ())}
        named = set(inside) if field in {"name", "organization"} else set()
        found = tuple(term for term in terms if term in named or lexemes.intersection(asked.stems[term]))
        if found:
            yield Match(field, value, found)
    yield from _in_notes(terms, asked, profile, stems)


def _in_notes(terms: Sequence[str], asked: Asked, profile: Profile, stems: Stems) -> Iterator[Match]:
    shown = (profile.notes or "").split()
    wanted = {lexeme: term for term in terms for lexeme in asked.stems[term]}
    places: dict[str, int] = {}
    for place, part in enumerate(shown[:NOTES_WORDS]):
        for lexeme in (lexeme for word in words(part) for lexeme in stems.get(word, ())):
            if lexeme in wanted:
                places.setdefault(wanted[lexeme], place)
    if places:
        first = min(places.values())
        excerpt = " ".join(shown[max(0, first - AROUND) : first + AROUND + 1])
        yield Match("notes", excerpt, tuple(term for term in terms if term in places))


def _alike(terms: Sequence[str], profile: Profile) -> Iterator[Match]:
    for field, value in fields(profile):
        found = tuple(term for term in terms if any(likeness(term, word) >= ALIKE for word in words(value)))
        if found:
            yield Match(field, value, found)
