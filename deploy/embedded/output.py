"""Where the stack's lines go: prefixed and coloured to the terminal, as they are to a rotated file for each process."""

import os
import re
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

FILE_LIMIT_BYTES = 5 * 1024 * 1024
FILES_KEPT = 3
TAIL_LINES = 20
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
LAUNCHER = "rapport"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # a log line must not drive the reader's terminal


class RotatedFile:
    """Appends lines; a full file becomes `name.1`, the one before it `name.2`, and so on."""

    def __init__(self, path: Path, *, limit_bytes: int = FILE_LIMIT_BYTES, kept: int = FILES_KEPT) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._kept = kept
        self._open()

    def write(self, line: str) -> None:
        data = line.encode("utf-8", "replace") + b"\n"
        with suppress(OSError):  # a full disk must not stop the process whose lines these are
            if self._size and self._size + len(data) > self._limit_bytes:
                self._rotate()
            self._file.write(data)
            self._size += len(data)

    def close(self) -> None:
        self._file.close()

    def _open(self) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "ab", buffering=0)
        self._size = os.fstat(handle).st_size

    def _rotate(self) -> None:
        self._file.close()
        for number in range(self._kept, 0, -1):
            older = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number - 1}")
            with suppress(FileNotFoundError):
                older.rename(self._path.with_name(f"{self._path.name}.{number}"))
        self._open()


class Output:
    """Takes every process' lines; keeps the last few of each for the report of a failed start."""

    def __init__(self, folder: Path, names: list[str], *, show_logs: bool) -> None:
        self._show_logs = show_logs
        self._folder = folder
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._width = max(len(name) for name in (*names, LAUNCHER))
        self._names = [LAUNCHER, *names]
        self._files = {name: RotatedFile(folder / f"{name}.log") for name in self._names}
        self._tails: dict[str, deque[str]] = {name: deque(maxlen=TAIL_LINES) for name in self._names}

    def line(self, name: str, text: str) -> None:
        """One line of a process."""
        self._files[name].write(text)
        self._tails[name].append(text)
        if self._show_logs:
            self._print(name, text)

    def event(self, text: str) -> None:
        """One line of the launcher's own: always shown."""
        self._files[LAUNCHER].write(text)
        self._print(LAUNCHER, text)

    def where(self, name: str) -> str:
        """Where to read on, for a reader who does not see the lines here."""
        return "" if self._show_logs else f" (see {self._folder / name}.log)"

    def tail(self, name: str) -> list[str]:
        return list(self._tails[name])

    def forget(self, name: str) -> None:
        """A new attempt begins: its report shall hold its own lines only."""
        self._tails[name].clear()

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _print(self, name: str, text: str) -> None:
        label = name.ljust(self._width)
        if self._colour:
            colour = 1 if name == LAUNCHER else COLOURS[self._names.index(name) % len(COLOURS)]
            label = f"\x1b[{colour}m{label}\x1b[0m"
        with suppress(OSError, ValueError):  # the terminal is gone; the files are not
            sys.stdout.write(f"{label} | {_CONTROL.sub('', text)}\n")
            sys.stdout.flush()
