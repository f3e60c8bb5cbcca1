"""The model: the libraries' own numbers, reasons that sum, and an artifact that is refused for what does not fit."""

import base64
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from xgboost import XGBClassifier

from kit.registry import Artifact, ArtifactRefused
from services.churn.domain import Examples, Values
from services.churn.features import FEATURES, SIGNS, build, measure
from services.churn.model import NAME, Model, load, shipped
from services.churn.model.artifact import dump
from services.churn.model.members import Kind, Member
from services.churn.model.prior import ARTIFACT, FOLDER
from services.churn.train import export, kinds
from services.churn.train.ties import seen, ties
from tests.unit.churn.ties import log

RANDOM = np.random.default_rng(11)
COLUMNS = np.array([1, 3, 4, 8], np.int32)


def examples(count: int = 600) -> Examples:
    """Return ties of which every tenth number is unknown; the longer the silence, the likelier it lasts."""
    matrix = RANDOM.normal(size=(count, len(FEATURES))).astype(np.float32)
    silent = (matrix[:, 0] + matrix[:, 4] * matrix[:, 8] + RANDOM.normal(size=count) > 0).astype(np.float32)
    matrix[RANDOM.random(matrix.shape) < 0.1] = np.nan
    return Examples(matrix, silent, np.full(count, 90.0), np.zeros(count))


EXAMPLES = examples()
MEMBERS = {kind: kinds.fit(kind, EXAMPLES) for kind in get_args(Kind)}
SNAPSHOT_TIES = ties(seen(log()), 600.0).ties
FEATURES_OF_TIES = build(SNAPSHOT_TIES, 600.0, measure(SNAPSHOT_TIES, 600.0))


def artifact(content: bytes, features: tuple[str, ...] = FEATURES) -> Artifact:
    return Artifact(NAME, "1", "blend", content, hashlib.sha256(content).digest(), list(features))


def known(kind: Kind, chance: Values) -> Values:
    """A forest's certainties count as one in a thousand."""
    return np.clip(chance, 1e-3, 1 - 1e-3) if kind == "random_forest" else chance


@pytest.mark.parametrize("kind", ["random_forest", "xgboost", "histogram_boosting"])
def test_trees_say_what_the_library_says(kind: Kind) -> None:
    makers: dict[str, Any] = {
        "random_forest": RandomForestClassifier(12, max_depth=6, random_state=1),
        "xgboost": XGBClassifier(n_estimators=20, max_depth=3, n_jobs=1),
        "histogram_boosting": HistGradientBoostingClassifier(max_iter=20, max_depth=3, early_stopping=False),
    }
    few = EXAMPLES.matrix[:, COLUMNS]
    model = makers[kind].fit(few, EXAMPLES.silent > 0)
    if kind == "random_forest":
        trees, start = export.forest(model, COLUMNS), 0.0
    else:
        trees, start = export.xgboost(model, COLUMNS) if kind == "xgboost" else export.histogram(model, COLUMNS)
    said = 1 / (1 + np.exp(-Member(kind, "own", 1.0, start, trees).log_odds(EXAMPLES.matrix)))
    assert said == pytest.approx(known(kind, model.predict_proba(few)[:, 1]), abs=1e-6)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_reasons_and_base_sum_to_the_log_odds(kind: Kind) -> None:
    model = Model("1", kind, (MEMBERS[kind],), 0.25)
    told = model.explain(FEATURES_OF_TIES)
    assert told.base + told.contributions.sum(axis=1) == pytest.approx(told.score, abs=1e-9)
    assert 1 / (1 + np.exp(-told.score)) == pytest.approx(model.score(FEATURES_OF_TIES), abs=1e-9)


def test_a_blend_is_what_its_members_say_by_their_weights() -> None:
    both = [MEMBERS["xgboost"], MEMBERS["logistic_regression"]]
    model = Model("1", "blend", tuple(Member(m.kind, m.origin, 0.5, m.base, m.body) for m in both), 0.0)
    halves = np.mean([one.log_odds(EXAMPLES.matrix) for one in both], axis=0)
    assert model.log_odds(EXAMPLES.matrix) == pytest.approx(halves)


