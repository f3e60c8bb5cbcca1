"""What a job is to those who asked for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


class JobCancelled(Exception):
    """Somebody asked for a running job to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `done` of `total` steps in the job's own unit, `total` None while it is not known."""

    id: UUID
    workspace_id: UUID
    kind: str
    state: str
    arguments: dict[str, Any]
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    request_id: str | None
    traceparent: str | None

    @property
    def trace(self) -> dict[str, str]:
        """What logs and calls of this job say of the request that asked for it."""
        ids = {"request_id": self.request_id, "traceparent": self.traceparent}
        return {name: value for name, value in ids.items() if value is not None}
