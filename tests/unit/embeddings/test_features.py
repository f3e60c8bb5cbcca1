"""The text that stands for a person, and the hash that says whether it has changed."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.embeddings.domain import Profile
from services.embeddings.features import TEXT_LIMIT_BYTES, content_hash, profile_text
from services.embeddings.settings import TextField

ADA = Profile(UUID(int=1), "Ada", "Lovelace", "Analytical Engines", "Countess", ["mentor", "poet"], "Met in 1843.")


def test_the_text_says_name_work_tags_and_notes() -> None:
    assert profile_text(ADA) == "Ada Lovelace. Countess at Analytical Engines. mentor, poet. Met in 1843."


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"title": None, "organization": None, "tags": [], "notes": None}, "Ada Lovelace"),
        ({"last_name": "", "title": " ", "tags": [], "notes": ""}, "Ada. Analytical Engines"),
        ({"first_name": "", "last_name": "", "organization": None, "tags": [], "notes": " \n"}, "Countess"),
    ],
)
def test_what_is_not_known_leaves_no_trace(change: dict[str, object], text: str) -> None:
    assert profile_text(replace(ADA, **change)) == text  # type: ignore[arg-type]


def test_a_person_of_whom_nothing_is_known_has_no_text() -> None:
    assert profile_text(Profile(UUID(int=1), "", " ", None, "", [], "\t")) == ""


@pytest.mark.parametrize("character", ["a", "ж", "字", "🙂"])
def test_the_text_fits_the_provider_in_any_script(character: str) -> None:
    text = profile_text(replace(ADA, notes=character * 20_000))
    assert TEXT_LIMIT_BYTES - 4 < len(text.encode()) <= TEXT_LIMIT_BYTES
    assert set(text[-100:]) == {character}


def test_the_hash_is_of_model_and_text_and_of_nothing_else() -> None:
    text = profile_text(ADA)
    assert content_hash("m", text) == content_hash("m", profile_text(replace(ADA, id=UUID(int=2), content_hash=b"x")))
    assert len({content_hash("m", text), content_hash("n", text), content_hash("m", text + " ")}) == 3


def test_the_hash_never_changes_between_versions() -> None:
    """Or every vector of every workspace would be made again."""
    assert content_hash("text-embedding-3-small", "Ada").hex().startswith("818d625965e7b661")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (["name"], "Ada Lovelace"),
        (["title", "organization"], "Countess at Analytical Engines"),
        (["organization", "notes"], "Analytical Engines. Met in 1843."),
        (["tags"], "mentor, poet"),
    ],
)
def test_the_text_says_only_what_may_be_told(fields: list[TextField], text: str) -> None:
    assert profile_text(ADA, fields) == text
