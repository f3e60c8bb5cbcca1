"""Rows of the jobs table: parameters in, jobs out."""

from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from kit.db import Connection, load_query, read_row, read_rows
from kit.jobs.domain import Job

_SQL = Path(__file__).parent / "sql"


async def add(
    connection: Connection,
    *,
    workspace_id: UUID,
    job_id: UUID,
    kind: str,
    arguments: dict[str, Any],
    unique_key: str,
    request_id: str | None,
    traceparent: str | None,
) -> Job | None:
    """Add a waiting job; return None where one with the same key waits already."""
    return await _job(
        connection,
        load_query(_SQL, "add"),
        workspace_id=workspace_id,
        id=job_id,
        kind=kind,
        arguments=Jsonb(arguments),
        unique_key=unique_key,
        request_id=request_id,
        traceparent=traceparent,
    )


async def waiting(connection: Connection, workspace_id: UUID, unique_key: str) -> Job | None:
    return await _job(connection, load_query(_SQL, "waiting"), workspace_id=workspace_id, unique_key=unique_key)


async def one(connection: Connection, workspace_id: UUID, job_id: UUID) -> Job | None:
    return await _job(connection, load_query(_SQL, "one"), workspace_id=workspace_id, id=job_id)


async def page(
    connection: Connection, workspace_id: UUID, *, kind: str | None, after: UUID | None, limit: int
) -> list[Job]:
    """Return up to `limit` jobs, newest first."""
    return await read_rows(
        connection,
        Job,
        load_query(_SQL, "page"),
        {"workspace_id": workspace_id, "kind": kind, "after": after, "limit": limit},
    )


async def start(connection: Connection, workspace_id: UUID, job_id: UUID) -> Job | None:
    """Mark a job as running; return None where it has ended or was cancelled."""
    return await _job(connection, load_query(_SQL, "start"), workspace_id=workspace_id, id=job_id)


async def record_progress(
    connection: Connection, workspace_id: UUID, job_id: UUID, *, done: int, total: int | None
) -> bool:
    """Record how far a job has come; return whether it should stop."""
    parameters = {"workspace_id": workspace_id, "id": job_id, "done": done, "total": total}
    cursor = await connection.execute(load_query(_SQL, "progress"), parameters)
    row = await cursor.fetchone()
    return row is None or bool(row[0])


async def finish(
    connection: Connection,
    job: Job,
    *,
    state: str,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> None:
    parameters = _key(job) | {"state": state, "result": _json(result), "error": _json(error)}
    await connection.execute(load_query(_SQL, "finish"), parameters)


async def note_error(connection: Connection, job: Job, error: dict[str, Any]) -> None:
    await connection.execute(load_query(_SQL, "note_error"), _key(job) | {"error": Jsonb(error)})


async def cancel(connection: Connection, workspace_id: UUID, job_id: UUID) -> None:
    await connection.execute(load_query(_SQL, "cancel"), {"workspace_id": workspace_id, "id": job_id})


async def forget_old(connection: Connection, workspace_id: UUID, *, days: int) -> None:
    await connection.execute(load_query(_SQL, "forget_old"), {"workspace_id": workspace_id, "days": days})


async def _job(connection: Connection, query: LiteralString, **parameters: Any) -> Job | None:
    return await read_row(connection, Job, query, parameters)


def _key(job: Job) -> dict[str, Any]:
    return {"workspace_id": job.workspace_id, "id": job.id}


def _json(value: dict[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(value)
