"""Rows of the registry: one function for each query."""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kit.db import Connection, load_query, read_row, read_rows
from kit.registry.domain import Artifact, Event, Model, Training

_query = partial(load_query, Path(__file__).parent / "sql")


async def add(connection: Connection, workspace_id: UUID, training: Training) -> bool:
    """Keep a version; return False where it is there already."""
    parameters = {
        "workspace_id": workspace_id,
        "name": training.name,
        "version": training.version,
        "kind": training.kind,
        "data_from": training.data_from,
        "data_until": training.data_until,
        "features": list(training.features),
        "libraries": Jsonb(dict(training.libraries)),
        "metrics": Jsonb({name: metric.as_json() for name, metric in training.metrics.items()}),
        "gate": Jsonb(training.gate.as_json()),
        "artifact": training.artifact,
        "artifact_sha256": hashlib.sha256(training.artifact).digest(),
    }
    return await (await connection.execute(_query("add_model"), parameters)).fetchone() is not None


async def take_turn(connection: Connection, workspace_id: UUID, name: str) -> None:
    """Wait for whoever else changes what serves under a name, until the transaction's end."""
    await connection.execute(_query("take_turn"), {"workspace_id": workspace_id, "name": name})


async def one(connection: Connection, workspace_id: UUID, name: str, version: str) -> Model | None:
    parameters = {"workspace_id": workspace_id, "name": name, "version": version}
    return await read_row(connection, Model, _query("one_model"), parameters)


async def models(connection: Connection, workspace_id: UUID, *, limit: int) -> list[Model]:
    """Return the versions of every model: what serves first, then the newest."""
    return await read_rows(connection, Model, _query("models"), {"workspace_id": workspace_id, "limit": limit})


async def events(
    connection: Connection, workspace_id: UUID, name: str, *, after: UUID | None, limit: int
) -> list[Event]:
    parameters = {"workspace_id": workspace_id, "name": name, "after": after, "limit": limit}
    return await read_rows(connection, Event, _query("events"), parameters)


async def serving_version(connection: Connection, workspace_id: UUID, name: str) -> tuple[str, bytes] | None:
    """Return the version that serves and the hash of its artifact."""
    cursor = await connection.execute(_query("serving_version"), {"workspace_id": workspace_id, "name": name})
    row = await cursor.fetchone()
    return None if row is None else (row[0], row[1])


async def artifact(connection: Connection, workspace_id: UUID, name: str) -> Artifact | None:
    return await read_row(connection, Artifact, _query("artifact"), {"workspace_id": workspace_id, "name": name})


async def retire(connection: Connection, workspace_id: UUID, name: str) -> str | None:
    """Let what serves serve no longer; return its version."""
    cursor = await connection.execute(_query("retire"), {"workspace_id": workspace_id, "name": name})
    row = await cursor.fetchone()
    return None if row is None else str(row[0])


async def serve(connection: Connection, workspace_id: UUID, name: str, version: str) -> bool:
    parameters = {"workspace_id": workspace_id, "name": name, "version": version}
    return (await connection.execute(_query("serve"), parameters)).rowcount == 1


async def served_before(connection: Connection, workspace_id: UUID, name: str, version: str) -> str | None:
    """Return what served before this version was promoted; None is the plain rule."""
    parameters = {"workspace_id": workspace_id, "name": name, "version": version}
    row = await (await connection.execute(_query("served_before"), parameters)).fetchone()
    return None if row is None else row[0]


async def add_event(
    connection: Connection,
    workspace_id: UUID,
    name: str,
    action: str,
    actor: str,
    *,
    version: str | None,
    previous_version: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    parameters = {
        "workspace_id": workspace_id,
        "name": name,
        "version": version,
        "previous_version": previous_version,
        "action": action,
        "actor": actor,
        "details": Jsonb(dict(details or {})),
    }
    await connection.execute(_query("add_event"), parameters)


async def forget_models(connection: Connection, workspace_id: UUID, name: str, *, keep: int) -> None:
    parameters = {"workspace_id": workspace_id, "name": name, "keep": keep}
    await connection.execute(_query("forget_models"), parameters)
