"""Tables of text: lines of cells within bounds, and rows made of cells as a layout names them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, TextIO, TypeAlias

from kit.errors import FieldError, Invalid
from services.crm.domain import BadRow, Item
from services.crm.schemas.files.columns import can_read, read_columns
from services.crm.schemas.files.identity import path_of, printable, read_row

ROW_CHARACTERS = 1024 * 1024
COLUMNS_LIMIT = 2_000
GROUP_ROWS = 1_000  # read at once; as long ones as there can be are read fewer at a time
GROUP_CHARACTERS = ROW_CHARACTERS
LIST_FIELDS = frozenset({"emails", "phones", "urls", "tags", "tech_stack"})

Line: TypeAlias = tuple[int, list[str]]


class _Lines:
    """The lines of a file, counted; csv.reader gets no more of them for one row than ROW_CHARACTERS."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._left = ROW_CHARACTERS
        self.number = 0

    def begin_row(self) -> int:
        self._left = ROW_CHARACTERS
        return self.number + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._left + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > self._left:
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(ROW_CHARACTERS)
            raise csv.Error(f"a row of more than {ROW_CHARACTERS:,} characters")
        self._left -= len(line)
        return line


def read_lines(file: TextIO) -> Iterator[Line | BadRow]:
    """Yield each row's cells with the line it begins on; skip blank ones."""
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    while True:
        first = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # an open quote takes in the lines below it
            lost = f"; lines {first} to {lines.number} were skipped" if lines.number > first else ""
            yield BadRow(first, None, f"not CSV: {error}{lost}")
            continue
        if any(map(str.strip, cells)):
            yield first, cells


def stripped(cell: str) -> str:
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """Where the cells of a column go: a field, or a part of one (`custom.tier`), and how they are read.

    `read` raises ValueError with a reason that does not repeat the cell.
    """

    target: str
    read: Callable[[str], Any] = stripped
    whole: str = field(init=False)
    part: str = field(init=False)
    is_list: bool = field(init=False)

    def __post_init__(self) -> None:
        whole, _, part = self.target.partition(".")
        for name, value in (("whole", whole), ("part", part), ("is_list", whole in LIST_FIELDS)):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tables of one format are read. `column` is given a name of the header in lower case."""

    format: str
    kind: str
    column: Callable[[str], Column | None]
    finish: Callable[[dict[str, Any]], dict[str, Any]]
    once: bool = False  # no field may be named twice
    in_columns: bool = False  # a row with an external id is what its cells say, and `format` the source it has none of
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableFile:
    """An opened table: what its columns are, and its lines behind the header."""

    layout: Layout
    size: int
    header: tuple[str, ...]
    columns: tuple[Column | None, ...]
    lines: Iterable[Line | BadRow] = field(repr=False)

    @property
    def format(self) -> str:
        return self.layout.format

    @property
    def optional(self) -> frozenset[str]:
        return self.layout.optional

    @property
    def ignored_columns(self) -> Sequence[str]:
        named = zip(self.header, self.columns, strict=True)
        return tuple(printable(name) for name, column in named if column is None and name)

    def __iter__(self) -> Iterator[Item | BadRow]:
        in_columns = self.layout.in_columns and can_read(self.layout.kind, self.columns)
        for group in _groups(self.lines):
            good = [line for line in group if not isinstance(line, BadRow)]
            plain: Iterator[Item | None] = repeat(None)
            if in_columns:
                plain = read_columns(self.layout.kind, self.format, self.columns, good)
            for line in group:
                yield line if isinstance(line, BadRow) else next(plain) or self._read(*line)

    def _read(self, line: int, cells: Sequence[str]) -> Item | BadRow:
        if len(cells) > len(self.columns):
            return BadRow(line, None, f"{len(cells)} cells, but the header names {len(self.columns)} columns")
        row: dict[str, Any] = {}
        for name, column, cell in zip(self.header, self.columns, cells, strict=False):
            if column is None or not (text := cell.strip()):
                continue  # an empty cell says nothing, so the field stays as it is
            try:
                _put(row, column, text)
            except ValueError as error:
                return BadRow(line, printable(name), str(error))
        try:
            row = self.layout.finish(row)
        except ValueError as error:
            return BadRow(line, None, str(error))
        return read_row(self.layout.kind, line, row, lambda wrong: self._origin(cells, path_of(wrong)))

    def _origin(self, cells: Sequence[str], path: Sequence[str]) -> str | None:
        """Return the header of the column that a wrong field, or the wrong one of a list, came from."""
        if not path:
            return None
        row: dict[str, Any] = {}
        position = int(path[1]) if len(path) > 1 and path[1].isdecimal() else 0
        for name, column, cell in zip(self.header, self.columns, cells, strict=False):
            if column is None or not cell.strip() or column.whole != path[0]:
                continue
            _put(row, column, cell.strip())
            if column.part in {"", *path[1:2]} and (not column.is_list or len(row[column.whole]) > position):
                return name
        return path[0]


def _groups(lines: Iterable[Line | BadRow]) -> Iterator[list[Line | BadRow]]:
    """Yield lines as many at a time as are held at once."""
    group: list[Line | BadRow] = []
    room = GROUP_CHARACTERS
    for line in lines:
        group.append(line)
        room -= 0 if isinstance(line, BadRow) else sum(map(len, line[1]))
        if len(group) == GROUP_ROWS or room < 0:
            yield group
            group, room = [], GROUP_CHARACTERS
    if group:
        yield group


def _put(row: dict[str, Any], column: Column, text: str) -> None:
    value = column.read(text)
    if column.is_list:
        values = row.setdefault(column.whole, [])
        values += [one for one in (value if isinstance(value, list) else [value]) if one not in values]
    elif column.part:
        parts = row.setdefault(column.whole, {})
        if not isinstance(parts, dict):
            raise ValueError("is given in parts, and whole in another column")
        parts.setdefault(column.part, value)
    else:
        row.setdefault(column.whole, value)


def open_table(layout: Layout, header: Sequence[str], lines: Iterable[Line | BadRow], size: int) -> TableFile:
    """Find the layout's columns in a header; raise Invalid when there is none of them, or one twice."""
    names = tuple(name.strip() for name in header)
    columns = tuple(layout.column(name.lower()) for name in names)
    known = [column.target for column in columns if column]
    twice = layout.once and len(set(known)) < len(known)
    if not known or twice or len(names) > COLUMNS_LIMIT:
        raise Invalid(
            f"The first line names no known column, one twice, or more than {COLUMNS_LIMIT}.",
            code="bad_header",
            fields=[FieldError("#/file", "Name each column once, in the first line.")],
        )
    return TableFile(layout, size, names, columns, lines)
