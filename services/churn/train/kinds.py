"""The kinds of model that compete: forest, logistic, two boosted ones; each fitted small and kept as columns."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from xgboost import XGBClassifier

from services.churn.domain import Chances, Examples, Numbers, Offsets, TooFewExamples, Values
from services.churn.features import FEATURES, SIGNS
from services.churn.model.linear import Linear
from services.churn.model.members import Kind, Member, Origin
from services.churn.train import export

MOST_ROWS = 40_000
FEWEST_ROWS = 200
FEWEST_OF_A_CLASS = 20
SEED = 20_261_129
FLAT = 1e-6
HELD = 0.01  # the weight of the losses beside that of the weights' squares
STEPS = 500
LEAST = -1e30
FREE: Mapping[int, tuple[float | None, float | None]] = {1: (0.0, None), 0: (None, None), -1: (None, 0.0)}


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
    found = signed(shape.parts(matrix)[:, used], of.silent[rows], np.array(SIGNS)[used])
    weights = np.zeros(len(FEATURES))
    weights[used] = found[:-1]
    body = Linear(center, scale, weights, float(found[-1]))
    return Member("logistic_regression", origin, 1.0, 0.0, body)


def signed(columns: Chances, silent: Values, signs: Numbers) -> Chances:
    """Return the weights of a ridge logistic regression, none against its column's sign, and last the intercept.

    It is scikit-learn's LogisticRegression with C=HELD where no sign is asked for, which that has no option for.
    """

    def cost(packed: Chances) -> tuple[float, Chances]:
        weights, odds = packed[:-1], columns @ packed[:-1] + packed[-1]
        off = HELD * (expit(odds) - silent)
        loss = HELD * (np.logaddexp(0, odds) - silent * odds).sum() + weights @ weights / 2
        return float(loss), np.append(columns.T @ off + weights, off.sum())

    bounds = [*(FREE[int(sign)] for sign in signs), FREE[0]]
    start = np.zeros(len(bounds))
    options = {"maxiter": STEPS, "ftol": 1e-10}
    found: Chances = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return found


def _forest(of: Examples, rows: Offsets, origin: Origin) -> Member:
    columns = _known(of, rows)
    known = np.nan_to_num(of.matrix[rows][:, columns], nan=LEAST)  # with signs it takes no unknown values
    model = RandomForestClassifier(
        60,
        max_depth=8,
        min_samples_leaf=10,
        max_samples=min(1.0, 10_000 / len(rows)),
        random_state=SEED,
        monotonic_cst=_signs(columns),
    ).fit(known, of.silent[rows] > 0)
    return Member("random_forest", origin, 1.0, 0.0, export.forest(model, columns, unknown_least=True))


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
        monotone_constraints=tuple(_signs(columns)),
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
        monotonic_cst=_signs(columns),
        early_stopping=False,
        random_state=SEED,
    ).fit(of.matrix[rows][:, columns], of.silent[rows] > 0)
    trees, start = export.histogram(model, columns)
    return Member("histogram_boosting", origin, 1.0, start, trees)


def _signs(columns: Numbers) -> list[int]:
    return [SIGNS[column] for column in columns]


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
