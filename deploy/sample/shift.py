"""Moves the times of a sample's file by whole days, as it is imported; everything else stays as it is written."""

import csv
import gzip
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from deploy.sample import CUTOFF

TIMES = frozenset({"occurred_at", "observed_at", "ran_at", "last_funding_at"})


def days_until(day: date) -> int:
    """Return how many days the sample's times are from those it has when its last day is `day`."""
    return (day - CUTOFF.date()).days


def opened(path: Path) -> IO[str]:
    """Open a sample's file as text, packed or not."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def shift_csv(source: IO[str], target: IO[bytes], days: int) -> None:
    """Copy a CSV file with the times of its columns moved."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    rows, writer = csv.reader(source), csv.writer(text, lineterminator="\n")
    columns = next(rows)
    moved = [index for index, name in enumerate(columns) if name in TIMES]
    writer.writerow(columns)
    for row in rows:
        for index in moved:
            row[index] = shift_time(row[index], days)
        writer.writerow(row)
    text.detach()


def shift_lines(source: IO[str], target: IO[bytes], days: int) -> None:
    """Copy a JSON Lines file with the times of its objects moved, at whatever depth."""
    for line in source:
        moved = _shift_object(json.loads(line), days)
        target.write(f"{json.dumps(moved, ensure_ascii=False)}\n".encode())


def shift_time(time: str, days: int) -> str:
    return (datetime.fromisoformat(time) + timedelta(days=days)).isoformat() if time else time


def _shift_object(row: dict[str, Any], days: int) -> dict[str, Any]:
    return {name: _shift_value(name, value, days) for name, value in row.items()}


def _shift_value(name: str, value: Any, days: int) -> Any:
    if isinstance(value, dict):
        return _shift_object(value, days)
    return shift_time(value, days) if name in TIMES else value
