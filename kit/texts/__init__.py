"""Texts for people in every language we speak: a file of templates for each, filled and counted by its own rules.

A service keeps `texts/en.toml` and `texts/ru.toml` in its house and makes one Catalogue of that folder; which language
a caller reads is said by kit.language.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from babel import Locale

Language: TypeAlias = Literal["en", "ru"]
Template: TypeAlias = str | Mapping[str, str]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "en"

_plural_of = {language: Locale(language).plural_form for language in LANGUAGES}


class Catalogue:
    """The templates of one folder, read once."""

    def __init__(self, folder: Path) -> None:
        self._templates = {language: read_templates(folder, language) for language in LANGUAGES}

    def text(self, language: Language, key: str, /, **values: Any) -> str:
        """Return a text with its values in it; one that counts something has its number as `count`.

        A phrase with two numbers is made of two texts, the inner one a value of the outer: each agrees with its own.
        """
        template = self._templates[language][key]
        if not isinstance(template, str):
            template = template[_plural_of[language](values["count"])]
        return template.format_map(values)

    def translated(self, text: str, language: Language, key: str, values: Mapping[str, Any]) -> str:
        """Return `text` in another language where it is what the catalogue says in English; else as it is."""
        if language == DEFAULT or key not in self._templates[DEFAULT]:
            return text
        try:
            ours = self.text(DEFAULT, key, **values) == text
        except KeyError:  # raised with fewer values than the template has places: another text
            return text
        return self.text(language, key, **values) if ours else text


def read_templates(folder: Path, language: Language) -> dict[str, Template]:
    """Return a file as it is: a template, or one for each plural form of the language (CLDR), by its key."""
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def plural_forms(language: Language) -> frozenset[str]:
    """Return the plural forms a counted template needs: of whole numbers and of fractions."""
    return frozenset({*_plural_of[language].tags, "other"})


KIT = Catalogue(Path(__file__).parent)
