"""How exports of other systems write times, lists and people; what their layouts share."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from services.crm.schemas.files.identity import identified_person, split_name
from services.crm.schemas.files.table import Column

FULL_NAME = "full_name"  # a column that is no field: it is split where no first and last name are given


def instant(cell: str) -> str:
    """Read an ISO 8601 date or time; without a zone it is UTC, as these exports mean it."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError("must be a date or a time, such as 2026-01-31T09:30:00Z") from None
    return _with_zone(moment)


def day(cell: str) -> str:
    """Read a day as LinkedIn writes it, 31 Jan 2026, or as ISO 8601 does."""
    try:
        return _with_zone(datetime.strptime(cell, "%d %b %Y"))  # noqa: DTZ007  a day has no zone
    except ValueError:
        return instant(cell)


def _with_zone(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def several(separator: str) -> Callable[[str], list[str]]:
    """Return a reader of cells that hold more than one value."""

    def read(cell: str) -> list[str]:
        return [part.strip() for part in cell.split(separator) if part.strip()]

    return read


def named(columns: Mapping[str, Column]) -> Callable[[str], Column | None]:
    """Return a layout's `column` for a format that has the same names in every file."""
    return columns.get


def person_of(source: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a layout's `finish` for people: the whole name split where it is all there is, and a lasting id."""

    def finish(row: dict[str, Any]) -> dict[str, Any]:
        full = row.pop(FULL_NAME, "")
        if full and not row.keys() & {"first_name", "last_name"}:
            row["first_name"], row["last_name"] = split_name(full)
        return identified_person(row, source)

    return finish
