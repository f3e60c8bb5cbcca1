"""The built ONNX file and its manifest in the cache folder: read if it is exactly what is wanted, else built.

Safe for several processes and for kill -9 at any moment: a file is named by its own digest, written beside and
renamed, and the manifest that names it is renamed last.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import onnxruntime

from kit.logs import get_logger
from services.encoder.domain import MODEL, ModelRefused, Precision
from services.encoder.model.source import WEIGHTS_SHA256, Source

BUILDER_VERSION = 1  # raise it with every change of the graph or of the quantization
SCRATCH = ".build-"
LEFTOVER_AGE_S = 3_600
ROOT = Path(__file__).resolve().parents[3]
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what is built."""

    model: str
    precision: Precision
    weights_sha256: str
    onnxruntime: str
    builder: int


def wanted(precision: Precision) -> Recipe:
    return Recipe(MODEL, precision, WEIGHTS_SHA256, onnxruntime.__version__, BUILDER_VERSION)


def read_or_build(cache: Path, source: Source, precision: Precision) -> bytes:
    """Return the ONNX model's bytes, verified against the manifest; a mismatch is logged by name and rebuilt."""
    recipe = wanted(precision)
    manifest = _manifest_path(cache, precision)
    if manifest.exists():
        try:
            return read_artifact(cache, recipe)
        except ModelRefused as refusal:
            log.warning("encoder_artifact_refused", field=refusal.name, reason=str(refusal))
    started_at = time.perf_counter()
    model = _build(cache, source, precision)
    publish(cache, recipe, model)
    log.info("encoder_artifact_built", precision=precision, seconds=round(time.perf_counter() - started_at, 1))
    return model


def read_artifact(cache: Path, recipe: Recipe) -> bytes:
    """Return the cached model's bytes; raise ModelRefused naming the first thing that does not fit."""
    found = _read_manifest(_manifest_path(cache, recipe.precision))
    for field, value in asdict(recipe).items():
        if found.get(field) != value:
            raise ModelRefused(field, f"the cache was built with {found.get(field)!r}, wanted {value!r}")
    digest = str(found.get("sha256"))
    path = _model_path(cache, recipe.precision, digest)
    if not path.is_file():
        raise ModelRefused("file", f"{path.name} is missing")
    model = path.read_bytes()
    if hashlib.sha256(model).hexdigest() != digest:
        raise ModelRefused("sha256", f"{path.name} is not what the manifest says")
    return model


def _read_manifest(path: Path) -> Mapping[str, object]:
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelRefused("manifest", f"{path.name} cannot be read") from error
    if not isinstance(manifest, dict):
        raise ModelRefused("manifest", f"{path.name} is not an object")
    return manifest


def _build(cache: Path, source: Source, precision: Precision) -> bytes:
    # In a process of its own: building needs 600 MB for some seconds, and this process would never give them back.
    cache.mkdir(parents=True, exist_ok=True)
    _sweep(cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix=SCRATCH) as scratch:
        target = Path(scratch) / "model.onnx"
        command = [sys.executable, "-m", "services.encoder.model.build", precision, str(source.weights), str(target)]
        subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 our own module, no shell
        return target.read_bytes()


def _sweep(cache: Path) -> None:
    """Remove what killed builds left; nothing younger than an hour, it may be another process's work."""
    for path in cache.glob(f"{SCRATCH}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > LEFTOVER_AGE_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def publish(cache: Path, recipe: Recipe, model: bytes) -> None:
    digest = hashlib.sha256(model).hexdigest()
    _write_atomically(_model_path(cache, recipe.precision, digest), model)
    manifest = json.dumps(asdict(recipe) | {"sha256": digest}, indent=2).encode()
    _write_atomically(_manifest_path(cache, recipe.precision), manifest)


def _write_atomically(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=SCRATCH, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _manifest_path(cache: Path, precision: Precision) -> Path:
    return cache / f"{MODEL}-{precision}.json"


def _model_path(cache: Path, precision: Precision, digest: str) -> Path:
    return cache / f"{MODEL}-{precision}-{digest[:16]}.onnx"
