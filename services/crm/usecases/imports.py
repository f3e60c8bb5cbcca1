"""Import the rows of a file: in batches, each a transaction of its own, or all or nothing."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from kit.db import Connection, Pool, workspace
from kit.errors import Invalid
from services.crm.domain import BadRow, Item, Outcome
from services.crm.usecases.facts import Kind, batch_of, push
from services.crm.usecases.known import PEOPLE, Known
from services.crm.usecases.new_rows import Batch

BATCH_ROWS = 5_000
BATCH_CHARACTERS = 4_000_000
ERRORS_REPORTED = 1_000
TURN_S = 0.0005
UNKNOWN = "unknown_reference"

Progress = Callable[[int], Awaitable[None]]


def take_short_turns() -> None:
    """Let Python's threads take turns ten times as often as by default: for the process that imports, at its start.

    The thread that reads a file never waits for anything. Whoever writes would wait 5 ms for his turn at each of the
    dozen statements of a batch, and PostgreSQL with him: a third of the whole time, measured.
    """
    sys.setswitchinterval(TURN_S)


@dataclass(slots=True)
class Tally:
    """What has become of the rows so far."""

    counts: Counter[str] = field(default_factory=Counter)
    bad: list[BadRow] = field(default_factory=list)
    optional: frozenset[str] = frozenset()
    unresolved: Counter[str] = field(default_factory=Counter)

    def reject(self, row: BadRow) -> None:
        self.counts["rejected"] += 1
        if len(self.bad) < ERRORS_REPORTED:
            self.bad.append(row)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        self.counts.update(one.status for one in outcomes if one.status != "rejected")
        for one in outcomes:
            if one.status == "rejected":
                first = one.fields[0]
                self.reject(BadRow(one.index, first.pointer.removeprefix("#/"), first.detail))

    @property
    def rows(self) -> int:
        return self.counts.total()

    def report(self) -> dict[str, Any]:
        statuses = {name: self.counts[name] for name in ("created", "updated", "unchanged", "rejected")}
        bad = sorted(self.bad, key=lambda row: row.line)
        errors = [{"line": row.line, "column": row.column, "reason": row.reason} for row in bad]
        omitted = self.counts["rejected"] - len(errors)
        return {**statuses, "errors": errors, "errors_omitted": omitted, "unresolved_references": dict(self.unresolved)}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of a file at once: how many rows, the good ones as a batch, the bad ones."""

    rows: int
    batch: Batch
    bad: Sequence[BadRow]


@dataclass(frozen=True, slots=True)
class Into:
    """Where a file goes, each batch in a transaction of its own or all in the one that is open; whom we know there."""

    transaction: Callable[[], Any]
    workspace_id: UUID
    kind: Kind
    erasure_key: bytes
    known: Known


async def import_rows(
    pool: Pool,
    workspace_id: UUID,
    kind: Kind,
    rows: Iterable[Item | BadRow],
    *,
    strict: bool,
    progress: Progress,
    erasure_key: bytes,
    optional: frozenset[str] = frozenset(),
) -> Tally:
    """Push every good row and report every bad one; `progress` is told the number of rows dealt with.

    References in `optional` that lead nowhere are left out and counted; any other makes its row a bad one.
    With `strict` everything is one transaction, and one bad row raises Invalid with the report: nothing is imported.
    """
    tally, remaining, known = Tally(optional=optional), iter(rows), Known(PEOPLE)
    if strict:
        async with workspace(pool, workspace_id) as connection:
            into = Into(_one_transaction(connection), workspace_id, kind, erasure_key, known)
            await _import(into, remaining, tally, progress)
            if tally.bad:
                raise Invalid(
                    "The file has bad rows, and strict imports all or nothing.",
                    code="rows_rejected",
                    extra=tally.report() | {"created": 0, "updated": 0, "unchanged": 0},
                )
    else:
        into = Into(lambda: workspace(pool, workspace_id), workspace_id, kind, erasure_key, known)
        await _import(into, remaining, tally, progress)
    return tally


async def _import(into: Into, rows: Iterator[Item | BadRow], tally: Tally, progress: Progress) -> None:
    """Write one batch while the next is read, in a thread: reading is work for us, writing for PostgreSQL."""
    done = 0
    taken = await asyncio.to_thread(_take, into, rows)
    while taken.rows:
        writing = asyncio.create_task(_write(into, taken, tally))
        try:
            upcoming = await asyncio.to_thread(_take, into, rows)
        finally:
            await writing
        done += taken.rows
        await progress(done)
        taken = upcoming


def _take(into: Into, rows: Iterator[Item | BadRow]) -> Taken:
    found: list[Item | BadRow] = []
    room = BATCH_CHARACTERS
    for row in islice(rows, BATCH_ROWS):
        found.append(row)
        room -= _characters(row) if isinstance(row, Item) else 0
        if room < 0:
            break
    good = [row for row in found if isinstance(row, Item)]
    return Taken(len(found), batch_of(into.kind, good, into.known), [row for row in found if isinstance(row, BadRow)])


def _characters(item: Item) -> int:
    """Return about how long a row is: rows at their limits are taken fewer at a time."""
    return len(str(item.patch))


async def _write(into: Into, taken: Taken, tally: Tally) -> None:
    async with into.transaction() as connection:
        outcomes = await _push(into, connection, taken.batch)
        if lost := _lost(outcomes, tally.optional):
            again = [_without(item, lost[item.index]) for item in taken.batch.items if item.index in lost]
            second = await _push(into, connection, batch_of(into.kind, again))
            pushed = {one.index: one for one in second}
            outcomes = [pushed.get(outcome.index, outcome) for outcome in outcomes]
    for row in taken.bad:
        tally.reject(row)
    tally.add(outcomes)
    tally.unresolved.update(lost.values())


async def _push(into: Into, connection: Connection, batch: Batch) -> list[Outcome]:
    """Push a batch; look everybody up again where somebody we knew is gone, whom none of our writers deleted."""
    try:
        return await push(connection, into.workspace_id, into.kind, batch, into.erasure_key, into.known)
    except ForeignKeyViolation:
        if not into.known.ids:
            raise
        into.known.forget()
        return await push(connection, into.workspace_id, into.kind, batch, into.erasure_key, into.known)


def _lost(outcomes: Sequence[Outcome], optional: frozenset[str]) -> dict[int, str]:
    """Return the rows that were refused for an optional reference alone, each with its field."""
    fields = {one.index: one.fields[0].pointer.removeprefix("#/") for one in outcomes if one.code == UNKNOWN}
    return {index: name for index, name in fields.items() if name in optional}


def _without(item: Item, name: str) -> Item:
    return replace(item, patch={key: value for key, value in item.patch.items() if key != name})


def _one_transaction(connection: Connection) -> Callable[[], Any]:
    @asynccontextmanager
    async def already_open() -> AsyncIterator[Connection]:
        yield connection

    return already_open
