"""Texts: the language a caller reads, and words that agree with their numbers."""

from pathlib import Path

import pytest

from kit import errors
from kit.errors import NotFound, TooLarge, problem
from kit.language import negotiate
from kit.texts import KIT, LANGUAGES, Catalogue


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("RU-ru", "ru"),
        ("en, ru", "en"),
        ("en;q=0.5, ru;q=0.8", "ru"),
        ("en;q=0, *", "ru"),
        ("*", "en"),
        ("*;q=0", "en"),
        ("de, fr", "en"),
        ("ru;q=0", "en"),
        ("ru;q=2, en", "en"),
        ("de;q=1.0, ru ; q=0.001", "ru"),
        ("\xff;;q=,,ru;q=abc", "en"),
        ("," * 5_000 + "ru", "ru"),
    ],
)
def test_the_language_wanted_most_is_chosen(accepted: str, language: str) -> None:
    assert negotiate(accepted) == language


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "en.toml").write_text(
        'mutual = {one = "{count} mutual contact: {names}", other = "{count} mutual contacts: {names}"}\n'
        'days = {one = "{count} day", other = "{count} days"}\n'
        'silence = "{silent} of silence, you usually speak every {usual}"\n'
    )
    (tmp_path / "ru.toml").write_text(
        'mutual = {one = "{count} общий контакт: {names}", few = "{count} общих контакта: {names}",'
        ' many = "{count} общих контактов: {names}", other = "{count} общего контакта: {names}"}\n'
        'days = {one = "{count} день", few = "{count} дня", many = "{count} дней", other = "{count} дня"}\n'
        'silence = "{silent} тишины, обычно вы общаетесь раз в {usual}"\n'
    )
    return Catalogue(tmp_path)


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (1, "1 mutual contact", "1 общий контакт"),
        (3, "3 mutual contacts", "3 общих контакта"),
        (5, "5 mutual contacts", "5 общих контактов"),
        (11, "11 mutual contacts", "11 общих контактов"),
        (21, "21 mutual contacts", "21 общий контакт"),
        (0, "0 mutual contacts", "0 общих контактов"),
        (1.5, "1.5 mutual contacts", "1.5 общего контакта"),
    ],
)
def test_a_word_agrees_with_its_number(catalogue: Catalogue, count: float, english: str, russian: str) -> None:
    names = "Anna, Ivan {0} {count.__class__}"
    assert catalogue.text("en", "mutual", count=count, names=names) == f"{english}: {names}"
    assert catalogue.text("ru", "mutual", count=count, names=names) == f"{russian}: {names}"


def test_two_numbers_in_one_sentence_each_have_their_own_word(catalogue: Catalogue) -> None:
    said = {
        language: catalogue.text(
            language,
            "silence",
            silent=catalogue.text(language, "days", count=47),
            usual=catalogue.text(language, "days", count=21),
        )
        for language in LANGUAGES
    }
    assert said["en"] == "47 days of silence, you usually speak every 21 days"
    assert said["ru"] == "47 дней тишины, обычно вы общаетесь раз в 21 день"


def test_every_status_has_its_title_in_english_as_the_class_has_it() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.RapportError)]
    assert {KIT.text("en", f"title_{kind.status}") for kind in kinds} == {kind.title for kind in kinds}


def test_a_detail_the_kit_does_not_know_stays_as_it_was_said() -> None:
    own = problem(TooLarge("Only 7 dwarfs.", code="too_many_items", extra={"limit": 7}), language="ru")
    other = problem(TooLarge("One request takes at most 7 items.", code="too_many_items"), language="ru")
    known = problem(
        TooLarge("One request takes at most 7 items.", code="too_many_items", extra={"limit": 7}), language="ru"
    )
    assert own["detail"] == "Only 7 dwarfs."
    assert other["detail"] == "One request takes at most 7 items."
    assert known["detail"] == KIT.text("ru", "detail_too_many_items", limit=7)
    assert problem(NotFound("There is no such job.", code="job_not_found"))["detail"] == "There is no such job."
