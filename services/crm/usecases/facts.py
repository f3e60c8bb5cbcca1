"""Push and delete facts of every kind, the same way. Transactions belong to the callers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar
from uuid import UUID, uuid4

import psycopg

from kit.db import Connection
from kit.errors import FieldError, NotFound
from services.crm import store
from services.crm.domain import Fact, Found, Item, Outcome, Reference
from services.crm.store import merges
from services.crm.usecases import new_rows
from services.crm.usecases.known import Known
from services.crm.usecases.moved import follow, only_add
from services.crm.usecases.new_rows import Batch, put_new
from services.crm.usecases.ownership import refuse_if_elsewhere
from services.crm.usecases.suppressions import refuse_erased
from services.crm.usecases.uniting import link_id, united_patch

Row = TypeVar("Row")
Key: TypeAlias = str | tuple[str, str]  # a reference in a pushed row: our id, or source and external id


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact: its table, the fields that name rows of other kinds, and what a new row cannot lack."""

    name: str
    table: store.Kind
    references: Mapping[str, store.Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    pair: tuple[str, str] | None = None  # two references that must differ
    named_by_pair: bool = False
    is_person: bool = False  # erasing one suppresses his return


KINDS = {
    kind.name: kind
    for kind in (
        Kind("contacts", store.CONTACTS, {"account_id": store.ACCOUNTS}, is_person=True),
        Kind("users", store.USERS, {"contact_id": store.CONTACTS}),
        Kind("accounts", store.ACCOUNTS, {"owner_user_id": store.USERS}),
        Kind(
            "links",
            store.LINKS,
            {"contact_a": store.CONTACTS, "contact_b": store.CONTACTS},
            pair=("contact_a", "contact_b"),
            named_by_pair=True,
        ),
        Kind(
            "interactions",
            store.INTERACTIONS,
            {"contact_id": store.CONTACTS, "counterpart_id": store.CONTACTS, "user_id": store.USERS},
            required=("contact_id", "kind", "direction", "occurred_at"),
            pair=("contact_id", "counterpart_id"),
        ),
        Kind(
            "account_signals",
            store.ACCOUNT_SIGNALS,
            {"account_id": store.ACCOUNTS},
            required=("account_id", "observed_at"),
        ),
        Kind(
            "research_runs",
            store.RESEARCH_RUNS,
            {"account_id": store.ACCOUNTS, "user_id": store.USERS},
            required=("account_id", "ran_at"),
        ),
        Kind(
            "user_interactions",
            store.USER_INTERACTIONS,
            {"user_id": store.USERS, "account_id": store.ACCOUNTS},
            required=("user_id", "account_id", "action", "occurred_at"),
        ),
    )
}


def batch_of(kind: Kind, items: Sequence[Item], people: Known | None = None) -> Batch:
    """Return rows of one kind, each with an index of its own, ready to be pushed; with whom we know, where we do."""
    return new_rows.batch_of(kind.table, kind.required, items, people or Known())


async def push(
    connection: Connection,
    workspace_id: UUID,
    kind: Kind,
    batch: Batch,
    erasure_key: bytes,
    people: Known | None = None,
) -> list[Outcome]:
    """Write rows of one kind in the caller's transaction; return what became of each, in their order.

    Several rows for one id become one write, the later fields winning. Whoever writes to the workspace at the same
    time waits, so what is found here still holds when it is written. When every row is rejected nothing has happened:
    no workspace comes into being. A person who was erased is not taken in again. Whoever pushes batch after batch hands
    on whom he came to know. Raise Conflict where the kind is another CRM's.
    """
    await refuse_if_elsewhere(connection, kind.name)
    items, written = batch.items, dict[UUID, bool]()
    if not items:
        return []
    async with connection.transaction() as attempt:
        people = await _open(connection, workspace_id, people)
        await store.plan_for_any_workspace(connection)
        erased: dict[int, Outcome] = {}
        if kind.is_person:
            allowed, erased = await refuse_erased(connection, workspace_id, erasure_key, items)
            batch = batch_of(kind, allowed) if erased else batch
        created, others = await put_new(connection, workspace_id, kind.table, batch, people)
        known, rejected = await _judge(connection, workspace_id, kind, others) if others else ([], {})
        rejected |= erased
        if not known and not created:
            raise psycopg.Rollback(attempt)
        if known:
            written = await store.put(connection, workspace_id, kind.table, _merged(known))
    outcomes = {item.index: _outcome(item, written) for item in known} | created | rejected
    return [outcomes[item.index] for item in items]


async def _open(connection: Connection, workspace_id: UUID, people: Known | None) -> Known:
    """Hold the workspace; return whom we know of it: nobody, when somebody else has written to it since."""
    if people is not None:
        people.check(await store.last_write(connection, workspace_id))
    opened = await store.open_for_writing(connection, workspace_id)
    people = people or Known()
    people.last_write = opened
    return people


async def _judge(
    connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]
) -> tuple[list[Item], dict[int, Outcome]]:
    """Tell the rows that can be written, each with its id, from those that cannot."""
    known, rejected = await _resolve(connection, workspace_id, kind, items)
    known, refused = _checked_pairs(kind, known)
    rejected |= refused
    found = await store.find(connection, workspace_id, kind.table, [item.reference for item in known])
    known, found, moved = follow(known, found)
    known, refused = _identify(kind, known, found)
    rejected |= refused
    if any(_names_half(item) for item in known):
        taken = await store.taken(connection, workspace_id, kind.table, _merged(known))
        rejected |= {item.index: _taken(item) for item in known if item.reference.id in taken}
        known = [item for item in known if item.reference.id not in taken]
    return await only_add(connection, workspace_id, known, moved), rejected


