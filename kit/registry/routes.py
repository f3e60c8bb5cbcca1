"""The model endpoints of every service that has models: list, history, promote, roll back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from kit.auth import Identity, require
from kit.db import workspace
from kit.paging import DEFAULT_LIMIT, Limit
from kit.registry import promotion, store
from kit.registry.domain import Event, Model

Reader = Annotated[Identity, Depends(require("ml:read"))]
Admin = Annotated[Identity, Depends(require("ml:admin"))]
Version = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9._-]+$")]


_MODEL = {
    "name": "people_ranker",
    "version": "20261122T041000Z",
    "kind": "logistic_regression",
    "state": "serving",
    "trained_at": "2026-11-22T04:10:31Z",
    "data_from": "2025-11-27T04:10:00Z",
    "data_until": "2026-11-22T04:10:00Z",
    "features": ["adamic_adar"],
    "libraries": {"numpy": "2.4.6"},
    "metrics": {"map_at_20": {"value": 0.26, "low": 0.24, "high": 0.28, "baseline": 0.14}},
    "gate": {"passed": True, "reason": "0.03 [0.01, 0.05] above the best index", "compared_with": "adamic_adar"},
    "artifact_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_EVENT: dict[str, Any] = {
    "id": "3d0f6a0e-1f5e-4f0a-8a39-6c2f5d1f9b11",
    "action": "promoted",
    "version": "20261122T041000Z",
    "previous_version": None,
    "actor": "service:recommend",
    "happened_at": "2026-11-22T04:10:31Z",
    "details": {},
}
_MODELS = {"items": [_MODEL], "next_cursor": None, "serving": {"people_ranker": "20261122T041000Z"}}


class MetricOut(BaseModel):
    value: float
    low: float = Field(description="lower end of the 95 % interval")
    high: float
    baseline: float | None = Field(description="the plain rule's figure on the same data")


class GateOut(BaseModel):
    passed: bool
    reason: str
    compared_with: str


class ModelOut(BaseModel, json_schema_extra={"examples": [_MODEL]}):
    """A version of a model."""

    name: str
    version: str
    kind: str
    state: Literal["candidate", "serving", "retired"]
    trained_at: datetime
    data_from: datetime | None
    data_until: datetime | None
    features: list[str]
    libraries: dict[str, str]
    metrics: dict[str, MetricOut]
    gate: GateOut
    artifact_sha256: str

    @classmethod
    def from_domain(cls, model: Model) -> Self:
        return cls(
            name=model.name,
            version=model.version,
            kind=model.kind,
            state=model.state,
            trained_at=model.trained_at,
            data_from=model.data_from,
            data_until=model.data_until,
            features=model.features,
            libraries=model.libraries,
            metrics={name: MetricOut(**figures) for name, figures in model.metrics.items()},
            gate=GateOut(**model.gate),
            artifact_sha256=model.artifact_sha256.hex(),
        )


class ModelsOut(BaseModel, json_schema_extra={"examples": [_MODELS]}):
    """Versions that are kept, at most 20 of each model, and what serves: null is the plain rule."""

    items: list[ModelOut]
    next_cursor: str | None = None
    serving: dict[str, str | None]


class EventOut(BaseModel, json_schema_extra={"examples": [_EVENT]}):
    """What happened to a model; `version` null means that the plain rule serves from then on."""

    id: UUID
    action: Literal["registered", "promoted", "rolled_back", "refused"]
    version: str | None
    previous_version: str | None
    actor: str
    happened_at: datetime
    details: dict[str, Any]

    @classmethod
    def from_domain(cls, event: Event) -> Self:
        return cls(
            id=event.id,
            action=event.action,
            version=event.version,
            previous_version=event.previous_version,
            actor=event.actor,
            happened_at=event.happened_at,
            details=event.details,
        )


class EventsOut(BaseModel):
    items: list[EventOut]
    next_cursor: str | None = None


class RolledBackOut(BaseModel, json_schema_extra={"examples": [{"serving": _MODEL}]}):
    serving: ModelOut | None = Field(description="null where the plain rule serves again")


def models_router(capability: str, names: Mapping[str, str]) -> APIRouter:
    """Return the model endpoints of a capability; `names` maps each of its models to what it is for."""
    router = APIRouter(prefix=f"/api/ml/{capability}/models", tags=[f"{capability} models"])
    name_type = Annotated[
        Literal[*names],  # type: ignore[valid-type]  # the names are the service's own
        Path(description="; ".join(f"{name}: {what}" for name, what in names.items())),
    ]

    @router.get("", operation_id=f"list_{_word(capability)}_models")
    async def list_models(who: Reader, request: Request) -> ModelsOut:
        """List the versions of every model with how good each is, what serves first."""
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            found = await store.models(connection, who.workspace_id, limit=promotion.KEPT_VERSIONS * 2 * len(names))
        serving = dict.fromkeys(names) | {one.name: one.version for one in found if one.state == "serving"}
        return ModelsOut(items=[ModelOut.from_domain(one) for one in found], serving=serving)

    @router.get("/{name}/events", operation_id=f"list_{_word(capability)}_model_events")
    async def list_events(who: Reader, request: Request, name: name_type, limit: Limit = DEFAULT_LIMIT) -> EventsOut:
        """List what happened to a model and who did it, newest first."""
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            found = await store.events(connection, who.workspace_id, name, limit=limit)
        return EventsOut(items=[EventOut.from_domain(one) for one in found])

    @router.post("/{name}/versions/{version}/promote", operation_id=f"promote_{_word(capability)}_model")
    async def promote(who: Admin, request: Request, name: name_type, version: Version) -> ModelOut:
        """Let a version serve; one that did not pass its gate is refused."""
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            model = await promotion.promote(connection, who.workspace_id, name, version, actor=actor(who))
        return ModelOut.from_domain(model)

    @router.post("/{name}/rollback", operation_id=f"roll_back_{_word(capability)}_model")
    async def roll_back(who: Admin, request: Request, name: name_type) -> RolledBackOut:
        """Let serve what served before."""
        async with workspace(request.app.state.pool, who.workspace_id) as connection:
            model = await promotion.roll_back(connection, who.workspace_id, name, actor=actor(who))
        return RolledBackOut(serving=ModelOut.from_domain(model) if model else None)

    return router


def actor(who: Identity) -> str:
    """Name who did it for the audit: the acting user where there is one, else the service that called."""
    return f"user:{who.user_id}" if who.user_id else f"service:{who.issuer}"


def _word(capability: str) -> str:
    return capability.replace("-", "_")
