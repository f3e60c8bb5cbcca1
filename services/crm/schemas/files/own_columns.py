"""CSV with our own column names, for every kind of row."""

from functools import partial

from services.crm.schemas.files.identity import ROWS, identified
from services.crm.schemas.files.table import LIST_FIELDS, Column, Layout

FORMAT = "csv"
JSON_FIELDS = frozenset({"extra", "findings", "context"})  # no cell of a table holds an object
REFERENCE_PARTS = frozenset({"source", "external_id"})


def layout(kind: str) -> Layout:
    finish = partial(identified, kind=kind, source=FORMAT)
    return Layout(FORMAT, kind, partial(_column, kind), finish, once=True, in_columns=True)


def known_columns(kind: str) -> str:
    """Return the columns a file of `kind` may have, as an error lists them."""
    return ", ".join([*(name for name in ROWS[kind].model_fields if name not in {"custom", *JSON_FIELDS}), "custom.…"])


def _column(kind: str, name: str) -> Column | None:
    field, _, part = name.partition(".")
    if field not in ROWS[kind].model_fields or field in JSON_FIELDS:
        return None
    if field == "custom":
        return Column(name) if part else None
    if part and part not in REFERENCE_PARTS:
        return None
    return Column(name, _parts) if name in LIST_FIELDS else Column(name)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
