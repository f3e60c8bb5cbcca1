"""Rows that are plainly new, written many at once: the case of a first import. The others are left to judge."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from kit.db import Connection
from services.crm import store
from services.crm.domain import Item, Outcome
from services.crm.usecases.known import Known, Name

CONTACTS = frozenset({"contact_id", "counterpart_id"})
MANY = 50  # rows for which one more statement pays


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one kind with those that may be plainly new, each under the id it would get, as the database reads them.

    Such a row is named by source and external id, as no other here, and has the fields a new row needs. To make it is
    work for this process alone: it can be done while the rows before are written. `unknown` are the contacts that the
    rows name and nobody had found when it was made; the others are told by what was known then, of that generation.
    """

    items: Sequence[Item]
    new: Mapping[UUID, Item]
    document: str = ""
    unknown: Collection[Name] = ()
    generation: int = 0


def batch_of(table: store.Kind, required: Collection[str], items: Sequence[Item], known: Known) -> Batch:
    if table.put_new is None or len(items) < MANY or any(item.reference.id for item in items):
        return Batch(items, {})
    names = [(item.reference.source, item.reference.external_id) for item in items]
    if any(None in name for name in names):
        return Batch(items, {})
    times = Counter(names)
    plain = [
        item
        for item, name in zip(items, names, strict=True)
        if times[name] == 1 and all(item.patch.get(field) is not None for field in required)
    ]
    new = dict(zip(ordered_ids(len(plain), time.time_ns() // 1_000_000, os.urandom), plain, strict=True))
    return _written_out(Batch(items, new), known)


def _written_out(batch: Batch, known: Known) -> Batch:
    generation, unknown = known.generation, set[Name]()
    rows = [_row(row_id, item, known.ids, unknown) for row_id, item in batch.new.items()]
    return replace(batch, document=msgspec.json.encode(rows).decode(), unknown=unknown, generation=generation)


async def put_new(
    connection: Connection, workspace_id: UUID, table: store.Kind, batch: Batch, known: Known
) -> tuple[dict[int, Outcome], Sequence[Item]]:
    """Write those that are new, were never merged and lead somewhere; return what was created, and the rows left."""
    if not batch.new:
        return {}, batch.items
    if batch.generation != known.generation:
        batch = _written_out(batch, known)
    if names := list(islice(batch.unknown, known.room)):
        known.learn(await store.named_contacts(connection, workspace_id, names))
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


def _row(row_id: UUID, item: Item, known: Mapping[Name, str], unknown: set[Name]) -> dict[str, Any]:
    """Return a row's fields; a reference by another system's id becomes `contact_source` and `contact_external_id`.

    A contact that is known so far becomes `contact_known`; who is not is added to `unknown`.
    """
    row: dict[str, Any] = {"id": row_id.hex}
    for field, value in item.patch.items():
        if type(value) is not dict or not field.endswith("_id"):
            row[field] = value
            continue
        name = value["source"], value["external_id"]
        if field in CONTACTS and (found := known.get(name)):
            row[f"{field[:-3]}_known"] = found
            continue
        row[f"{field[:-3]}_source"], row[f"{field[:-3]}_external_id"] = name
        if field in CONTACTS:
            unknown.add(name)
    return row
