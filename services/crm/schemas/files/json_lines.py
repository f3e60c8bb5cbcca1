"""JSON Lines: each line an item as a push has it."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, NoReturn

from kit.errors import FieldError
from services.crm.domain import BadRow, Item
from services.crm.schemas.files.identity import identified, path_of, read_row

FORMAT = "json"
LINE_CHARACTERS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class JsonFile:
    """An opened file of JSON Lines."""

    kind: str
    size: int
    file: IO[bytes]
    format: str = FORMAT
    ignored_columns: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Item | BadRow]:
        self.file.seek(0)
        text, number = io.TextIOWrapper(self.file, encoding="utf-8-sig", newline="\n"), 0
        while line := text.readline(LINE_CHARACTERS + 1):
            number += 1
            if len(line) > LINE_CHARACTERS:
                while line and not line.endswith("\n"):
                    line = text.readline(LINE_CHARACTERS)
                yield BadRow(number, None, f"a line of more than {LINE_CHARACTERS:,} characters")
            elif line.strip():
                yield self._read(number, line)
        text.detach()  # closing the file is its owner's business

    def _read(self, number: int, line: str) -> Item | BadRow:
        try:
            row = json.loads(line, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            return BadRow(number, None, f"not JSON: {error.msg} at character {error.pos + 1}")
        except (ValueError, RecursionError):
            return BadRow(number, None, "not JSON: a number or a nesting beyond all bounds")
        if not isinstance(row, dict):
            return BadRow(number, None, "not a JSON object with the fields of a row")
        return read_row(self.kind, number, identified(row, self.kind, FORMAT), _field)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _field(wrong: FieldError) -> str | None:
    return next(iter(path_of(wrong)), None)