@pytest.mark.parametrize("intercept", [-1_000.0, 1_000.0])
def test_nothing_is_certain_and_its_reasons_still_sum(intercept: float) -> None:
    model = Model("1", "xgboost", (Member("xgboost", "own", 500.0, 0.0, MEMBERS["xgboost"].body),), intercept)
    told, said = model.explain(FEATURES_OF_TIES), model.score(FEATURES_OF_TIES)
    assert 0.000999 < said.min() <= said.max() < 0.999001
    assert 1 / (1 + np.exp(-told.score)) == pytest.approx(said)


def test_what_was_kept_scores_as_what_was_learned() -> None:
    model = load(artifact(dump(list(MEMBERS.values()), 0.5)))
    said = 0.5 + sum(one.log_odds(EXAMPLES.matrix) for one in MEMBERS.values())
    assert model.log_odds(EXAMPLES.matrix) == pytest.approx(said, abs=1e-6)


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(dump([MEMBERS["xgboost"]], 0.0)) | fields).encode()


def with_member(**fields: Any) -> bytes:
    return changed(members=[json.loads(dump([MEMBERS["xgboost"]], 0.0))["members"][0] | fields])


def numbers(values: list[int], kind: str) -> str:
    return base64.b64encode(np.array(values, kind).tobytes()).decode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x80\x04 a pickle", "not a churn model"),
        (b"[1, 2]", "not a churn model"),
        (changed(format=2), "format 2, not 1"),
        (changed(features=["age"]), "made for other features: unknown ['age']"),
        (changed(features=list(FEATURES[::-1])), "in another order"),
        (changed(members=[]), "no members"),
        (changed(intercept=float("nan")), "no number to begin with"),
        (with_member(kind="neural_network"), "unknown kind"),
        (with_member(weight=float("inf")), "a weight is not a number"),
        (with_member(roots=numbers([1_000_000], "<i4")), "leads nowhere"),
        (with_member(value=numbers([1], "<f4")), "different length"),
        (with_member(left="not base64!"), "cannot be read"),
    ],
)
def test_an_artifact_is_refused_with_what_does_not_fit(content: bytes, reason: str) -> None:
    with pytest.raises(ArtifactRefused) as refused:
        load(artifact(content))
    assert reason in refused.value.reason


def test_an_artifact_whose_manifest_lists_other_features_is_refused() -> None:
    with pytest.raises(ArtifactRefused):
        load(artifact(dump([MEMBERS["xgboost"]], 0.0), FEATURES[1:]))


def test_the_shipped_prior_is_what_its_manifest_says_and_fears_for_who_is_silent() -> None:
    version, model = shipped()
    said = model.score(FEATURES_OF_TIES)
    asked = (FEATURES_OF_TIES.interactions >= 3) & (FEATURES_OF_TIES.days_since_last < 365)
    quiet = FEATURES_OF_TIES.days_since_last > 120
    assert version == model.version
    assert said[asked & quiet].mean() > said[asked & ~quiet].mean() + 0.2


def test_a_shipped_prior_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "shipped")
    with (tmp_path / "shipped" / ARTIFACT).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtifactRefused, match="hash"):
        shipped(tmp_path / "shipped")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_no_kind_says_more_of_a_longer_horizon(kind: Kind) -> None:
    """Silence here is likelier the longer the horizon: an untrue lesson, which no kind may learn."""
    matrix = EXAMPLES.matrix.copy()
    away = np.nan_to_num(matrix) @ np.array(SIGNS)
    silent = (away + RANDOM.normal(size=len(away)) < 0).astype(np.float32)
    member = kinds.fit(kind, replace(EXAMPLES, silent=silent))
    longer = matrix - 0.5 * np.array(SIGNS, np.float32)
    assert (member.log_odds(longer) <= member.log_odds(matrix) + 1e-9).all()