def _checked_pairs(kind: Kind, items: Sequence[Item]) -> tuple[list[Item], dict[int, Outcome]]:
    """Refuse a row that ties somebody to himself; put a link's ends in order, they name it."""
    if kind.pair is None:
        return list(items), {}
    first, second = kind.pair
    known: list[Item] = []
    rejected: dict[int, Outcome] = {}
    for item in items:
        ends = [str(item.patch[name]) for name in kind.pair if item.patch.get(name) is not None]
        if len(ends) == 2 and ends[0] == ends[1]:
            rejected[item.index] = _refused(item, "self_reference", second, f"Must not be the same as {first}.")
        elif kind.named_by_pair:
            a, b = sorted(ends)
            reference = replace(item.reference, id=link_id(a, b))
            known.append(replace(item, reference=reference, patch={**item.patch, first: a, second: b}))
        else:
            known.append(item)
    return known, rejected


def _refused(item: Item, code: str, name: str, detail: str) -> Outcome:
    return Outcome(item.index, "rejected", code=code, fields=(FieldError(f"#/{name}", detail),))


def _names_half(item: Item) -> bool:
    """Whether a row's external id depends on what is stored: it gives only its source, or only the id in it."""
    is_half = None in (item.reference.source, item.reference.external_id)
    return is_half and bool(item.patch.keys() & {"source", "external_id"})


def _taken(item: Item) -> Outcome:
    return _refused(item, "external_id_taken", "external_id", "Another row of this source has this external id.")


def _identify(kind: Kind, items: Sequence[Item], found: Sequence[Found]) -> tuple[list[Item], dict[int, Outcome]]:
    """Give each item the id of its row, a new one where there is none; refuse what cannot be written."""
    known: list[Item] = []
    rejected: dict[int, Outcome] = {}
    owners: dict[tuple[str | None, str | None], UUID] = {}
    begun: set[UUID] = set()
    for item, row in zip(items, found, strict=True):
        reference = item.reference
        key = (reference.source, reference.external_id)
        owner = row.by_reference or owners.get(key)  # a half of a reference finds none: see _names_half
        row_id = reference.id or owner or uuid4()
        if owner not in (None, row_id):
            rejected[item.index] = _taken(item)
            continue
        is_new = row.by_reference is None and not row.id_exists and row_id not in begun
        missing = [name for name in kind.required if item.patch.get(name) is None] if is_new else []
        if missing:
            rejected[item.index] = _refused(item, "field_required", missing[0], "A new row needs this field.")
            continue
        begun.add(row_id)
        if None not in key:
            owners[key] = row_id
        known.append(Item(item.index, Reference(row_id, reference.source, reference.external_id), item.patch))
    return known, rejected


