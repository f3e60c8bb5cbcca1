"""Which workspace is meant where nobody names one, and which sample was imported when; remembered in the home."""

import json
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from deploy import secrets
from deploy.embedded.home import Home


def meant(home: Home, has_facts: Callable[[UUID], bool]) -> UUID:
    """This home's own; the sample's where that was imported and nothing else was: nobody's people hide behind it."""
    mine, sample = own(home), _sample(home)
    return UUID(sample["workspace_id"]) if sample and not has_facts(mine) else mine


def own(home: Home) -> UUID:
    """The workspace of whoever runs this home, made at the first start."""
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
    note = {"workspace_id": str(workspace_id), "sha256": digest}
    secrets.write_private(home.root / "sample", json.dumps(note).encode())


def mean(home: Home, workspace_id: UUID) -> None:
    """Until the running stack ends, this workspace is the one meant."""
    endpoint = json.loads(home.endpoint.read_text())
    endpoint["workspace_id"] = str(workspace_id)
    secrets.write_private(home.endpoint, json.dumps(endpoint, indent=2).encode())


def _sample(home: Home) -> dict[str, str]:
    path = home.root / "sample"
    if not path.exists():
        return {}
    note: dict[str, str] = json.loads(path.read_text())
    return note
