"""Makes the sample's files from the public data they come from; the same data gives the same bytes.

`python -m deploy.sample.build [FOLDER]`; the folder is ../shared/data unless named. README.md says what is in them.
"""

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.embedded.home import REPOSITORY
from deploy.sample import FILES, FUTURE, clicks, companies, fiction, mail, people, research, signals

DATA = REPOSITORY.parent / "shared" / "data"


def main(data: Path = DATA) -> None:
    log = data / "enron-perry-wolfe"
    accounts = companies.read(data / "yc-companies")
    seen = signals.simulate(accounts)
    write(FILES["contacts"], table(people.COLUMNS, people.rows(log)))
    write(FILES["accounts"], table(companies.COLUMNS, companies.rows(accounts)))
    write(FILES["users"], table(fiction.USER_COLUMNS, fiction.user_rows()))
    write(FILES["interactions"], table(mail.COLUMNS, mail.rows(log, past=True)))
    write(FUTURE, table(mail.COLUMNS, mail.rows(log, past=False)))
    write(FILES["account_signals"], table(signals.COLUMNS, signals.rows(seen)))
    write(FILES["research_runs"], lines(research.rows(accounts, seen)))
    write(FILES["user_interactions"], table(clicks.COLUMNS, clicks.rows(accounts, seen)))


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def lines(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def write(path: Path, content: bytes) -> None:
    """Write a file, compressed where its name says so: without a time in it, the same content is the same file."""
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
