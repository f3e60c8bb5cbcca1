"""Which format a file is of: told by its content, or given; then opened as rows."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Literal, get_args

from kit.errors import FieldError, Invalid
from services.crm.domain import BadRow
from services.crm.schemas.files import google, hubspot, json_lines, linkedin, own_columns, salesforce, vcard
from services.crm.schemas.files.encoding import count_lines
from services.crm.schemas.files.identity import ROWS, RowFile
from services.crm.schemas.files.json_lines import JsonFile
from services.crm.schemas.files.table import Layout, Line, open_table, read_lines

Format = Literal["auto", "csv", "google", "linkedin", "hubspot", "salesforce", "vcard", "json"]
AUTO: Format = "auto"
# What a file of each format can hold.
KINDS: Mapping[str, frozenset[str]] = {
    own_columns.FORMAT: frozenset(ROWS),
    google.FORMAT: frozenset({"contacts"}),
    linkedin.FORMAT: frozenset({"contacts"}),
    hubspot.FORMAT: frozenset({"contacts"}),
    salesforce.FORMAT: frozenset({"contacts", "accounts"}),
    vcard.FORMAT: frozenset({"contacts"}),
    json_lines.FORMAT: frozenset(ROWS),
}
START_BYTES = 4096
PREAMBLE_LINES = 20


def open_file(file: IO[bytes], kind: str, file_format: str = AUTO) -> RowFile:
    """Open a file of UTF-8 (see Utf8Writer) as rows of `kind`.

    Raises Invalid before any row: bad_encoding with the line, unknown_format with the formats that are known,
    bad_header where a table of a known format has no column that is.
    """
    if file_format not in get_args(Format):
        raise _unknown(kind, f"There is no format {file_format[:50]!r}.")
    if file_format == AUTO:
        file_format = _format_of(file)
    if file_format == vcard.FORMAT:
        _check_kind(file_format, kind)
        return vcard.open_cards(file)
    lines = count_lines(file)
    file.seek(0)
    if file_format == json_lines.FORMAT:
        return JsonFile(kind, lines, file)
    return _open_table(file, kind, file_format, lines)


def _format_of(file: IO[bytes]) -> str:
    """Tell cards and JSON from their first bytes; whatever else there is can only be a table."""
    file.seek(0)
    start = file.read(START_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:6].upper() == b"BEGIN:" and start[6:20].strip().upper().startswith(b"VCARD"):
        return vcard.FORMAT
    return json_lines.FORMAT if start.startswith(b"{") else AUTO


def _open_table(file: IO[bytes], kind: str, file_format: str, size: int) -> RowFile:
    lines = read_lines(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
    header = _header(lines, kind)
    layout = _layout(header, kind, file_format)
    _check_kind(layout.format, kind)
    if layout.kind != kind:
        raise _unknown(kind, f"This {layout.format} file holds {layout.kind}, not {kind}.")
    return open_table(layout, header, lines, size)


def _header(lines: Iterator[Line | BadRow], kind: str) -> Sequence[str]:
    """Return the names of a table's columns: its first line, or the first below LinkedIn's explanation."""
    first = next(lines, None)
    if first is None:
        raise _unknown(kind, "The file has no line with text in it.")
    if isinstance(first, BadRow):
        where = FieldError("#/file", "The first line is not CSV.")
        raise Invalid("The first line is not a header.", code="bad_header", fields=[where])
    if linkedin.is_preamble(first[1]):
        below = (line[1] for line in islice(lines, PREAMBLE_LINES) if not isinstance(line, BadRow))
        return next((cells for cells in below if linkedin.recognises(_names(cells))), first[1])
    return first[1]


def _layout(header: Sequence[str], kind: str, file_format: str) -> Layout:
    names = _names(header)
    found = _recognised(names)
    if file_format == own_columns.FORMAT or (file_format == AUTO and found is None and _has_own(names, kind)):
        return own_columns.layout(kind)
    if found is None and salesforce.is_export(names) and file_format in {AUTO, salesforce.FORMAT}:
        raise _unknown(kind, "Of Salesforce's objects, contacts, leads and accounts are known; this is another.")
    if found is None:
        raise _unknown(kind, "No format is known by the names in the first line.")
    if file_format not in {AUTO, found.format}:
        raise _unknown(kind, f"The first line is that of a {found.format} file, not of a {file_format} one.")
    return found


def _recognised(names: frozenset[str]) -> Layout | None:
    if linkedin.recognises(names):
        return linkedin.LAYOUT
    if hubspot.recognises(names):
        return hubspot.LAYOUT
    return google.LAYOUT if google.recognises(names) else salesforce.recognises(names)


def _has_own(names: frozenset[str], kind: str) -> bool:
    layout = own_columns.layout(kind)
    own = any(layout.column(name) for name in names)
    return own and not (salesforce.is_export(names) and names & salesforce.SYSTEM)


def _names(cells: Iterable[str]) -> frozenset[str]:
    return frozenset(cell.strip().lower() for cell in cells)


def _check_kind(file_format: str, kind: str) -> None:
    if kind not in KINDS[file_format]:
        raise _unknown(kind, f"A {file_format} file holds {' or '.join(sorted(KINDS[file_format]))}, not {kind}.")


def _unknown(kind: str, reason: str) -> Invalid:
    formats = sorted(name for name, kinds in KINDS.items() if kind in kinds)
    allowed = {"formats": ", ".join(formats), "columns": own_columns.known_columns(kind)}
    where = FieldError(
        "#/file", f"A file of {kind} is one of these, or has a first line of these columns.", allowed=allowed
    )
    known = f"Known for {kind}: {', '.join(formats)}."
    return Invalid(f"{reason} {known}", code="unknown_format", fields=[where])
