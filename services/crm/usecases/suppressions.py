"""Who was erased stays away: keyed hashes of what he was known by, and the rows of a push that would bring him back."""

import hmac
import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from kit.db import Connection
from kit.errors import FieldError
from services.crm.domain import Item, Outcome
from services.crm.store import erasures as store

PHONE_DIGITS = 7


async def suppress(connection: Connection, workspace_id: UUID, key: bytes, contact_id: UUID) -> None:
    """Keep hashes of a contact's ids, and of the e-mails and phones that are his alone: a switchboard is nobody's."""
    names = await store.names_of(connection, workspace_id, contact_id)
    values = [(kind, normalise(kind, value)) for kind, value in names]
    hashes = [_hash(key, workspace_id, kind, value) for kind, value in values if value]
    await store.suppress(connection, workspace_id, hashes)


async def refuse_erased(
    connection: Connection, workspace_id: UUID, key: bytes, items: Sequence[Item]
) -> tuple[list[Item], dict[int, Outcome]]:
    """Tell the contacts that may be written from those that were erased."""
    if not await store.anybody_suppressed(connection, workspace_id):
        return list(items), {}
    named = [
        (item, pointer, _hash(key, workspace_id, kind, value))
        for item in items
        for pointer, kind, value in _names(item)
        if value
    ]
    known = await store.suppressed(connection, workspace_id, [digest for _, _, digest in named])
    rejected = {item.index: _erased(item, pointer) for item, pointer, digest in reversed(named) if digest in known}
    return [item for item in items if item.index not in rejected], rejected


def normalise(kind: str, value: str) -> str:
    """Return what two spellings of one e-mail or phone have in common; nothing where it is too short to be one."""
    if kind == "email":
        return value.strip().lower()
    if kind != "phone":
        return value
    digits = re.sub(r"[^0-9]", "", value).removeprefix("00")
    if len(digits) == 11 and digits[0] == "8" and not value.lstrip().startswith("+"):
        return f"7{digits[1:]}"  # Russia's inner 8
    return digits if len(digits) >= PHONE_DIGITS else ""


def _names(item: Item) -> Iterator[tuple[str, str, str]]:
    """Yield where in a row somebody is named, how, and by what."""
    reference = item.reference
    if reference.id is not None:
        yield "#/id", "id", str(reference.id)
    if reference.source is not None and reference.external_id is not None:
        yield "#/external_id", "reference", f"{reference.source}\x1f{reference.external_id}"
    for field, kind in (("emails", "email"), ("phones", "phone")):
        for position, value in enumerate(item.patch.get(field) or ()):
            yield f"#/{field}/{position}", kind, normalise(kind, value)


def _hash(key: bytes, workspace_id: UUID, kind: str, value: str) -> bytes:
    """Return a hash that says nothing without the key, and nothing of one workspace to another."""
    return hmac.digest(key, f"{workspace_id}\x1e{kind}\x1e{value}".encode(), "sha256")


def _erased(item: Item, pointer: str) -> Outcome:
    detail = "This person was erased and is not taken in again."
    return Outcome(item.index, "rejected", code="erased", fields=(FieldError(pointer, detail),))
