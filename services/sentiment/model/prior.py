"""The shipped artifact: a file of weights for each language, rated words, and a manifest that both have to fit."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kit.registry import ArtifactRefused
from services.sentiment.domain import TONGUES, Tongue
from services.sentiment.features.encode import Lexicon, Ratings, encode, lexicon
from services.sentiment.features.ngrams import BITS
from services.sentiment.model.linear import Linear, Meaning

NAME = "tone"
FORMAT = 1
FOLDER = Path(__file__).parent / "prior"
ARRAYS = ("mean", "spread", "columns", "intercept", "words", "words_rarity", "chars", "chars_rarity")
WORDS = "words.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Prior:
    """Everything that reads a text: weights and their meaning by language, rated words, the manifest itself.

    `own` are our own Russian words alone: of all lists they travel best.
    """

    manifest: Mapping[str, Any]
    linear: Mapping[Tongue, Linear]
    meaning: Mapping[Tongue, Meaning]
    rated: Mapping[Tongue, Lexicon]
    own: Lexicon
    emoji: Ratings
    english: frozenset[str]

    @property
    def version(self) -> str:
        return str(self.manifest["version"])


def load(folder: Path = FOLDER) -> Prior:
    """Return the shipped model; raise ArtifactRefused, naming what does not fit its manifest."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    version = str(manifest.get("version"))
    if manifest.get("format") != FORMAT or manifest.get("bits") != BITS:
        raise ArtifactRefused(NAME, version, f"format {manifest.get('format')} of {manifest.get('bits')} bits")
    files = {name: (folder / name).read_bytes() for name in manifest["sha256"]}
    for name, expected in manifest["sha256"].items():
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise ArtifactRefused(NAME, version, f"{name} does not have the hash that was noted")
    words = json.loads(files[WORDS])
    lists = {tongue: [_ratings(one) for one in words[tongue]] for tongue in TONGUES}
    prior = Prior(
        manifest=manifest,
        linear={tongue: _linear(files[f"{tongue}.npz"]) for tongue in TONGUES},
        meaning={tongue: Meaning(**manifest["meaning"][tongue]) for tongue in TONGUES},
        rated={tongue: lexicon(lists[tongue]) for tongue in TONGUES},
        own=lexicon(lists["ru"][1:2]),
        emoji=lists["en"][-1],
        english=frozenset(words["english"]),
    )
    _test(prior)
    return prior


def dump(linear: Linear) -> bytes:
    """Return weights as a file: float16, for they are of a few per cent in precision anyway."""
    arrays = {name: np.asarray(getattr(linear, name), np.float16) for name in ARRAYS}
    arrays |= {name: np.asarray(getattr(linear, name), np.float32) for name in ("mean", "spread")}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its own option is a keyword among the names
    return file.getvalue()


def _ratings(columns: Mapping[str, Any]) -> dict[str, float]:
    return dict(zip(columns["words"], columns["ratings"], strict=True))


def _linear(content: bytes) -> Linear:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Linear(**{name: np.asarray(arrays[name], np.float32) for name in ARRAYS})


def _test(prior: Prior) -> None:
    """Ask each language for the scores its manifest holds: another library or platform must not change them unseen."""
    for tongue in TONGUES:
        asked = prior.manifest["test"][tongue]
        encoded = encode([asked["text"]], tongue, prior.rated[tongue])
        if encoded.columns.shape[1] != len(prior.linear[tongue].mean):
            raise ArtifactRefused(NAME, prior.version, f"{tongue}: made for other features")
        scores = prior.linear[tongue].scores(encoded)[0]
        if not np.allclose(scores, asked["scores"], atol=1e-2):
            raise ArtifactRefused(NAME, prior.version, f"{tongue}: the test text does not score as noted")
