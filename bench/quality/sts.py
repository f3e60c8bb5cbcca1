"""STS-B dev: does the cosine of two sentences rank as people ranked their likeness? (Spearman; Cer et al. 2017)

python -m bench.quality.sts
"""

import csv
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from bench.quality.figures import Figure, Rows, bootstrap, folder
from bench.quality.run import main
from services.encoder.domain import Precision
from services.encoder.model import Encoder, load_encoder

PROMISED_FP32 = (0.865, 0.869)  # 0.867, sentence-transformers' own figure for these sentences, give or take 0.002
ALLOWED_INT8_LOSS = 0.005

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sentences side by side, and how alike people found them (0 to 5)."""

    left: list[str]
    right: list[str]
    likeness: Values


def measure() -> list[Figure]:
    """Return English in both precisions with their gates, and Russian, which the model does not read."""
    path = folder("sts-benchmark")
    encoders = {precision: _load(precision) for precision in ("fp32", "int8")}
    english = read_pairs(path / "stsb-en-dev.csv")
    cosines = {precision: cosine(encoder, english) for precision, encoder in encoders.items()}
    russian = read_pairs(path / "stsb-ru-dev.csv")
    return [
        _figure("STS-B dev, English, fp32", cosines["fp32"], english.likeness, PROMISED_FP32),
        _figure("STS-B dev, English, int8", cosines["int8"], english.likeness),
        _loss(cosines["fp32"], cosines["int8"], english.likeness),
        _figure("STS-B dev, Russian, fp32", cosine(encoders["fp32"], russian), russian.likeness),
        _figure("STS-B dev, Russian, int8", cosine(encoders["int8"], russian), russian.likeness),
    ]


def read_pairs(path: Path) -> Pairs:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    left, right, likeness = zip(*rows, strict=True)
    return Pairs(list(left), list(right), np.array(likeness, np.float64))


def cosine(encoder: Encoder, pairs: Pairs) -> Values:
    left, right = encoder.embed(pairs.left).vectors, encoder.embed(pairs.right).vectors
    return np.asarray((left * right).sum(axis=1), np.float64)


def spearman(cosines: Values, likeness: Values) -> float:
    return float(spearmanr(cosines, likeness).statistic)


def _figure(name: str, cosines: Values, likeness: Values, gate: tuple[float, float] | None = None) -> Figure:
    def on(rows: Rows) -> float:
        return spearman(cosines[rows], likeness[rows])

    return Figure(f"{name}, Spearman", spearman(cosines, likeness), bootstrap(on, len(likeness)), gate)


def _loss(fp32: Values, int8: Values, likeness: Values) -> Figure:
    def lost(rows: Rows) -> float:
        return spearman(fp32[rows], likeness[rows]) - spearman(int8[rows], likeness[rows])

    every = np.arange(len(likeness))
    gate = (-ALLOWED_INT8_LOSS, ALLOWED_INT8_LOSS)
    return Figure("STS-B dev, English, fp32 minus int8", lost(every), bootstrap(lost, len(likeness)), gate)


def _load(precision: Precision) -> Encoder:
    return load_encoder(Path(os.environ.get("RAPPORT_HOME", ".rapport")) / "models", precision)


if __name__ == "__main__":
    sys.exit(main({"sts": measure}))
