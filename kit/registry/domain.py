"""A version of a model, what is known of it, and the artifact it is loaded from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


class ArtifactRefused(Exception):
    """An artifact is not what its manifest says; the version that serves goes on serving."""

    def __init__(self, name: str, version: str, reason: str) -> None:
        super().__init__(f"{name} {version}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure on data the model had not seen, with its 95 % interval; `baseline` is the plain rule's on the same."""

    value: float
    low: float
    high: float
    baseline: float | None = None

    def as_json(self) -> dict[str, float | None]:
        return {"value": self.value, "low": self.low, "high": self.high, "baseline": self.baseline}


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a version may serve, and why; `compared_with` is what it had to beat."""

    passed: bool
    reason: str
    compared_with: str

    def as_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "reason": self.reason, "compared_with": self.compared_with}


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model as it is handed to the registry."""

    name: str
    version: str
    kind: str
    artifact: bytes
    features: Sequence[str]
    libraries: Mapping[str, str]
    metrics: Mapping[str, Metric]
    gate: Gate
    data_from: datetime | None = None
    data_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A version as it is kept, without its artifact."""

    workspace_id: UUID
    name: str
    version: str
    kind: str
    state: str
    data_from: datetime | None
    data_until: datetime | None
    features: list[str]
    libraries: dict[str, str]
    metrics: dict[str, Any]
    gate: dict[str, Any]
    artifact_sha256: bytes
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a version is loaded from, and what its manifest says must fit: the features in their order."""

    name: str
    version: str
    kind: str
    content: bytes
    content_sha256: bytes
    features: list[str]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a model; `version` None means that the plain rule serves from then on."""

    id: UUID
    name: str
    version: str | None
    previous_version: str | None
    action: str
    actor: str
    happened_at: datetime
    details: dict[str, Any] = field(default_factory=dict)
