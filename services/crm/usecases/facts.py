"""Push and delete facts of every kind, the same way. Transactions belong to the callers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg

from kit.auth import Identity
from kit.db import Connection
from kit.errors import FieldError, NotFound
from kit.jobs import Job, Queue
from services.crm import store
from services.crm.domain import Found, Item, Outcome, Reference

Row = TypeVar("Row")
Find = Callable[[Connection, UUID, Sequence[Reference]], Awaitable[list[Found]]]
Put = Callable[[Connection, UUID, Sequence[Item]], Awaitable[dict[UUID, bool]]]
Taken = Callable[[Connection, UUID, Sequence[Item]], Awaitable[set[UUID]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact: how its rows are found and written, and which of its fields name rows of another kind."""

    name: str
    find: Find
    taken: Taken
    put: Put
    delete: Callable[[Connection, UUID, UUID], Awaitable[bool]]
    references: Mapping[str, Find]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "contacts",
            store.find_contacts,
            store.taken_contacts,
            store.put_contacts,
            store.delete_contact,
            references={},
        ),
        Kind(
            "users",
            store.find_users,
            store.taken_users,
            store.put_users,
            store.delete_user,
            references={"contact_id": store.find_contacts},
        ),
    )
}


async def push(connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]) -> list[Outcome]:
    """Write rows of one kind in the caller's transaction; return what became of each, in the order of `items`.

    Several rows for one id become one write, the later fields winning. Whoever writes to the workspace at the same
    time waits, so what is found here still holds when it is written. When every row is rejected nothing has happened:
    no workspace comes into being.
    """
    written: dict[UUID, bool] = {}
    async with connection.transaction() as attempt:
        await store.open_for_writing(connection, workspace_id)
        known, rejected = await _judge(connection, workspace_id, kind, items)
        if not known:
            raise psycopg.Rollback(attempt)
        written = await kind.put(connection, workspace_id, _merged(known))
    outcomes = {item.index: _outcome(item, written) for item in known} | rejected
    return [outcomes[item.index] for item in items]


async def _judge(
    connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]
) -> tuple[list[Item], dict[int, Outcome]]:
    """Tell the rows that can be written, each with its id, from those that cannot."""
    known, rejected = _identify(items, await kind.find(connection, workspace_id, [item.reference for item in items]))
    for field, find in kind.references.items():
        known, unknown = await _resolve(connection, workspace_id, known, field, find)
        rejected |= unknown
    if any(_names_half(item) for item in known):
        taken = await kind.taken(connection, workspace_id, _merged(known))
        rejected |= {item.index: _taken(item) for item in known if item.reference.id in taken}
        known = [item for item in known if item.reference.id not in taken]
    return known, rejected


def _names_half(item: Item) -> bool:
    """Whether a row's external id depends on what is stored: it gives only its source, or only the id in it."""
    given = item.patch.keys() & {"source", "external_id"}
    return bool(given) and None in (item.reference.source, item.reference.external_id)


def _taken(item: Item) -> Outcome:
    field = FieldError("#/external_id", "Another row of this source has this external id.")
    return Outcome(item.index, "rejected", code="external_id_taken", fields=(field,))


def _identify(items: Sequence[Item], found: Sequence[Found]) -> tuple[list[Item], dict[int, Outcome]]:
    """Give each item the id of its row, a new one where there is none; refuse an external id that is taken."""
    known: list[Item] = []
    rejected: dict[int, Outcome] = {}
    owners: dict[tuple[str | None, str | None], UUID] = {}
    for item, row in zip(items, found, strict=True):
        reference = item.reference
        key = (reference.source, reference.external_id)
        owner = row.by_reference or owners.get(key)  # a half of a reference finds none: see _names_half
        row_id = reference.id or owner or uuid4()
        if owner not in (None, row_id):
            rejected[item.index] = _taken(item)
            continue
        if None not in key:
            owners[key] = row_id
        known.append(replace(item, reference=replace(reference, id=row_id)))
    return known, rejected


async def _resolve(
    connection: Connection, workspace_id: UUID, items: Sequence[Item], field: str, find: Find
) -> tuple[list[Item], dict[int, Outcome]]:
    """Replace a reference to another row by its id; refuse one that leads nowhere."""
    naming = [item for item in items if item.patch.get(field) is not None]
    references = [_reference(item.patch[field]) for item in naming]
    found = await find(connection, workspace_id, references) if naming else []
    resolved = {item.index: item for item in items}
    rejected: dict[int, Outcome] = {}
    for item, reference, row in zip(naming, references, found, strict=True):
        target = reference.id if row.id_exists else row.by_reference
        if target is None:
            unknown = FieldError(f"#/{field}", "There is no such row in this workspace.")
            rejected[item.index] = Outcome(item.index, "rejected", code="unknown_reference", fields=(unknown,))
            del resolved[item.index]
        else:
            resolved[item.index] = replace(item, patch={**item.patch, field: str(target)})
    return list(resolved.values()), rejected


def _reference(value: str | Mapping[str, Any]) -> Reference:
    return Reference(id=UUID(value)) if isinstance(value, str) else Reference(**value)


def _merged(items: Sequence[Item]) -> list[Item]:
    merged: dict[UUID | None, Item] = {}
    for item in items:
        earlier = merged.get(item.reference.id)
        merged[item.reference.id] = replace(item, patch={**earlier.patch, **item.patch}) if earlier else item
    return list(merged.values())


def _outcome(item: Item, written: Mapping[UUID, bool]) -> Outcome:
    row_id = item.reference.id
    if row_id is None or row_id not in written:
        return Outcome(item.index, "unchanged", id=row_id)
    return Outcome(item.index, "created" if written[row_id] else "updated", id=row_id)


def found_or_404(row: Row | None) -> Row:
    """Return the row; a row of another workspace is no different from none."""
    if row is None:
        raise NotFound("There is no such row in this workspace.")
    return row


async def erase(connection: Connection, queue: Queue, who: Identity, kind: Kind, row_id: UUID) -> Job:
    """Delete a row with its history and ask for the job that waits until every service has let go of it."""
    await store.open_for_writing(connection, who.workspace_id)
    if not await kind.delete(connection, who.workspace_id, row_id):
        raise NotFound("There is no such row in this workspace.")
    return await queue.enqueue(connection, who.workspace_id, "erase", {"kind": kind.name, "id": str(row_id)})