async def _resolve(
    connection: Connection, workspace_id: UUID, kind: Kind, items: Sequence[Item]
) -> tuple[list[Item], dict[int, Outcome]]:
    """Replace references to other rows by their ids; refuse a row of which one leads nowhere."""
    known, rejected = list(items), dict[int, Outcome]()
    for table in dict.fromkeys(kind.references.values()):
        names = [name for name, other in kind.references.items() if other is table]
        asked = {_key(item.patch[name]) for item in known for name in names if item.patch.get(name) is not None}
        targets = await _targets(connection, workspace_id, table, list(asked)) if asked else {}
        known, refused = _with_targets(known, names, targets)
        rejected |= refused
    return known, rejected


async def _targets(
    connection: Connection, workspace_id: UUID, table: store.Kind, keys: Sequence[Key]
) -> dict[Key, str]:
    """Return the id that each key leads to; a key that leads nowhere is left out."""
    references = [Reference(UUID(key)) if isinstance(key, str) else Reference(None, *key) for key in keys]
    found = await store.find(connection, workspace_id, table, references)
    led = zip(keys, references, found, strict=True)
    targets = {key: reference.id if row.id_exists else _target(row) for key, reference, row in led}
    return {key: str(target) for key, target in targets.items() if target is not None}


def _with_targets(
    items: Sequence[Item], names: Sequence[str], targets: Mapping[Key, str]
) -> tuple[list[Item], dict[int, Outcome]]:
    known: list[Item] = []
    rejected: dict[int, Outcome] = {}
    for item in items:
        led = {name: targets.get(_key(item.patch[name])) for name in names if item.patch.get(name) is not None}
        lost = [name for name, target in led.items() if target is None]
        if lost:
            detail = "There is no such row in this workspace."
            rejected[item.index] = _refused(item, "unknown_reference", lost[0], detail)
        else:
            known.append(Item(item.index, item.reference, {**item.patch, **led}) if led else item)
    return known, rejected


def _key(value: str | Mapping[str, Any]) -> Key:
    return value if isinstance(value, str) else (value["source"], value["external_id"])


def _merged(items: Sequence[Item]) -> list[Item]:
    merged: dict[UUID | None, Item] = {}
    for item in items:
        earlier = merged.get(item.reference.id)
        merged[item.reference.id] = replace(item, patch=united_patch(earlier.patch, item.patch)) if earlier else item
    return list(merged.values())


def _outcome(item: Item, written: Mapping[UUID, bool]) -> Outcome:
    row_id = item.reference.id
    if row_id is None or row_id not in written:
        return Outcome(item.index, "unchanged", id=row_id)
    return Outcome(item.index, "created" if written[row_id] else "updated", id=row_id)


def _target(row: Found) -> UUID | None:
    return row.by_reference or row.id_moved_to or row.reference_moved_to


async def read_one(connection: Connection, workspace_id: UUID, kind: Kind, row_id: UUID) -> Fact:
    """Return one row, or raise NotFound, which says of a merged contact who it is now."""
    rows = await store.read(connection, workspace_id, kind.table, row_id=row_id)
    if not rows and kind.is_person:
        raise await no_contact(connection, workspace_id, row_id)
    return found_or_404(rows)


async def no_contact(connection: Connection, workspace_id: UUID, contact_id: UUID) -> NotFound:
    kept_id = await merges.merged_into(connection, workspace_id, contact_id)
    if kept_id is None:
        return NotFound("There is no such row in this workspace.")
    extra = {"kept_id": str(kept_id)}
    return NotFound("This contact was merged into another; see kept_id.", code="merged_into", extra=extra)


def found_or_404(rows: Sequence[Row]) -> Row:
    """Return the row that was found; a row of another workspace is no different from none."""
    if not rows:
        raise NotFound("There is no such row in this workspace.")
    return rows[0]
