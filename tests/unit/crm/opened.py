"""How the tests of import formats open a file that is written in the test itself."""

import io
from typing import Any

from services.crm.domain import BadRow, Item
from services.crm.schemas.files.encoding import Utf8Writer
from services.crm.schemas.files.formats import open_file
from services.crm.schemas.files.identity import RowFile


def opened(content: bytes | str, kind: str = "contacts", file_format: str = "auto") -> RowFile:
    """Open a file as the worker does, in pieces of one byte."""
    raw = content.encode() if isinstance(content, str) else content
    spool = io.BytesIO()
    writer = Utf8Writer(spool)
    for byte in raw:
        writer.write(bytes([byte]))
    writer.close()
    return open_file(spool, kind, file_format)


def items(content: bytes | str, kind: str = "contacts", file_format: str = "auto") -> list[Item]:
    rows = list(opened(content, kind, file_format))
    assert [row for row in rows if isinstance(row, BadRow)] == []
    return [row for row in rows if isinstance(row, Item)]


def patches(content: bytes | str, kind: str = "contacts", file_format: str = "auto") -> list[dict[str, Any]]:
    return [dict(item.patch) for item in items(content, kind, file_format)]


def bad(content: bytes | str, kind: str = "contacts", file_format: str = "auto") -> list[BadRow]:
    return [row for row in opened(content, kind, file_format) if isinstance(row, BadRow)]
