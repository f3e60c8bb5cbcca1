"""`python -m tests.migrations.write`: writes the schema of every service to docs/schema (part of `make api`)."""

import tempfile
from pathlib import Path

from deploy.embedded import postgres
from kit.migrate import migrate
from tests.migrations.schema import FOLDER, dump, services


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, postgres.running(Path(home), durable=False) as server:
        for service in services():
            migrate(server.conninfo(f"{service}_owner"), service)
        for service in services():
            (FOLDER / f"{service}.sql").write_text(dump(server, service), encoding="utf-8")


if __name__ == "__main__":
    main()
