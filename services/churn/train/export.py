"""Trained estimators of scikit-learn and XGBoost as the columns that the service walks; each checked against itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from xgboost import XGBClassifier

from services.churn.domain import Numbers, Values
from services.churn.features import FEATURES
from services.churn.model.trees import Trees

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree as its library keeps it: children by number, -1 at a leaf; where an unknown value goes; its value.

    A value up to and including the threshold goes left. `feature` numbers the columns that were trained on.
    """

    left: Numbers
    right: Numbers
    feature: Numbers
    threshold: NDArray[np.float64]
    unknown_left: NDArray[np.bool_]
    value: NDArray[np.float64]
    weight: NDArray[np.float64]


def forest(of: RandomForestClassifier, columns: Numbers, *, unknown_least: bool = False) -> Trees:
    """Return a forest's trees; a leaf's value is the probability of the second class.

    `unknown_least`: it was trained on tables in which an unknown value was a number below all others.
    """
    trees = [_sklearn_tree(one.tree_) for one in of.estimators_]
    if unknown_least:
        trees = [replace(one, unknown_left=np.ones(len(one.left), bool)) for one in trees]
    return packed(trees, columns)


def xgboost(of: XGBClassifier, columns: Numbers) -> tuple[Trees, float]:
    """Return boosted trees and the log-odds that they begin with."""
    document = json.loads(of.get_booster().save_raw("json"))["learner"]
    trees = [_xgboost_tree(one) for one in document["gradient_booster"]["model"]["trees"]]
    start = float(np.ravel(json.loads(document["learner_model_param"]["base_score"]))[0])
    return packed(trees, columns), float(np.log(start / (1 - start)))


def histogram(of: HistGradientBoostingClassifier, columns: Numbers) -> tuple[Trees, float]:
    """Return boosted trees and the log-odds that they begin with."""
    trees = [_histogram_tree(one[0].nodes) for one in of._predictors]  # noqa: SLF001 no public name; parity is tested
    return packed(trees, columns), float(of._baseline_prediction.ravel()[0])  # noqa: SLF001 as above


def packed(trees: Sequence[Tree], columns: Numbers) -> Trees:
    """Return all trees in one table, children side by side; `columns` are the places of the features in FEATURES."""
    tables, roots, nodes = [], [], 0
    for one in trees:
        table = _packed(one, columns, nodes)
        tables.append(table)
        roots.append(nodes)
        nodes += len(table[0])
    feature, threshold, left, value = (np.concatenate(column) for column in zip(*tables, strict=True))
    return Trees(
        roots=np.array(roots, np.int32),
        depth=max(_depth(one) for one in trees),
        feature=feature.astype(np.int32),
        threshold=threshold.astype(np.float32),
        left=left.astype(np.int32),
        value=value.astype(np.float32),
    )


def _packed(tree: Tree, columns: Numbers, start: int) -> tuple[NDArray[Any], ...]:
    order = _side_by_side(tree)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    leaf = tree.left[order] < 0
    value = _expected(tree)[order]
    copy = np.where(tree.unknown_left[order], 0, len(FEATURES))
    feature = np.where(leaf, 0, columns[np.where(leaf, 0, tree.feature[order])] + copy)
    left = np.where(leaf, np.arange(len(order)), place[np.where(leaf, 0, tree.left[order])])
    return feature, np.where(leaf, np.inf, _lower(tree.threshold[order])), left + start, value


def _side_by_side(tree: Tree) -> NDArray[np.int64]:
    """Return the nodes level by level, the two children of a node next to each other."""
    order = [0]
    for node in order:
        if tree.left[node] >= 0:
            order += [int(tree.left[node]), int(tree.right[node])]
    return np.array(order)


def _depth(tree: Tree) -> int:
    depth = np.zeros(len(tree.left), np.int64)
    for node in _side_by_side(tree):
        if tree.left[node] >= 0:
            depth[[tree.left[node], tree.right[node]]] = depth[node] + 1
    return int(depth.max())


def _expected(tree: Tree) -> NDArray[np.float64]:
    """Return what each node expects: a leaf its value, a parent the mean of its children by their weight."""
    value = tree.value.copy()
    for node in _side_by_side(tree)[::-1]:
        if tree.left[node] >= 0:
            ends = [tree.left[node], tree.right[node]]
            value[node] = np.average(value[ends], weights=np.maximum(tree.weight[ends], 1e-12))
    return value


def _lower(threshold: NDArray[np.float64]) -> Values:
    """Return the greatest finite float32 that is not above: features are float32, so the same ones go left.

    A split of the known from the unknown has an infinite threshold, which an unknown value must be able to exceed.
    """
    near = np.minimum(threshold, LARGEST).astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near).astype(np.float32)


def _sklearn_tree(of: Any) -> Tree:
    return Tree(
        left=of.children_left,
        right=of.children_right,
        feature=of.feature,
        threshold=of.threshold,
        unknown_left=of.missing_go_to_left.astype(bool),
        value=of.value[:, 0, 1] / of.value[:, 0, :].sum(axis=1),
        weight=of.weighted_n_node_samples,
    )


def _xgboost_tree(of: dict[str, Any]) -> Tree:
    condition = np.array(of["split_conditions"], np.float32)
    left = np.array(of["left_children"], np.int32)
    return Tree(
        left=left,
        right=np.array(of["right_children"], np.int32),
        feature=np.array(of["split_indices"], np.int32),
        threshold=np.nextafter(condition, np.float32(-np.inf)).astype(np.float64),  # it sends equal values right
        unknown_left=np.array(of["default_left"], bool),
        value=condition.astype(np.float64),
        weight=np.array(of["sum_hessian"], np.float64),
    )


def _histogram_tree(nodes: NDArray[Any]) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        left=np.where(leaf, -1, nodes["left"].astype(np.int32)).astype(np.int32),
        right=np.where(leaf, -1, nodes["right"].astype(np.int32)).astype(np.int32),
        feature=nodes["feature_idx"].astype(np.int32),
        threshold=nodes["num_threshold"].astype(np.float64),
        unknown_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"].astype(np.float64),
        weight=nodes["count"].astype(np.float64),
    )
