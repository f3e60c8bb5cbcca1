"""Rows that may be plainly new: which they are, and the ids they would get."""

import json
from typing import Any
from uuid import UUID

from services.crm import store
from services.crm.domain import Item, Reference
from services.crm.usecases.known import Known
from services.crm.usecases.new_rows import MANY, batch_of, ordered_ids

REQUIRED = ("kind",)


def met(index: int, **patch: Any) -> Item:
    names = {"source": "s", "external_id": str(index)}
    return Item(index, Reference(None, "s", str(index)), names | {"kind": "call"} | patch)


def test_ids_of_one_moment_are_in_order_and_of_version_seven() -> None:
    ids = list(ordered_ids(20_000, 1_700_000_000_000, lambda count: b"\xff" * count))
    assert ids == sorted(set(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, UUID(int=0b10 << 62).variant)}
    assert {one.int >> 80 for one in ids} == {1_700_000_000_000}
    assert max(ids) < next(ordered_ids(1, 1_700_000_000_001, bytes))


def test_the_same_moment_and_another_chance_give_other_ids() -> None:
    one, other = (set(ordered_ids(100, 1, chance)) for chance in (lambda count: b"a" * count, bytes))
    assert not one & other


def test_what_is_named_twice_or_lacks_a_field_is_left_to_judge() -> None:
    items = [met(index) for index in range(MANY)] + [met(3, summary="again"), met(100, kind=None)]
    batch = batch_of(store.INTERACTIONS, REQUIRED, items, Known())
    assert [item.index for item in batch.new.values()] == [index for index in range(MANY) if index != 3]
    assert [row["id"] for row in json.loads(batch.document)] == [row_id.hex for row_id in batch.new]


def test_one_row_by_our_id_or_half_a_name_leaves_them_all_to_judge() -> None:
    items = [met(index) for index in range(MANY)]
    for other in (Reference(UUID(int=1), "s", "x"), Reference(None, "s", None)):
        assert not batch_of(store.INTERACTIONS, REQUIRED, [*items, Item(100, other, {})], Known()).new


def test_a_reference_by_another_systems_id_is_two_fields() -> None:
    known = str(UUID(int=7))
    items = [met(index, contact_id={"source": "a", "external_id": "b"}, user_id=known) for index in range(MANY)]
    row = json.loads(batch_of(store.INTERACTIONS, REQUIRED, items, Known()).document)[0]
    assert (row["contact_source"], row["contact_external_id"], row["user_id"]) == ("a", "b", known)
    assert "contact_id" not in row
