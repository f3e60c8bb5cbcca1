"""Puts the sample into a running stack: every file in its order, with its times moved."""

import csv
import hashlib
import tempfile
from itertools import islice

from rich.console import Console

from deploy.client import Api
from deploy.errors import StackError
from deploy.importing import send
from deploy.sample import FILES, SIMULATED, WORKSPACE_NAME
from deploy.sample.shift import opened, shift_csv, shift_rows

PUSH_ROWS = 1_000
LINES = ".jsonl.gz"


def digest() -> str:
    """Return what tells this sample from another version of it."""
    together = hashlib.sha256()
    for path in FILES.values():
        together.update(hashlib.sha256(path.read_bytes()).digest())
    return together.hexdigest()


def load(api: Api, console: Console, *, days: int) -> None:
    """Import all files, each whole or not at all; a second time nothing changes."""
    api.request("PUT", "/crm/workspace", json={"name": WORKSPACE_NAME})
    for kind, path in FILES.items():
        if path.name.endswith(LINES):
            _push(api, kind, console, days=days)
        else:
            _import(api, kind, console, days=days)


def _import(api: Api, kind: str, console: Console, *, days: int) -> None:
    label = f"{kind.replace('_', ' ')}{' (simulated)' if kind in SIMULATED else ''}"
    with tempfile.TemporaryFile() as moved:
        with opened(FILES[kind]) as file:
            shift_csv(file, moved, days)
        moved.seek(0)
        if not send(api, kind, label, moved, strict=True, console=console):
            raise StackError("the sample could not be imported: the rows above say why")


def _push(api: Api, kind: str, console: Console, *, days: int) -> None:
    """Push rows that no table can hold: their findings are objects."""
    with opened(FILES[kind]) as file:
        rows = shift_rows(file, days)
        while items := list(islice(rows, PUSH_ROWS)):
            results = api.request("PUT", f"/crm/{kind}", json={"items": items})["results"]
            if any(result["status"] == "rejected" for result in results):
                raise StackError(f"the sample could not be imported: {kind} were refused")
    console.print(f"{kind.replace('_', ' ')} (simulated): pushed")


def count(kind: str) -> int:
    """Return how many rows of a kind the sample has."""
    with opened(FILES[kind]) as file:
        if FILES[kind].name.endswith(LINES):
            return sum(1 for _ in file)
        return sum(1 for _ in csv.reader(file)) - 1
