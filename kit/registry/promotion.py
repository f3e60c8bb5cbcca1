"""What serves, and how that changes: only through the gate, back by one call, every step noted with who took it.

Transactions belong to the callers.
"""

from uuid import UUID

from kit.db import Connection
from kit.errors import Conflict, NotFound
from kit.registry import store
from kit.registry.domain import Model, Training

KEPT_VERSIONS = 20


async def publish(connection: Connection, workspace_id: UUID, training: Training, *, actor: str) -> bool:
    """Keep a trained version and let it serve if its gate passed; return whether it serves now.

    Published a second time, as by a job that was killed after it, a version changes nothing.
    """
    await store.take_turn(connection, workspace_id, training.name)
    if not await store.add(connection, workspace_id, training):
        present = await _known(connection, workspace_id, training.name, training.version)
        return present.state == "serving"
    await store.add_event(connection, workspace_id, training.name, "registered", actor, version=training.version)
    if training.gate.passed:
        await _switch(connection, workspace_id, training.name, training.version, actor)
    else:
        details = training.gate.as_json()
        await store.add_event(
            connection, workspace_id, training.name, "refused", actor, version=training.version, details=details
        )
    await store.forget_models(connection, workspace_id, training.name, keep=KEPT_VERSIONS)
    return training.gate.passed


async def promote(connection: Connection, workspace_id: UUID, name: str, version: str, *, actor: str) -> Model:
    """Let a version serve; raise NotFound, or Conflict `gate_not_passed`. One that serves already goes on."""
    await store.take_turn(connection, workspace_id, name)
    model = await _known(connection, workspace_id, name, version)
    if not model.gate["passed"]:
        raise Conflict("This version did not pass its gate.", code="gate_not_passed", extra={"gate": model.gate})
    if model.state != "serving":
        await _switch(connection, workspace_id, name, version, actor)
    return await _known(connection, workspace_id, name, version)


async def roll_back(connection: Connection, workspace_id: UUID, name: str, *, actor: str) -> Model | None:
    """Let serve what served before; None is the plain rule. Where that serves already, raise Conflict."""
    await store.take_turn(connection, workspace_id, name)
    retired = await store.retire(connection, workspace_id, name)
    if retired is None:
        raise Conflict("No model serves under this name.", code="nothing_to_roll_back")
    before = await store.served_before(connection, workspace_id, name, retired)
    if before is not None and not await store.serve(connection, workspace_id, name, before):
        before = None  # too old to be kept: the plain rule serves
    await store.add_event(
        connection, workspace_id, name, "rolled_back", actor, version=before, previous_version=retired
    )
    return await store.one(connection, workspace_id, name, before) if before is not None else None


async def _switch(connection: Connection, workspace_id: UUID, name: str, version: str, actor: str) -> None:
    retired = await store.retire(connection, workspace_id, name)
    await store.serve(connection, workspace_id, name, version)
    await store.add_event(connection, workspace_id, name, "promoted", actor, version=version, previous_version=retired)


async def _known(connection: Connection, workspace_id: UUID, name: str, version: str) -> Model:
    model = await store.one(connection, workspace_id, name, version)
    if model is None:
        raise NotFound("There is no such version of this model.", code="model_not_found")
    return model
