"""Which workspace is meant where nobody names one, and which sample was imported when; remembered in the home."""

import json
from datetime import date
from uuid import UUID, uuid4

from deploy import secrets
from deploy.embedded.home import Home


def current(home: Home) -> UUID:
    """The sample's once it is there, else this home's own, made at the first start."""
    sample = _sample(home)
    if sample:
        return UUID(sample["workspace_id"])
    path = home.root / "workspace"
    if not path.exists():
        secrets.write_private(path, str(uuid4()).encode())
    return UUID(path.read_text().strip())


def sample_digest(home: Home) -> str | None:
    """Of the sample's files that were imported last."""
    return _sample(home).get("sha256")


def sample_day(home: Home, today: date) -> date:
    """The day that the sample's last becomes: that of its first import, so that no later one moves what is there."""
    path = home.root / "sample-day"
    if not path.exists():
        secrets.write_private(path, today.isoformat().encode())
    return date.fromisoformat(path.read_text().strip())


def remember_sample(home: Home, workspace_id: UUID, digest: str) -> None:
    """From now on the sample's workspace is the one meant, for a stack that runs as well."""
    note = {"workspace_id": str(workspace_id), "sha256": digest}
    secrets.write_private(home.root / "sample", json.dumps(note).encode())
    endpoint = json.loads(home.endpoint.read_text())
    endpoint["workspace_id"] = str(workspace_id)
    secrets.write_private(home.endpoint, json.dumps(endpoint, indent=2).encode())


def _sample(home: Home) -> dict[str, str]:
    path = home.root / "sample"
    if not path.exists():
        return {}
    note: dict[str, str] = json.loads(path.read_text())
    return note
