"""A CSV file with our own column names: one item or one bad row for each line, bounded memory."""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from pydantic import ValidationError

from kit.errors import FieldError, Invalid, field_errors
from services.crm.domain import BadRow, Item
from services.crm.schemas import accounts, people, ties
from services.crm.schemas.rows import RowIn

LIST_COLUMNS = frozenset({"emails", "phones", "urls", "tags", "tech_stack"})
CUSTOM_PREFIX = "custom."
JSON_FIELDS = frozenset({"extra", "findings", "context"})  # no cell of a table holds an object
COLUMNS_LIMIT = 500
DEFAULT_SOURCE = "csv"
REFERENCE_PARTS = frozenset({"source", "external_id"})
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
# What tells one row from another where a file gives no ids: the first of these that is there.
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


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An opened file: its known columns by position, the others by name, and its lines."""

    kind: str
    columns: tuple[str | None, ...]
    ignored_columns: tuple[str, ...]
    reader: Any

    def __iter__(self) -> Iterator[Item | BadRow]:
        """Yield each line as an item whose index is its line number, or as a bad row; skip blank lines."""
        while True:
            line = self.reader.line_num + 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(line, None, f"not CSV: {error}{_through(line, self.reader.line_num)}")
                continue
            if any(cell.strip() for cell in cells):
                yield self._read(line, cells)

    def _read(self, line: int, cells: Sequence[str]) -> Item | BadRow:
        if len(cells) > len(self.columns):
            return BadRow(line, None, f"{len(cells)} cells, but the header names {len(self.columns)} columns")
        row = _identified(_row(zip(self.columns, cells, strict=False)), self.kind)
        try:
            return ROWS[self.kind].model_validate(row).to_domain(line)
        except ValidationError as error:
            first = field_errors(error.errors(include_url=False, include_input=False))[0]
            return BadRow(line, _column(first), first.detail)


def _through(first: int, last: int) -> str:
    """Name the lines a broken row has swallowed: an open quote takes in the lines below it."""
    return f"; lines {first} to {last} were skipped" if last > first else ""


class Utf8Check:
    """Reads a file before anything of it is imported: counts its lines, refuses bytes that are not UTF-8."""

    def __init__(self) -> None:
        self.lines = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, piece: bytes) -> None:
        self._decode(piece, final=False)
        self.lines += piece.count(b"\n")

    def close(self) -> None:
        self._decode(b"", final=True)

    def _decode(self, piece: bytes, *, final: bool) -> None:
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            line = self.lines + 1 + error.object[: error.start].count(b"\n")
            where = FieldError("#/file", f"Line {line} is not UTF-8.", allowed={"encoding": "UTF-8"})
            raise Invalid(
                f"Line {line} of the file is not UTF-8; save it as UTF-8.", code="bad_encoding", fields=[where]
            ) from error


def open_csv(file: TextIO, kind: str) -> CsvFile:
    """Read the header of a UTF-8 file of `kind`; raise Invalid when it names none of the kind's columns."""
    row, reader = ROWS[kind], csv.reader(file, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise Invalid("The first line is not a header.", code="bad_header") from error
    columns = tuple(name if _is_known(row, name) else None for name in header)
    named = [name for name in columns if name]
    if not named or len(set(named)) < len(named) or len(header) > COLUMNS_LIMIT:
        allowed = {"columns": ", ".join([*row.model_fields, f"{CUSTOM_PREFIX}…"])}
        where = FieldError("#/file", "Name each column once, in the first line.", allowed=allowed)
        raise Invalid(
            f"The first line names no known column, one twice, or more than {COLUMNS_LIMIT}.",
            code="bad_header",
            fields=[where],
        )
    ignored = tuple(_printable(name) for name, known in zip(header, columns, strict=True) if known is None)
    return CsvFile(kind, columns, ignored, reader)


def _printable(name: str) -> str:
    """Return a column's name as a report can hold it: short, and without what PostgreSQL's jsonb refuses."""
    return name.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:100]


def _is_known(row: type[RowIn], name: str) -> bool:
    field, _, part = name.partition(".")
    if field not in row.model_fields:
        return False
    return (bool(part) if field == "custom" else not part or part in REFERENCE_PARTS) and field not in JSON_FIELDS


def _row(cells: Iterator[tuple[str | None, str]]) -> dict[str, Any]:
    """Name the cells; an empty one says nothing, so the field stays as it is."""
    row: dict[str, Any] = {}
    for name, cell in cells:
        text = cell.strip()
        if name is None or not text:
            continue
        if name in LIST_COLUMNS:
            row[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif "." in name:
            field, _, part = name.partition(".")
            row.setdefault(field, {})[part] = text
        else:
            row[name] = text
    return row


def _identified(row: dict[str, Any], kind: str) -> dict[str, Any]:
    """Give a row without an id one that the same row will have in the next file: a person by e-mail, else by name."""
    if "id" in row:
        return row
    if "external_id" in row:
        return {"source": DEFAULT_SOURCE, **row}
    for names in IDENTIFYING[kind]:
        if row.keys() & set(names):
            parts = [str(row.get(name, "")).casefold() for name in names]
            digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
            return {"source": DEFAULT_SOURCE, **row, "external_id": f"row-{digest}"}
    return row


def _column(field: FieldError) -> str | None:
    return field.pointer.removeprefix("#/").split("/")[0].replace("#", "") or None
