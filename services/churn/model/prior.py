"""The prior: what a workspace starts with, learned from other people's public logs by `services.churn.train.prior`."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from kit.registry import Artifact, ArtifactRefused
from services.churn.model.blend import Model

NAME = "churn"
FOLDER = Path(__file__).parent / "shipped"
ARTIFACT, MANIFEST = "prior.json", "manifest.json"


@cache
def shipped(folder: Path = FOLDER) -> tuple[str, Model]:
    """Return the version and the model of the prior; raise ArtifactRefused where it is not what its manifest says."""
    stated = manifest(folder)
    content = (folder / ARTIFACT).read_bytes()
    artifact = Artifact(
        name=NAME,
        version=stated["version"],
        kind=stated["kind"],
        content=content,
        content_sha256=bytes.fromhex(stated["artifact_sha256"]),
        features=stated["features"],
    )
    if hashlib.sha256(content).digest() != artifact.content_sha256:
        raise ArtifactRefused(NAME, artifact.version, "its content does not have the hash that its manifest names")
    return artifact.version, Model.load(artifact)


def manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """Return what is known of the shipped prior: from what it learned, how good it is, what made it."""
    stated: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    return stated
