"""Learns the prior that is shipped, from two public logs, and writes it with a manifest: parameters, nothing else.

Which kind of model travels best is asked of the logs: each is judged on the other one. Enron is never read here.

python -m services.churn.train.prior DATA        (the folder that holds email-eu-core and collegemsg)
"""

import argparse
import gzip
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import numpy as np

from kit.registry import Artifact
from services.churn.domain import OUT, Examples, Log
from services.churn.features import FEATURES
from services.churn.model import NAME, Model
from services.churn.model.artifact import dump
from services.churn.model.members import Kind
from services.churn.model.prior import ARTIFACT, FOLDER, MANIFEST
from services.churn.train import kinds
from services.churn.train.measures import auc, brier, calibration_error, interval, log_loss, weights
from services.churn.train.windows import look_back, together, where

LIBRARIES = ("numpy", "scipy", "scikit-learn", "xgboost-cpu")
EACH = 20_000  # examples of a log
UNKNOWN_SHARE = 0.3  # of the examples: what a workspace that keeps only its own interactions does not know
SEED = 20_261_201
DAY_S = 86_400.0
EU_LAST_DAY = 526.0  # after it the log is silent but for a few days a year later
JUDGED = {"email-eu-core": 90.0, "collegemsg": 30.0}

log = logging.getLogger("services.churn.train.prior")


def read_eu_mail(data: Path) -> Log:
    """Return the e-mails of email-eu-core until it falls silent; days since its first."""
    with gzip.open(data / "email-eu-core" / "email-Eu-core-temporal.txt.gz", "rt") as file:
        rows = np.loadtxt(file, np.int64)
    return _log(rows[rows[:, 2] <= EU_LAST_DAY * DAY_S])


def read_college(data: Path) -> Log:
    """Return the messages of collegemsg; days since 1970."""
    return _log(np.loadtxt(data / "collegemsg" / "CollegeMsg.txt", np.int64, skiprows=1))


def examples(data: Path) -> dict[str, Examples]:
    """Return what each log shows, to its end; messages of students come faster, and so do the instants."""
    eu, college = read_eu_mail(data), read_college(data)
    return {
        "email-eu-core": look_back(eu, EU_LAST_DAY),
        "collegemsg": look_back(college, float(college.day.max()), step_days=10.0),
    }


def learn(several: Sequence[Examples], kind: Kind) -> Model:
    """Return a model of one kind that learned from several logs alike, and to do without what may be unknown."""
    random = np.random.default_rng(SEED)
    drawn = together([_some(one, random) for one in several])
    member = replace(kinds.fit(kind, _forgetful(drawn, random), "prior"), weight=1.0)
    return Model("unpublished", kind, (member,), 0.0)


def judged(of: Model, network: Examples, horizon_days: float) -> dict[str, Any]:
    """Return how good a model is on a log that it never saw, at one horizon."""
    asked = where(network, network.horizon_days == horizon_days)
    odds, silent = of.log_odds(asked.matrix), asked.silent
    chance, drawn = 1 / (1 + np.exp(-odds)), weights(len(silent), 200)
    recency = asked.matrix[:, FEATURES.index("log_days_since_last")].astype(np.float64)
    figures = {
        "auc": auc(odds, silent, drawn),
        "auc_of_recency": auc(recency, silent, drawn),
        "brier": brier(chance, silent, drawn),
        "calibration_error": calibration_error(chance, silent, drawn),
    }
    told = {name: [round(end, 4) for end in _ends(figure)] for name, figure in figures.items()}
    return told | {"log_loss": round(float(log_loss(odds, silent).mean()), 4), "ties": len(silent)}


def compete(networks: Mapping[str, Examples]) -> dict[str, dict[str, Any]]:
    """Return, for each kind, how good it is on each log when it learned from the others only."""
    found: dict[str, dict[str, Any]] = {}
    for kind in get_args(Kind):
        for name, network in networks.items():
            others = [one for other, one in networks.items() if other != name]
            found.setdefault(kind, {})[name] = judged(learn(others, kind), network, JUDGED[name])
        log.info("%s: %s", kind, found[kind])
    return found


def best(figures: Mapping[str, Mapping[str, Any]]) -> Kind:
    """Return the kind with the least log-loss over the logs that it did not see, each counting alike."""
    loss = {kind: sum(one["log_loss"] for one in figures[kind].values()) for kind in get_args(Kind)}
    return min(loss, key=lambda kind: loss[kind])


def write(data: Path, folder: Path = FOLDER) -> None:
    """Write artifact and manifest; what is written can be loaded."""
    networks = examples(data)
    figures = compete(networks)
    kind = best(figures)
    model = learn(list(networks.values()), kind)
    content = dump(model.members, model.intercept)
    digest = hashlib.sha256(content).digest()
    stated = f"public-{digest.hex()[:12]}"
    Model.load(Artifact(NAME, stated, kind, content, digest, list(FEATURES)))
    manifest = {
        "name": NAME,
        "version": stated,
        "kind": kind,
        "artifact_sha256": digest.hex(),
        "features": list(FEATURES),
        "libraries": {name: version(name) for name in LIBRARIES},
        "learned_from": {name: one.count for name, one in networks.items()},
        "chosen": "least log-loss over the logs, each judged by a model that learned from the other",
        "on_unseen_logs": figures,
    }
    folder.mkdir(exist_ok=True)
    (folder / ARTIFACT).write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    log.info("%s, %s, %d bytes", stated, kind, len(content))


def _log(rows: np.ndarray[Any, np.dtype[np.int64]]) -> Log:
    others = rows[rows[:, 0] != rows[:, 1]]
    ids, place = np.unique(others[:, :2], return_inverse=True)
    ends = place.reshape(-1, 2).astype(np.int32)
    return Log(ends[:, 0], ends[:, 1], others[:, 2] / DAY_S, np.full(len(ends), OUT, np.int8), len(ids))


def _some(of: Examples, random: np.random.Generator) -> Examples:
    kept = np.zeros(of.count, bool)
    kept[random.choice(of.count, min(EACH, of.count), replace=False)] = True
    return where(of, kept)


def _forgetful(of: Examples, random: np.random.Generator) -> Examples:
    """Return the examples, some of them without what is known only where contacts' interactions are kept."""
    between = np.flatnonzero([any(word in name for word in ("others", "own", "mutual")) for name in FEATURES])
    matrix = of.matrix.copy()
    matrix[np.ix_(np.flatnonzero(random.random(of.count) < UNKNOWN_SHARE), between)] = np.nan
    return replace(of, matrix=matrix)


def _ends(of: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    found = interval(of)
    return found.value, found.low, found.high


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Learn the prior from public logs")
    parser.add_argument("data", type=Path)
    write(parser.parse_args().data)
