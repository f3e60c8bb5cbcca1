"""What a file is written in: UTF-8 or, where it says so itself, UTF-16; anything else is refused by its line."""

import codecs
from typing import IO

from kit.errors import FieldError, Invalid

PIECE_BYTES = 1024 * 1024
MARK_BYTES = 4  # of the longest byte order mark, that of UTF-32
ENCODINGS = "UTF-8, UTF-16 with a byte order mark"
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Utf8Writer:
    """Writes the pieces of an upload as UTF-8 without a byte order mark; UTF-16 is told by its own."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start: bytes | None = b""
        self._utf16: codecs.IncrementalDecoder | None = None
        self._lines = 0

    def write(self, piece: bytes) -> None:
        if self._start is None:
            self._write(piece, final=False)
            return
        self._start += piece
        if len(self._start) >= MARK_BYTES:
            self._begin(self._start)

    def close(self) -> None:
        if self._start is not None:
            self._begin(self._start)
        self._write(b"", final=True)

    def _begin(self, start: bytes) -> None:
        self._start = None
        if start.startswith(UTF_32):
            raise not_readable(1, "UTF-8")
        if start.startswith(UTF_16):
            self._utf16 = codecs.getincrementaldecoder("utf-16")()
        self._write(start.removeprefix(codecs.BOM_UTF8), final=False)

    def _write(self, piece: bytes, *, final: bool) -> None:
        if self._utf16 is None:
            self._file.write(piece)
            return
        try:
            text = self._utf16.decode(piece, final)
        except UnicodeDecodeError as error:
            text = error.object[: error.start - error.start % 2].decode("utf-16-le", "replace")
            raise not_readable(self._lines + 1 + text.count("\n"), "UTF-16") from error
        self._lines += text.count("\n")
        self._file.write(text.encode())


def count_lines(file: IO[bytes]) -> int:
    """Read a whole file as UTF-8 and return its lines; raise Invalid with the first that is something else."""
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    file.seek(0)
    while True:
        piece = file.read(PIECE_BYTES)
        try:
            decoder.decode(piece, not piece)
        except UnicodeDecodeError as error:
            raise not_readable(lines + 1 + error.object[: error.start].count(b"\n"), "UTF-8") from error
        if not piece:
            return lines
        lines += piece.count(b"\n")


def not_readable(line: int, encoding: str) -> Invalid:
    where = FieldError("#/file", f"Line {line} is not {encoding}.", allowed={"encoding": ENCODINGS})
    return Invalid(f"Line {line} of the file is not {encoding}; save it as UTF-8.", code="bad_encoding", fields=[where])
