"""How fast the encoder is on one core: int8 as a ratio to fp32, measured in turns so that noise hurts both alike.

python -m bench.encoder [--rounds 7]
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.encoder.model import Encoder, load_encoder

TEXT = (
    "anna leads machine learning research at a large bank in riga and advises two young companies "
    "about payments fraud data and hiring she met ivan at a conference in berlin last spring"
)
WORDS = TEXT.split()
SEARCH = "who knows about machine learning in berlin"


@dataclass(frozen=True, slots=True)
class Load:
    """Texts to embed in one go; short ones as a contact's name and title, long ones as his notes."""

    name: str
    texts: Sequence[str]


LOADS = (
    Load("short texts (about 14 tokens)", [f"{' '.join(WORDS[i % 20 : i % 20 + 10])} {i}" for i in range(200)]),
    Load("long texts (about 190 tokens)", [f"{' '.join([TEXT] * 6)} {i}" for i in range(16)]),
    Load("one search (10 tokens)", [SEARCH]),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds: int = parser.parse_args().rounds
    cache = Path(os.environ.get("RAPPORT_HOME", ".rapport")) / "models"
    encoders = {"fp32": load_encoder(cache, "fp32"), "int8": load_encoder(cache, "int8")}
    for load in LOADS:
        print(report(load, measure(encoders, load, rounds)))


def measure(encoders: Mapping[str, Encoder], load: Load, rounds: int) -> dict[str, list[float]]:
    """Return seconds a text of each round, the two precisions alternating; the first round only warms up."""
    repeats = max(1, 50 // len(load.texts))
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    for index in range(rounds + 1):
        for name, encoder in encoders.items():
            spent = timed(lambda encoder=encoder: encoder.embed(load.texts), repeats)  # type: ignore[misc]
            if index:
                seconds[name].append(spent / len(load.texts))
    return seconds


def timed(work: Callable[[], object], repeats: int) -> float:
    started_at = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - started_at) / repeats


def report(load: Load, seconds: Mapping[str, list[float]]) -> str:
    """Return a line: the middle round's speed of each, and the middle and the range of the rounds' ratios."""
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    ratios = sorted(fp32 / int8 for fp32, int8 in zip(seconds["fp32"], seconds["int8"], strict=True))
    speeds = ", ".join(f"{name} {1 / value:6.0f}/s ({value * 1e3:.2f} ms)" for name, value in middle.items())
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    return f"{load.name:<32} {speeds}; int8/fp32 x{statistics.median(ratios):.2f} ({spread})"


if __name__ == "__main__":
    main()
