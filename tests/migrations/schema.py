"""The schema of a service as its migrations leave it: what `pg_dump` says of what is ours, the same in every run."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from deploy.embedded import postgres

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "schema"
SECTION = re.compile(r"^--\n-- Name: (?P<name>.*?); Type: .*\n--\n\n", re.MULTILINE)
SESSION = re.compile(r"^(?:SET .*;|\\(?:un)?restrict .*|-- .*|--)\n", re.MULTILINE)


def services() -> list[str]:
    """Return those with tables, the gateway too; crm first, the others read its views."""
    found = {"gateway", *(path.parent.name for path in (ROOT / "services").glob("*/migrations"))}
    return sorted(found, key=lambda service: (service != "crm", service))


def dump(server: postgres.Server, service: str) -> str:
    """Return the statements that would make a service's schemas, in pg_dump's own order."""
    return "\n".join(f"{statements}\n" for statements in _sections(_pg_dump(server, service)))


def _pg_dump(server: postgres.Server, service: str) -> str:
    where = conninfo_to_dict(server.conninfo())
    schemas = [f"--schema={schema}" for schema in sorted({service, "crm_store" if service == "crm" else service})]
    done = subprocess.run(  # noqa: S603
        [postgres.binary("pg_dump"), "--schema-only", *schemas],
        env={f"PG{name.upper().replace('DBNAME', 'DATABASE')}": str(value) for name, value in where.items()},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _sections(text: str) -> Iterator[str]:
    """Yield what makes each thing of ours.

    Procrastinate's things are its own releases' affair, and an index of one workspace is made with its data.
    """
    starts = list(SECTION.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=True):
        if "procrastinate" not in start["name"] and not start["name"].startswith("vectors_near_"):
            yield re.sub(r"\n{3,}", "\n", SESSION.sub("", text[start.end() : end])).strip()
