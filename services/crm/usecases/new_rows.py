"""Rows that are plainly new, written many at once: the case of a first import. The others are left to judge."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from kit.db import Connection
from services.crm import store
from services.crm.domain import Item, Outcome

MANY = 50  # rows for which one more statement pays


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one kind with those that may be plainly new, each under the id it would get, as the database reads them.

    Such a row is named by source and external id, as no other here, and has the fields a new row needs. To make it is
    work for this process alone: it can be done while the rows before are written.
    """

    items: Sequence[Item]
    new: Mapping[UUID, Item]
    document: str


def batch_of(table: store.Kind, required: Collection[str], items: Sequence[Item]) -> Batch:
    if table.put_new is None or len(items) < MANY or any(item.reference.id for item in items):
        return Batch(items, {}, "")
    names = [(item.reference.source, item.reference.external_id) for item in items]
    if any(None in name for name in names):
        return Batch(items, {}, "")
    times = Counter(names)
    plain = [
        item
        for item, name in zip(items, names, strict=True)
        if times[name] == 1 and all(item.patch.get(field) is not None for field in required)
    ]
    new = dict(zip(ordered_ids(len(plain), time.time_ns() // 1_000_000, os.urandom), plain, strict=True))
    return Batch(items, new, msgspec.json.encode([_row(row_id, item) for row_id, item in new.items()]).decode())


async def put_new(
    connection: Connection, workspace_id: UUID, table: store.Kind, batch: Batch
) -> tuple[dict[int, Outcome], Sequence[Item]]:
    """Write those that are new, were never merged and lead somewhere; return what was created, and the rows left."""
    if not batch.new:
        return {}, batch.items
    left_out = await store.put_new(connection, workspace_id, table, batch.document)
    created = {
        item.index: Outcome(item.index, "created", id=row_id)
        for row_id, item in batch.new.items()
        if row_id not in left_out
    }
    return created, [item for item in batch.items if item.index not in created]


def ordered_ids(count: int, now_ms: int, random: Callable[[int], bytes]) -> Iterator[UUID]:
    """Yield ids of version 7 (RFC 9562) in their order: rows written together stand together in the index of ids.

    Behind the time come 26 bits of a counter, then 48 bits of chance.
    """
    chance = random(6 * count)
    for number in range(count):
        counter = number >> 14 << 64 | 0b10 << 62 | (number & 0x3FFF) << 48
        yield UUID(int=now_ms << 80 | 7 << 76 | counter | int.from_bytes(chance[6 * number : 6 * number + 6]))


def _row(row_id: UUID, item: Item) -> dict[str, Any]:
    """Return a row's fields; a reference by another system's id becomes `contact_source` and `contact_external_id`."""
    row: dict[str, Any] = {"id": row_id.hex}
    for name, value in item.patch.items():
        if type(value) is dict and name.endswith("_id"):
            row[f"{name[:-3]}_source"], row[f"{name[:-3]}_external_id"] = value["source"], value["external_id"]
        else:
            row[name] = value
    return row
