"""The kinds of model that compete: forest, logistic, two boosted ones; each fitted small and kept as columns."""

from collections.abc import Callable, Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from services.churn.domain import Examples, Numbers, Offsets, TooFewExamples
from services.churn.features import FEATURES
from services.churn.model.linear import Linear
from services.churn.model.members import Kind, Member, Origin
from services.churn.train import export

MOST_ROWS = 40_000
FEWEST_ROWS = 200
FEWEST_OF_A_CLASS = 20
SEED = 20_261_129
FLAT = 1e-6


def fit(kind: Kind, of: Examples, origin: Origin = "own") -> Member:
    """Return one voice with weight 1, learned from up to MOST_ROWS of the examples; raise TooFewExamples."""
    rows = drawn(of)
    silent = int(of.silent[rows].sum())
    if len(rows) < FEWEST_ROWS or min(silent, len(rows) - silent) < FEWEST_OF_A_CLASS:
        raise TooFewExamples(f"of {len(rows)} past ties {silent} fell silent; 200 are needed, 20 of each")
    if not np.isfinite(of.matrix[rows]).any():
        raise TooFewExamples("nothing is known of the past ties")
    return FITS[kind](of, rows, origin)


def drawn(of: Examples) -> Offsets:
    """Return the rows that are learned from: all, or MOST_ROWS of them at random."""
    if of.count <= MOST_ROWS:
        return np.arange(of.count)
    return np.sort(np.random.default_rng(SEED).choice(of.count, MOST_ROWS, replace=False))


def _linear(of: Examples, rows: Offsets, origin: Origin) -> Member:
    matrix = of.matrix[rows]
    known = ~np.isnan(matrix)
    count = np.maximum(known.sum(axis=0), 1).astype(np.float64)
    center = np.where(known, matrix, 0.0).sum(axis=0) / count
    scale = np.sqrt((np.where(known, matrix - center, 0.0) ** 2).sum(axis=0) / count)
    used = scale > FLAT
    scale[~used] = 1.0
    shape = Linear(center, scale, np.ones(len(FEATURES)), 0.0)
    model = LogisticRegression(C=0.01, max_iter=500).fit(shape.parts(matrix)[:, used], of.silent[rows] > 0)
    weights = np.zeros(len(FEATURES))
    weights[used] = model.coef_[0]
    body = Linear(center, scale, weights, float(model.intercept_[0]))
    return Member("logistic_regression", origin, 1.0, 0.0, body)


def _forest(of: Examples, rows: Offsets, origin: Origin) -> Member:
    columns = _known(of, rows)
    model = RandomForestClassifier(
        60, max_depth=8, min_samples_leaf=10, max_samples=min(1.0, 10_000 / len(rows)), random_state=SEED
    ).fit(of.matrix[rows][:, columns], of.silent[rows] > 0)
    return Member("random_forest", origin, 1.0, 0.0, export.forest(model, columns))


def _xgboost(of: Examples, rows: Offsets, origin: Origin) -> Member:
    columns = _known(of, rows)
    model = XGBClassifier(
        n_estimators=150,
        max_depth=4,
        learning_rate=0.06,
        subsample=0.7,
        colsample_bytree=0.5,
        min_child_weight=20,
        reg_lambda=10,
        n_jobs=1,
        random_state=SEED,
    ).fit(of.matrix[rows][:, columns], of.silent[rows] > 0)
    trees, start = export.xgboost(model, columns)
    return Member("xgboost", origin, 1.0, start, trees)


def _histogram(of: Examples, rows: Offsets, origin: Origin) -> Member:
    columns = _known(of, rows)
    model = HistGradientBoostingClassifier(
        max_iter=120,
        max_depth=4,
        learning_rate=0.06,
        min_samples_leaf=40,
        l2_regularization=10,
        max_features=0.5,
        early_stopping=False,
        random_state=SEED,
    ).fit(of.matrix[rows][:, columns], of.silent[rows] > 0)
    trees, start = export.histogram(model, columns)
    return Member("histogram_boosting", origin, 1.0, start, trees)


def _known(of: Examples, rows: Offsets) -> Numbers:
    """Return the columns of which something is known: a library refuses a column of nothing."""
    known: Numbers = np.flatnonzero(np.isfinite(of.matrix[rows]).any(axis=0)).astype(np.int32)
    return known


FITS: Mapping[Kind, Callable[[Examples, Offsets, Origin], Member]] = {
    "random_forest": _forest,
    "logistic_regression": _linear,
    "xgboost": _xgboost,
    "histogram_boosting": _histogram,
}
