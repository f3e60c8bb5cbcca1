"""Versions of models: what was trained on what and how good it is, which serves, and who decided it."""

from kit.registry.domain import Artifact, ArtifactRefused, Gate, Metric, Model, Training
from kit.registry.promotion import publish
from kit.registry.routes import models_router
from kit.registry.served import Served

__all__ = ["Artifact", "ArtifactRefused", "Gate", "Metric", "Model", "Served", "Training", "models_router", "publish"]
