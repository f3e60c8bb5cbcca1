"""Which row a line of a file means: its model, and an id that the same line will have in the next file."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from kit.errors import FieldError, field_errors
from services.crm.domain import BadRow, Item
from services.crm.schemas import accounts, people, ties
from services.crm.schemas.rows import RowIn

EXTERNAL_ID_CHARACTERS = 200
COLUMN_NAME_CHARACTERS = 100
ROWS: Mapping[str, type[RowIn]] = {
    "contacts": people.ContactIn,
    "users": people.UserIn,
    "accounts": accounts.AccountIn,
    "links": ties.LinkIn,
    "interactions": ties.InteractionIn,
    "account_signals": accounts.AccountSignalIn,
    "research_runs": accounts.ResearchRunIn,
    "user_interactions": accounts.UserInteractionIn,
}
# What tells one row from another where a file gives no ids: the first of these that is there. Of people, see _person.
IDENTIFYING: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "contacts": (("emails",), ("first_name", "last_name", "organization")),
    "users": (("email",), ("name",)),
    "accounts": (("domain",), ("name",)),
    "links": (),
    "interactions": (("contact_id", "counterpart_id", "user_id", "kind", "direction", "occurred_at", "summary"),),
    "account_signals": (("account_id", "observed_at"),),
    "research_runs": (("account_id", "ran_at"),),
    "user_interactions": (("user_id", "account_id", "action", "occurred_at"),),
}


class RowFile(Protocol):
    """An opened file: its rows, an item or a bad row each, and what a report says of it beside them."""

    @property
    def format(self) -> str: ...
    @property
    def size(self) -> int:
        """Return how many rows there are, or a little more: what progress is measured by."""

    @property
    def ignored_columns(self) -> Sequence[str]:
        """Return what was not taken, by its name in the file; complete once every row has been read."""

    @property
    def optional(self) -> frozenset[str]:
        """Return the references a row may lose when they lead nowhere: its file names rows of other files."""

    def __iter__(self) -> Any: ...


def read_row(kind: str, line: int, row: Mapping[str, Any], column: Callable[[FieldError], str | None]) -> Item | BadRow:
    """Return a row as a push would take it, or what is wrong with it; `column` finds the name the file has for it."""
    try:
        return ROWS[kind].model_validate(row).to_domain(line)
    except ValidationError as error:
        first = field_errors(error.errors(include_url=False, include_input=False))[0]
        name = column(first)
        return BadRow(line, name and printable(name), first.detail)


def printable(name: str) -> str:
    """Return a file's own name for a column as a report can hold it: short, and without what jsonb refuses."""
    text = name[:COLUMN_NAME_CHARACTERS].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode()


def path_of(field: FieldError) -> list[str]:
    return [part for part in field.pointer.removeprefix("#").split("/") if part]


def identified(row: dict[str, Any], kind: str, source: str) -> dict[str, Any]:
    """Give a row without an id one that the same row will have in the next file."""
    if "id" in row:
        return row
    if "external_id" in row:
        return {"source": source, **row}
    if kind == "contacts":
        parts = _person(row)
        return {"source": source, **row, "external_id": _digest(parts)} if parts else row
    for names in IDENTIFYING[kind]:
        if any(row.get(name) for name in names):
            parts = ["" if row.get(name) is None else str(row[name]) for name in names]
            return {"source": source, **row, "external_id": _digest(parts)}
    return row


def identified_person(row: dict[str, Any], source: str) -> dict[str, Any]:
    """Give somebody from an address book a lasting id: the book's own, else what he is known by.

    Raises ValueError where there is nothing of that.
    """
    own = row.get("external_id")
    if own:
        return {"source": source, **row, "external_id": own if len(own) <= EXTERNAL_ID_CHARACTERS else _digest([own])}
    if parts := _person(row):
        return {"source": source, **row, "external_id": _digest(parts)}
    raise ValueError("has no name, organization, e-mail or phone")


def _person(row: Mapping[str, Any]) -> list[str]:
    """Return what somebody is known by: e-mail and name, for an office's address is not one person's; else his name
    and organization, else a phone. The values are as a file has them, of any type.
    """
    first_name, last_name, organization = (
        " ".join(str(row.get(name) or "").split()) for name in ("first_name", "last_name", "organization")
    )
    email, phone = (_first(row.get(name)) for name in ("emails", "phones"))
    if email:
        return ["email", email, first_name, last_name]
    if first_name or last_name or organization:
        return ["name", first_name, last_name, organization]
    return ["phone", phone] if phone else []


def _first(values: Any) -> str:
    return str(values[0]).strip() if isinstance(values, list) and values else ""


def split_name(full: str) -> tuple[str, str]:
    """Split a name that is given as one: the last word is the family's, or what stands before a comma."""
    last, comma, first = full.partition(",")
    if not comma:
        first, _, last = full.strip().rpartition(" ")
    return (first.strip(), last.strip()) if first.strip() else (last.strip(), "")


def _digest(parts: Sequence[str]) -> str:
    text = "\x1f".join(part.casefold() for part in parts)
    return f"row-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"
