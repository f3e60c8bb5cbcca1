"""The job endpoints every service has: ask, list, look, cancel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from kit.auth import Identity, require
from kit.db import workspace
from kit.errors import NotFound
from kit.jobs import store
from kit.jobs.domain import Job
from kit.jobs.queue import Queue
from kit.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from kit.wire import Instant

Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Progress(BaseModel):
    done: int = Field(ge=0)
    total: int | None = Field(default=None, ge=0, description="null while it is not known")


class JobOut(BaseModel):
    """A job and how far it has come."""

    id: UUID
    kind: str
    state: State
    progress: Progress
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    request_id: str | None = Field(default=None, description="of the request that asked for it; the night asks itself")

    @classmethod
    def from_domain(cls, job: Job) -> Self:
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            progress=Progress(done=job.done, total=job.total),
            result=job.result,
            error=job.error,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            request_id=job.request_id,
        )


class JobsOut(BaseModel):
    items: list[JobOut]
    next_cursor: str | None = None


def accepted(response: Response, capability: str, job: Job) -> JobOut:
    """Point the answer at the job it speaks of."""
    response.headers["Location"] = f"/api/ml/{capability}/jobs/{job.id}"
    return JobOut.from_domain(job)


def jobs_router(capability: str, *, on_demand: Mapping[str, str], takes_as_of: bool = False) -> APIRouter:
    """Return the job endpoints of a capability; `on_demand` maps the kinds one may ask for to what they do.

    With `takes_as_of` a caller may name the time whose facts they use; a job then finds it in its arguments.
    """
    router = APIRouter(prefix=f"/api/ml/{capability}/jobs", tags=[f"{capability} jobs"])
    _add_readers(router)
    if on_demand:
        _add_request(router, capability, on_demand, takes_as_of=takes_as_of)
    return router


def _add_request(router: APIRouter, capability: str, on_demand: Mapping[str, str], *, takes_as_of: bool) -> None:
    class JobRequest(BaseModel, extra="forbid"):
        kind: Literal[*on_demand] = Field(  # type: ignore[valid-type]  # the kinds are the service's own
            description="; ".join(f"{kind}: {what}" for kind, what in on_demand.items())
        )

    class TimedJobRequest(JobRequest):
        as_of: Instant | None = Field(default=None, description="use the facts up to this time; now where left out")

    body_type = TimedJobRequest if takes_as_of else JobRequest

    @router.post("", status_code=202, operation_id=f"request_{capability}_job")
    async def request_job(who: Writer, body: body_type, request: Request, response: Response) -> JobOut:  # type: ignore[valid-type]
        """Ask for a job; one of the same kind that is still waiting is returned instead."""
        queue: Queue = request.app.state.queue
        asked = body.model_dump(mode="json", exclude_none=True)  # type: ignore[attr-defined]  # a BaseModel, chosen above
        kind = asked.pop("kind")
        key = ":".join((kind, *asked.values()))
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            job = await queue.enqueue(connection, who.workspace_id, kind, asked, unique_key=key)
        return accepted(response, capability, job)


def _add_readers(router: APIRouter) -> None:
    capability = router.prefix.split("/")[-2]

    @router.get("", operation_id=f"list_{capability}_jobs")
    async def list_jobs(
        who: Reader,
        request: Request,
        kind: Annotated[str | None, Query(max_length=40, pattern="^[a-z_]+$")] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> JobsOut:
        """List jobs, newest first."""
        after = decode_cursor(cursor) if cursor else None
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            found = await store.page(connection, who.workspace_id, kind=kind, after=after, limit=limit + 1)
        more = len(found) > limit
        items = [JobOut.from_domain(job) for job in found[:limit]]
        return JobsOut(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)

    @router.get("/{job_id}", operation_id=f"read_{capability}_job")
    async def read_job(who: Reader, request: Request, job_id: UUID) -> JobOut:
        """Look at one job."""
        return JobOut.from_domain(await _job(request, who, job_id))

    @router.delete("/{job_id}", operation_id=f"cancel_{capability}_job")
    async def cancel_job(who: Writer, request: Request, job_id: UUID) -> JobOut:
        """Stop a job: at once while it waits, at its next step while it runs. One that has ended stays as it is."""
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            await store.cancel(connection, who.workspace_id, job_id)
        return JobOut.from_domain(await _job(request, who, job_id))


async def _job(request: Request, who: Identity, job_id: UUID) -> Job:
    async with workspace(request.app.state.pool, who.workspace_id) as connection:
        job = await store.one(connection, who.workspace_id, job_id)
    if job is None:
        raise NotFound("There is no such job.", code="job_not_found")
    return job
