"""Merge contacts that are one person, and undo it. One transaction each, under the workspace's write lock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from kit.db import Connection
from kit.errors import Conflict, FieldError, Invalid, NotFound
from services.crm import store
from services.crm.domain import Item, Reference
from services.crm.store import merges
from services.crm.store.merges import Merge, Undoable, WholeRow
from services.crm.usecases.facts import no_contact
from services.crm.usecases.ownership import refuse_if_elsewhere
from services.crm.usecases.uniting import filled, moved_links, taken_back

LONGEST_LISTS = {"emails": 50, "phones": 50, "urls": 50, "tags": 100}


async def merge(connection: Connection, workspace_id: UUID, kept: UUID, merged: Sequence[UUID]) -> Merge:
    """Make one contact of several: the kept one's fields win, absent ones are filled, lists united, ties moved to it.

    The ids of the others lead to it from now on. Raise NotFound where one is not there, also where it was merged
    before, and Invalid where a united list would be too long.
    """
    await refuse_if_elsewhere(connection, "contacts")
    await store.open_for_writing(connection, workspace_id)
    rows = {row["id"]: row for row in await merges.whole_contacts(connection, workspace_id, [kept, *merged])}
    for contact_id in (kept, *merged):
        if str(contact_id) not in rows:
            raise await no_contact(connection, workspace_id, contact_id)
    others = [rows[str(contact_id)] for contact_id in merged]
    gained = filled(rows[str(kept)], others)
    _check_lengths(gained)
    links = await merges.whole_links(connection, workspace_id, [kept, *merged])
    gained_links = moved_links(links, str(kept), [str(contact_id) for contact_id in merged])
    known = {"contacts": list(rows.values()), "gained": gained, "links": links, "gained_links": gained_links}
    noted = await merges.add_merge(connection, workspace_id, uuid4(), kept, merged, known)
    await merges.drop_links(connection, workspace_id, [link["id"] for link in _links_of(links, merged)])
    await merges.put_links(connection, workspace_id, gained_links)
    await merges.move(connection, workspace_id, noted.id, kept, merged)
    await _patch(connection, workspace_id, kept, gained)
    return noted


async def undo(connection: Connection, workspace_id: UUID, merge_id: UUID) -> Merge:
    """Restore the contacts of a merge; what was changed since stays as it is now, with the kept one.

    Raise Conflict where it cannot hold any more: somebody was erased, or merged again.
    """
    await refuse_if_elsewhere(connection, "contacts")
    await store.open_for_writing(connection, workspace_id)
    found = await merges.read_merge(connection, workspace_id, merge_id)
    if found is None:
        raise NotFound("There is no such merge.")
    snapshot = _undoable(found)
    back = [row for row in snapshot["contacts"] if UUID(row["id"]) in found.merged_ids]
    links = _links_of(snapshot["links"], found.merged_ids)
    await _refuse_obstacles(connection, workspace_id, found, back, links)
    await merges.give_back(connection, workspace_id, found, snapshot, back)
    await _undo_links(connection, workspace_id, found, snapshot)
    [now] = await merges.whole_contacts(connection, workspace_id, [found.kept_id])
    [before] = [row for row in snapshot["contacts"] if row["id"] == str(found.kept_id)]
    await _patch(connection, workspace_id, found.kept_id, taken_back(before, snapshot["gained"], now))
    return Merge(found.id, found.kept_id, found.merged_ids, found.recorded_at)


async def _patch(connection: Connection, workspace_id: UUID, contact_id: UUID, patch: dict[str, Any]) -> None:
    if patch:
        await store.put(connection, workspace_id, store.CONTACTS, [Item(0, Reference(id=contact_id), patch)])


def _check_lengths(gained: dict[str, Any]) -> None:
    for name, longest in LONGEST_LISTS.items():
        if len(gained.get(name, ())) > longest:
            detail = f"Together they have more than {longest} {name}."
            where = FieldError("#/merge", detail, allowed={"max_length": longest})
            raise Invalid(detail, code="too_many_values", fields=[where])


def _undoable(found: Undoable) -> dict[str, Any]:
    if found.snapshot is None:
        raise Conflict("The person was erased: there is nothing to restore.", code="erased")
    if found.merged_again:
        raise Conflict("The contact was merged again: undo that merge first.", code="merged_again")
    return found.snapshot


async def _refuse_obstacles(
    connection: Connection, workspace_id: UUID, found: Undoable, back: Sequence[WholeRow], links: Sequence[WholeRow]
) -> None:
    obstacles = await merges.obstacles(connection, workspace_id, found.merged_ids, contacts=back, links=links)
    if obstacles.somebody_gone:
        raise Conflict("Somebody they were linked with was erased or merged since.", code="link_gone")
    if obstacles.external_id_taken:
        raise Conflict("Another contact has one of their external ids now.", code="external_id_taken")


async def _undo_links(connection: Connection, workspace_id: UUID, found: Undoable, snapshot: dict[str, Any]) -> None:
    """Take back the links that are as the merge made them, and restore those it took."""
    present = await merges.whole_links(connection, workspace_id, [found.kept_id])
    now = {link["id"]: link for link in present}
    untouched = {link["id"] for link in snapshot["gained_links"] if _same(now.get(link["id"]), link)}
    taken = {link["id"] for link in _links_of(snapshot["links"], found.merged_ids)}
    await merges.drop_links(connection, workspace_id, sorted(untouched))
    restored = [link for link in snapshot["links"] if link["id"] in untouched | taken]
    await merges.put_links(connection, workspace_id, restored)


def _same(now: WholeRow | None, made: WholeRow) -> bool:
    return now is not None and all(now[name] == made[name] for name in ("strength", "since", "source", "external_id"))


def _links_of(links: Sequence[WholeRow], contact_ids: Sequence[UUID]) -> list[WholeRow]:
    ends = {str(contact_id) for contact_id in contact_ids}
    return [link for link in links if link["contact_a"] in ends or link["contact_b"] in ends]
