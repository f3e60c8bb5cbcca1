"""`rapport import`: sends files to the import endpoint, follows the jobs, shows what became of the rows."""

import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.client import Api, Job
from deploy.errors import StackError

ROWS_SHOWN = 50
STDIN = "-"
PACKED = ".gz"
AUTO = "auto"  # the service tells the format by the content


def import_files(
    api: Api, kind: str, files: list[str], *, strict: bool, console: Console, file_format: str = AUTO
) -> bool:
    """Import one file after the other; return whether all went as asked."""
    for name in files:
        if name != STDIN and not Path(name).is_file():
            raise StackError(f"there is no file {name}: nothing was imported")
    went_well = [
        import_file(api, kind, name, strict=strict, console=console, file_format=file_format) for name in files
    ]
    return all(went_well)


def import_file(api: Api, kind: str, name: str, *, strict: bool, console: Console, file_format: str = AUTO) -> bool:
    label = "standard input" if name == STDIN else Path(name).name.removesuffix(PACKED)
    with _opened(name) as file:
        return send(api, kind, label, file, strict=strict, console=console, file_format=file_format)


def send(
    api: Api, kind: str, label: str, file: IO[bytes], *, strict: bool, console: Console, file_format: str = AUTO
) -> bool:
    """Import what `file` holds, under the name `label`; show its progress and what became of it."""
    with bars(console) as progress:
        task = progress.add_task(f"Importing {label}", total=None)
        answer = api.request(
            "POST",
            "/crm/imports",
            data={"kind": kind, "strict": str(strict).lower(), "format": file_format},
            files={"file": (label, file)},
        )
        job = api.wait_for(
            "crm",
            Job.from_json(answer),
            lambda job: progress.update(task, completed=job.done, total=job.total),
        )
        if job.state == "succeeded":
            progress.update(task, completed=job.done, total=job.total or job.done)
    return _report(label, job, strict=strict, console=console)


def bars(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """The file; standard input and a packed file in a file of their own: what is sent must have a length."""
    if name != STDIN and not name.endswith(PACKED):
        with Path(name).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        if name == STDIN:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        else:
            _unpack(name, copy)
        copy.seek(0)
        yield copy


def _unpack(name: str, copy: IO[bytes]) -> None:
    try:
        with gzip.open(name) as packed:
            shutil.copyfileobj(packed, copy)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise StackError(f"{name} is not a whole gzip file: {error}") from error


def _report(label: str, job: Job, *, strict: bool, console: Console) -> bool:
    report = job.result or job.error
    if job.state == "succeeded":
        names = ("created", "updated", "unchanged", "rejected")
        counts = ", ".join(f"{report.get(name, 0)} {name}" for name in names)
        named = f" ({report['format']})" if report.get("format") else ""
        console.print(Text(f"{label}{named}: {counts}"))
        for field, count in (report.get("unresolved_references") or {}).items():
            rows = "1 row was" if count == 1 else f"{count} rows were"
            console.print(f"{rows} imported without {field}: it is not here yet. Import it, then this file again.")
        if ignored := report.get("ignored_columns"):
            console.print(Text(f"These columns are not known and were left out: {', '.join(ignored)}", style="yellow"))
    else:
        reason = job.error.get("detail") or f"the job {job.state}"
        console.print(Text(f"{label}: not imported. {reason}", style="red"))
    _show_bad_rows(report, console)
    taken = any(report.get(name) for name in ("created", "updated", "unchanged"))
    return job.state == "succeeded" and not (report.get("rejected") and (strict or not taken))


def _show_bad_rows(report: dict[str, Any], console: Console) -> None:
    errors = report.get("errors") or []
    if not errors:
        return
    table = Table("line", "column", "reason", title="What is wrong", title_justify="left")
    for error in errors[:ROWS_SHOWN]:
        cells = (error.get("line") or "", error.get("column") or "", error.get("reason") or _of_the_file(error))
        table.add_row(*(Text(str(cell)) for cell in cells))
    console.print(table)
    hidden = len(errors[ROWS_SHOWN:]) + int(report.get("errors_omitted") or 0)
    if hidden:
        console.print(f"and {hidden} more")


def _of_the_file(error: dict[str, Any]) -> str:
    """What is wrong with the file as a whole, and what it may be."""
    allowed = (f"{name}: {value}" for name, value in (error.get("allowed") or {}).items())
    return "\n".join([str(error.get("detail") or ""), *allowed])
