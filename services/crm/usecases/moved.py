"""Rows pushed for a contact that was merged into another: they lead to the kept one and only add to it.

Else the next nightly push would make the duplicate again, or write the merged row over the kept one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from kit.db import Connection
from services.crm.domain import Found, Item, Reference
from services.crm.store import merges
from services.crm.usecases.uniting import filled, patched


def follow(items: Sequence[Item], found: Sequence[Found]) -> tuple[list[Item], list[Found], set[int]]:
    """Point items at the contacts that theirs were merged into; return which they are, by index.

    An external id that leads to a kept contact belongs to it: nobody else can take it.
    """
    pointed: list[Item] = []
    rows: list[Found] = []
    moved: set[int] = set()
    for item, row in zip(items, found, strict=True):
        kept = row.id_moved_to or (row.reference_moved_to if item.reference.id is None else None)
        if row.id_exists or row.by_reference is not None or kept is None:
            pointed.append(item)
            rows.append(replace(row, by_reference=row.by_reference or row.reference_moved_to))
            continue
        patch = {name: value for name, value in item.patch.items() if name not in {"source", "external_id"}}
        pointed.append(Item(item.index, Reference(kept), patch))
        rows.append(Found(row.ordinal, None, id_exists=True))
        moved.add(item.index)
    return pointed, rows, moved


async def only_add(
    connection: Connection, workspace_id: UUID, items: Sequence[Item], moved: Collection[int]
) -> list[Item]:
    """Leave of the moved items what their contact does not have yet, also by the other items; they come last."""
    kept_ids = {item.reference.id for item in items if item.index in moved and item.reference.id}
    if not kept_ids:
        return list(items)
    state: dict[UUID | None, dict[str, Any]] = {
        UUID(row["id"]): row for row in await merges.whole_contacts(connection, workspace_id, list(kept_ids))
    }
    own = [item for item in items if item.index not in moved]
    for item in own:
        if item.reference.id in state:
            state[item.reference.id] = _after(state[item.reference.id], item.patch)
    adding: list[Item] = []
    for item in items:
        if item.index in moved:
            gained = filled(state[item.reference.id], [item.patch])
            state[item.reference.id] |= gained
            adding.append(replace(item, patch=gained))
    return own + adding


def _after(row: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    custom = {"custom": patched(row.get("custom"), patch["custom"])} if patch.get("custom") else {}
    return {**row, **patch, **custom}
