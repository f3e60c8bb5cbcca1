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
from services.crm.schemas.facts import ContactIn, RowIn, UserIn

LIST_COLUMNS = frozenset({"emails", "phones", "urls", "tags"})
CUSTOM_PREFIX = "custom."
COLUMNS_LIMIT = 500
DEFAULT_SOURCE = "csv"
ROWS: Mapping[str, type[RowIn]] = {"contacts": ContactIn, "users": UserIn}
IDENTIFYING = (("emails",), ("email",), ("first_name", "last_name", "organization"), ("name",))


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An opened file: its known columns by position, the others by name, and its lines."""

    row: type[RowIn]
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
        row = _row(zip(self.columns, cells, strict=False))
        try:
            return self.row.model_validate(_identified(row)).to_domain(line)
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
        where = FieldError("#/file", "The first line is not CSV.")
        raise Invalid("The first line is not a header.", code="bad_header", fields=[where]) from error
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
    return CsvFile(row, columns, ignored, reader)


def _printable(name: str) -> str:
    """Return a column's name as a report can hold it: short, and without what PostgreSQL's jsonb refuses."""
    return name.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:100]


def _is_known(row: type[RowIn], name: str) -> bool:
    return (name in row.model_fields and name != "custom") or (
        "custom" in row.model_fields and name.startswith(CUSTOM_PREFIX) and len(name) > len(CUSTOM_PREFIX)
    )


def _row(cells: Iterator[tuple[str | None, str]]) -> dict[str, Any]:
    """Name the cells; an empty one says nothing, so the field stays as it is."""
    row: dict[str, Any] = {}
    custom: dict[str, str] = {}
    for name, cell in cells:
        text = cell.strip()
        if name is None or not text:
            continue
        if name in LIST_COLUMNS:
            row[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif name.startswith(CUSTOM_PREFIX):
            custom[name.removeprefix(CUSTOM_PREFIX)] = text
        else:
            row[name] = text
    return row | ({"custom": custom} if custom else {})


def _identified(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row without an id one that the same row will have in the next file: by e-mail, else by name."""
    if "id" in row:
        return row
    if "external_id" in row:
        return {"source": DEFAULT_SOURCE, **row}
    for names in IDENTIFYING:
        if row.keys() & set(names):
            parts = [str(row.get(name, "")).casefold() for name in names]
            digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
            return {"source": DEFAULT_SOURCE, **row, "external_id": f"row-{digest}"}
    return row


def _column(field: FieldError) -> str | None:
    return field.pointer.removeprefix("#/").split("/")[0].replace("#", "") or None
