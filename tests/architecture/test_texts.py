"""Every language says everything: the same keys, the same values in each, every plural form its grammar has."""

import string
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kit.texts import DEFAULT, LANGUAGES, Template, plural_forms, read_templates
from tests.architecture import tree

FOLDERS = sorted(
    {path.parent for path in tree.below("kit", "services", "gateway", suffix=".toml") if path.parent.name == "texts"}
)

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=str)


def test_the_kits_own_texts_are_watched() -> None:
    assert Path("kit/texts") in FOLDERS


@each_folder
def test_a_folder_has_a_file_for_each_language_and_no_other(folder: Path) -> None:
    found = {path.stem for path in (tree.ROOT / folder).glob("*.toml")}
    assert found == set(LANGUAGES)


@each_folder
def test_both_languages_have_the_same_keys_with_the_same_values(folder: Path) -> None:
    said = {language: read_templates(tree.ROOT / folder, language) for language in LANGUAGES}
    places = {language: {key: values_of(one) for key, one in texts.items()} for language, texts in said.items()}
    for language in LANGUAGES:
        assert places[language] == places[DEFAULT]


@each_folder
def test_what_is_counted_has_every_plural_form_of_its_language(folder: Path) -> None:
    for language in LANGUAGES:
        for key, template in read_templates(tree.ROOT / folder, language).items():
            if isinstance(template, Mapping):
                assert template.keys() == plural_forms(language), key
                assert "count" in values_of(template), key


@each_folder
def test_a_language_is_written_in_its_own_letters(folder: Path) -> None:
    letters = {"en": "latin", "ru": "cyrillic"}
    for language in LANGUAGES:
        for key, template in read_templates(tree.ROOT / folder, language).items():
            for text in forms(template):
                assert letters[language] in {script(letter) for letter in literal(text)}, key


def forms(template: Template) -> Iterator[str]:
    yield from [template] if isinstance(template, str) else template.values()


def values_of(template: Template) -> set[str]:
    """Return the names of a template's places; one that a plural form leaves out is still given."""
    return {
        name for text in forms(template) for _text, name, _spec, _conversion in string.Formatter().parse(text) if name
    }


def literal(text: str) -> str:
    return "".join(part for part, *_place in string.Formatter().parse(text))


def script(letter: str) -> str:
    return unicodedata.name(letter, "none").split()[0].lower()
