"""Pushed rows: what is absent, null, or wrong is told apart, and an error points at the field that has it."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from kit.errors import field_errors
from services.crm.domain import Reference
from services.crm.schemas.people import ContactIn, UserIn
from services.crm.schemas.rows import RowIn
from services.crm.schemas.workspace import WorkspaceIn

KEY = {"source": "hubspot", "external_id": "7"}


def test_only_what_was_given_is_in_the_patch_and_null_is_given() -> None:
    item = ContactIn.model_validate(KEY | {"title": None, "first_name": ""}).to_domain(3)
    assert item.index == 3
    assert item.patch == KEY | {"title": None, "first_name": ""}
    assert item.reference == Reference(None, "hubspot", "7")


def test_a_reference_inside_id_is_the_same_as_beside_it() -> None:
    inside = ContactIn.model_validate({"id": KEY, "title": "x"}).to_domain(0)
    beside = ContactIn.model_validate(KEY | {"title": "x"}).to_domain(0)
    assert inside == beside


@pytest.mark.parametrize(
    ("kind", "change", "pointer"),
    [
        (ContactIn, {"id": "7"}, "#/id"),
        (ContactIn, {"id": 7}, "#/id"),
        (ContactIn, {"id": {"source": "hubspot"}, "source": None, "external_id": None}, "#/id/external_id"),
        (ContactIn, {"id": KEY}, "#"),
        (ContactIn, {"source": None}, "#"),
        (ContactIn, {"external_id": ""}, "#/external_id"),
        (ContactIn, {"external_id": "x" * 201}, "#/external_id"),
        (ContactIn, {"first_name": "x" * 100_000}, "#/first_name"),
        (ContactIn, {"first_name": "a\x00"}, "#/first_name"),
        (ContactIn, {"notes": "x" * 20_001}, "#/notes"),
        (ContactIn, {"emails": ["a@b", "no"]}, "#/emails/1"),
        (ContactIn, {"emails": "a@b"}, "#/emails"),
        (ContactIn, {"tags": [""]}, "#/tags/0"),
        (ContactIn, {"tags": ["x"] * 101}, "#/tags"),
        (ContactIn, {"influence_score": 1.01}, "#/influence_score"),
        (ContactIn, {"influence_score": float("nan")}, "#/influence_score"),
        (ContactIn, {"community_id": 2**31}, "#/community_id"),
        (ContactIn, {"created_at": None}, "#/created_at"),
        (ContactIn, {"archived_at": "2026-01-01T00:00:00"}, "#/archived_at"),
        (ContactIn, {"custom": {"x": float("inf")}}, "#/custom"),
        (ContactIn, {"custom": []}, "#/custom"),
        (ContactIn, {"firstname": "Ada"}, "#/firstname"),
        (ContactIn, {"a/b": 1}, "#/a~1b"),
        (UserIn, {"contact_id": "me"}, "#/contact_id"),
        (UserIn, {"contact_id": {"external_id": "7"}}, "#/contact_id/source"),
        (UserIn, {"email": "a@b@c"}, "#/email"),
    ],
)
def test_a_bad_field_is_pointed_at_and_its_content_is_not_repeated(
    kind: type[RowIn], change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(KEY | change)
    [error] = field_errors(refused.value.errors(include_url=False, include_input=False))
    assert error.pointer == pointer
    assert len(error.detail) < 200
    assert "Ada" not in error.detail


def test_a_limit_is_stated_beside_the_field_that_broke_it() -> None:
    with pytest.raises(ValidationError) as refused:
        WorkspaceIn.model_validate({"name": "x" * 201})
    [error] = field_errors(refused.value.errors(include_url=False, include_input=False))
    assert (error.pointer, error.allowed) == ("#/name", {"max_length": 200})
    assert error.detail == "String should have at most 200 characters"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "UTC\x00", ""])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        WorkspaceIn.model_validate({"timezone": name})


@pytest.mark.parametrize("name", ["عمر ابن الخطاب", "👩‍👩‍👧", "Z̸a̸l̸g̸o̸", "𝄞𐍈", "李明", "\u202eRTL", " "])
def test_a_name_in_any_script_is_kept_to_the_character(name: str) -> None:
    row = {"id": UUID(int=1), "first_name": name, "tags": [name], "custom": {name: name}}
    patch = ContactIn.model_validate(row).to_domain(0).patch
    assert (patch["first_name"], patch["tags"], patch["custom"]) == (name, [name], {name: name})
