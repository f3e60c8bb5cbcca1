"""Files to import."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response, UploadFile

from kit.db import workspace
from kit.jobs import JobOut
from kit.jobs.routes import accepted
from services.crm.routes.callers import PoolDep, QueueDep, Writer
from services.crm.usecases import uploads

router = APIRouter()

ImportKind = Literal[
    "contacts", "users", "accounts", "links", "interactions", "account_signals", "research_runs", "user_interactions"
]


@router.post("/imports", status_code=202, tags=["imports"])
async def import_file(
    who: Writer,
    pool: PoolDep,
    queue: QueueDep,
    response: Response,
    file: UploadFile,
    kind: Annotated[ImportKind, Form(description="what its rows are")],
    strict: Annotated[bool, Form(description="one bad row stops everything")] = False,
) -> JobOut:
    """Import a CSV file whose first line names our own columns; the job reports bad rows by line and column."""
    async with workspace(pool, who.workspace_id) as connection:
        job = await uploads.receive(connection, queue, who.workspace_id, file, kind=kind, strict=strict)
    return accepted(response, "crm", job)
