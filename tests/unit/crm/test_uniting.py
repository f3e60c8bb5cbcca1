"""What several rows of one person become, and what is left of that when it is taken back."""

from typing import Any
from uuid import UUID

import pytest

from services.crm.store.merges import SharedKey
from services.crm.usecases.duplicates import groups
from services.crm.usecases.uniting import filled, link_id, moved_links, patch_to, patched, taken_back, united_patch

A, B, C, X = (str(UUID(int=number)) for number in (1, 2, 3, 9))
EMPTY: dict[str, Any] = {
    "first_name": "",
    "last_name": "",
    "title": None,
    "emails": [],
    "phones": [],
    "urls": [],
    "tags": [],
    "custom": {},
}


def row(**fields: Any) -> dict[str, Any]:
    return EMPTY | fields


def link(one: str, other: str, strength: float | None = None, **fields: Any) -> dict[str, Any]:
    a, b = sorted((one, other))
    return {"id": str(link_id(a, b)), "contact_a": a, "contact_b": b, "strength": strength, "source": "s"} | fields


def test_the_kept_fields_win_and_absent_ones_are_filled_by_the_first_who_has_them() -> None:
    kept = row(first_name="Ada", custom={"tier": 1})
    others = [row(first_name="A.", title="Countess"), row(title="Ms", last_name="Lovelace", custom={"tier": 2, "x": 3})]
    assert filled(kept, others) == {"last_name": "Lovelace", "title": "Countess", "custom": {"tier": 1, "x": 3}}


def test_lists_are_united_and_two_spellings_are_one() -> None:
    kept = row(emails=["ada@x.example"], phones=["+44 20 7946 0958"], tags=["friend"])
    other = row(emails=["ADA@x.example", "b@x.example"], phones=["0044 2079460958", "n/a"], tags=["friend", "mentor"])
    assert filled(kept, [other]) == {
        "emails": ["ada@x.example", "b@x.example"],
        "phones": ["+44 20 7946 0958", "n/a"],
        "tags": ["friend", "mentor"],
    }


def test_who_has_everything_gains_nothing() -> None:
    kept = row(first_name="Ada", title="Countess", emails=["a@x.example"], custom={"x": 1})
    assert filled(kept, [kept, {"first_name": "Bob"}]) == {}


def test_what_was_gained_is_taken_back_and_what_was_changed_since_stays() -> None:
    before = row(title=None, emails=["a@x"], custom={"own": 1}, tags=["t"])
    gained = {"title": "Ms", "last_name": "L", "emails": ["a@x", "b@x"], "custom": {"own": 1, "more": 2}}
    now = before | gained | {"last_name": "Changed", "emails": ["a@x", "b@x", "new@x"], "tags": ["t", "later"]}
    taken = taken_back(before, gained, now)
    assert taken == {"title": None, "emails": ["a@x", "new@x"], "custom": {"more": None}}
    for later, left in (({"own": 5, "more": 2}, {"own": 5}), ({"own": 1, "more": 7}, {"own": 1, "more": 7})):
        patch = taken_back(before, gained, now | {"custom": later})["custom"]
        assert patched(later, patch) == left


DEEP = {"a": {"b": 1, "c": {"d": 2}}, "e": [1, None], "f": "x"}


@pytest.mark.parametrize(
    ("target", "patch", "after"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        (None, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": "foo"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_an_object_is_patched_as_rfc_7396_has_it(target: Any, patch: dict[str, Any], after: dict[str, Any]) -> None:
    assert patched(target, patch) == after


@pytest.mark.parametrize("later", [{}, {"a": {"c": {"d": None, "x": 3}}}, {"e": [], "f": None}, {"a": 1}])
def test_two_patches_in_one_do_what_they_do_one_after_the_other(later: dict[str, Any]) -> None:
    earlier = {"a": {"b": None, "c": {"y": 1}}, "f": "z"}
    assert patched(DEEP, united_patch(earlier, later)) == patched(patched(DEEP, earlier), later)


@pytest.mark.parametrize("after", [{}, DEEP, {"a": {"c": {}}, "new": 1}, {"a": 7}])
def test_the_patch_between_two_objects_makes_one_of_the_other(after: dict[str, Any]) -> None:
    assert patched(DEEP, patch_to(DEEP, after)) == after


def test_the_strongest_link_of_a_pair_is_kept_and_none_to_oneself() -> None:
    links = [link(A, X, 0.3), link(B, X, 0.8), link(C, X, 0.5), link(A, B, 1.0), link(B, C, 1.0)]
    assert moved_links(links, A, [B, C]) == [link(A, X, 0.8)]


@pytest.mark.parametrize("strength", [0.3, None])
def test_a_weaker_or_equal_link_changes_nothing(strength: float | None) -> None:
    assert moved_links([link(B, X, strength), link(A, X, 0.3 if strength else None)], A, [B]) == []


def key(kind: str, *ids: str) -> SharedKey:
    return SharedKey(kind, [UUID(one) for one in ids])


def test_each_contact_is_in_one_proposal_with_every_reason() -> None:
    found = groups([key("phone", B, C), key("email", A, B), key("name", A, B), key("name", X, str(UUID(int=8)))])
    assert [([str(one) for one in group.ids], group.reasons, group.score) for group in found] == [
        ([A, B, C], ["email", "phone", "name_and_organization"], 0.8),
        ([str(UUID(int=8)), X], ["name_and_organization"], 0.7),
    ]


def test_two_reasons_weigh_more_than_one() -> None:
    [group] = groups([key("email", A, B), key("phone", A, B)])
    assert group.score == pytest.approx(0.99)
