"""Two spellings of one e-mail or phone are one; a hash says nothing without its key."""

import pytest

from services.crm.usecases.suppressions import normalise


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Ada@Example.org", " ada@example.ORG "),
        ("phone", "+44 (20) 7946-0958", "0044 20 79460958"),
        ("phone", "8 (916) 123-45-67", "+7 916 123 45 67"),
    ],
)
def test_two_spellings_are_one(kind: str, one: str, other: str) -> None:
    assert normalise(kind, one) == normalise(kind, other) != ""


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("email", "ada@example.org", "ada@example.com"), ("phone", "+81 312345678", "+71 312345678")],
)
def test_two_are_two(kind: str, one: str, other: str) -> None:
    assert normalise(kind, one) != normalise(kind, other)


@pytest.mark.parametrize("phone", ["112", "ext. 45", "", "none"])
def test_a_phone_of_few_digits_is_nobodys(phone: str) -> None:
    assert normalise("phone", phone) == ""
