"""Files to import."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Response, UploadFile

from kit.db import workspace
from kit.jobs import JobOut
from kit.jobs.routes import accepted
from services.crm.routes.callers import PREFIX, PoolDep, QueueDep, Writer
from services.crm.schemas.examples import FILE
from services.crm.schemas.files.formats import AUTO, Format
from services.crm.usecases import uploads

router = APIRouter(prefix=PREFIX)

ImportKind = Literal[
    "contacts", "users", "accounts", "links", "interactions", "account_signals", "research_runs", "user_interactions"
]
FORMATS = "what the file is; auto tells by its content: cards and JSON by how they begin, tables by their first line"


@router.post("/imports", status_code=202, tags=["imports"])
async def import_file(
    who: Writer,
    pool: PoolDep,
    queue: QueueDep,
    response: Response,
    file: Annotated[UploadFile, File(examples=[FILE])],
    kind: Annotated[ImportKind, Form(description="what its rows are")],
    strict: Annotated[bool, Form(description="one bad row stops everything")] = False,
    format: Annotated[Format, Form(description=FORMATS)] = AUTO,  # noqa: A002  the field's name
) -> JobOut:
    """Import a file of UTF-8, or UTF-16 with a byte order mark; the job reports bad rows by line, column and reason.

    Rows of every kind: CSV whose first line names our own columns (lists separated by `;`, `custom.anything`, other
    rows as `contact_id.source` and `contact_id.external_id`), and JSON Lines of items as in a push. Contacts also:
    Google Contacts CSV, LinkedIn's Connections.csv, HubSpot's and Salesforce's exports, vCard 2.1, 3.0 and 4.0.
    Accounts also: Salesforce's export. The job's result names the format, counts the rows and lists
    `ignored_columns`; the same file again changes nothing.
    """
    async with workspace(pool, who.workspace_id) as connection:
        job = await uploads.receive(
            connection, queue, who.workspace_id, file, kind=kind, file_format=format, strict=strict
        )
    return accepted(response, "crm", job)
