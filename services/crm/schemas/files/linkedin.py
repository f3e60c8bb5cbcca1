"""LinkedIn's Connections.csv: some lines of explanation, then people; e-mail addresses are mostly missing."""

from collections.abc import Sequence
from typing import Any

from services.crm.schemas.files.cells import day, named, person_of
from services.crm.schemas.files.table import Column, Layout

FORMAT = "linkedin"
COLUMNS = {
    "first name": Column("first_name"),
    "last name": Column("last_name"),
    "url": Column("urls"),
    "email address": Column("emails"),
    "company": Column("organization"),
    "position": Column("title"),
    "connected on": Column("created_at", day),
}


def is_preamble(cells: Sequence[str]) -> bool:
    """Whether a file's first line announces the explanation that stands before the header."""
    return [cell.strip().lower() for cell in cells if cell.strip()] == ["notes:"]


def recognises(header: frozenset[str]) -> bool:
    return {"first name", "last name", "connected on"} <= header


def _finish(row: dict[str, Any]) -> dict[str, Any]:
    """A profile's address is its id; without one (older exports) the address book's rule holds."""
    if row.get("urls"):
        row["external_id"] = row["urls"][0].split("://")[-1].removeprefix("www.").rstrip("/").lower()
    return person_of(FORMAT)(row)


LAYOUT = Layout(FORMAT, "contacts", named(COLUMNS), _finish)
