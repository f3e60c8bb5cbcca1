"""Take in a file to import, in pieces, together with its job; give it back to whichever worker runs that."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from kit.db import Connection, Pool, workspace
from kit.errors import FieldError, Invalid
from kit.jobs import Job, Queue
from services.crm import store
from services.crm.usecases.ownership import refuse_if_elsewhere

CHUNK_BYTES = 1024 * 1024


class Upload(Protocol):
    """What starlette's UploadFile and a file in a test have in common."""

    async def read(self, size: int = -1) -> bytes: ...


async def receive(
    connection: Connection, queue: Queue, workspace_id: UUID, file: Upload, *, kind: str, file_format: str, strict: bool
) -> Job:
    """Store a file and enqueue its import in the caller's transaction: both are there, or neither."""
    await refuse_if_elsewhere(connection, kind)
    arguments = {"kind": kind, "format": file_format, "strict": strict}
    job = await queue.enqueue(connection, workspace_id, "import", arguments)
    number = 0
    while piece := await file.read(CHUNK_BYTES):
        await store.add_chunk(connection, workspace_id, job.id, number, piece)
        number += 1
    if number == 0:
        raise Invalid("The file is empty.", code="empty_file", fields=[FieldError("#/file", "Send a file with rows.")])
    return job


async def pieces(pool: Pool, workspace_id: UUID, job_id: UUID) -> AsyncIterator[bytes]:
    """Yield a stored file piece by piece."""
    number = 0
    while True:
        async with workspace(pool, workspace_id) as connection:
            piece = await store.chunk(connection, workspace_id, job_id, number)
        if piece is None:
            return
        yield piece
        number += 1
