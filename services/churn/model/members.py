"""What a model is made of: a logistic model, boosted trees or a forest, each answering with log-odds and its parts."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from services.churn.domain import Chances, Numbers, Values
from services.churn.model.linear import Linear
from services.churn.model.trees import Trees

Kind: TypeAlias = Literal["logistic_regression", "random_forest", "xgboost", "histogram_boosting"]
Origin: TypeAlias = Literal["own", "pooled", "prior"]
SURE = 1e-3


@dataclass(frozen=True, slots=True)
class Member:
    """One voice of a model: its log-odds count `weight` times; `origin` says whose ties it learned from.

    `base` is the log-odds that boosted trees begin with; of a forest the sum is divided by the number of its trees.
    """

    kind: Kind
    origin: Origin
    weight: float
    base: float
    body: Linear | Trees

    def log_odds(self, matrix: Values) -> Chances:
        if isinstance(self.body, Linear):
            return self.body.log_odds(matrix)
        sums = self.body.sums(matrix)
        return logit(sums / len(self.body.roots)) if self.kind == "random_forest" else self.base + sums

    @property
    def start(self) -> float:
        """Return the log-odds before anything is known."""
        if isinstance(self.body, Linear):
            return self.body.intercept
        if self.kind == "random_forest":
            return float(logit(np.array([self.body.root_sum / len(self.body.roots)]))[0])
        return self.base + self.body.root_sum

    def contributions(self, matrix: Values, group_of: Numbers, groups: int) -> Chances:
        """Return what each group of columns adds to `start`, n x groups.

        A forest's shares of probability become shares of log-odds by the slope of the line from its start to its
        answer, so that they keep their proportions and their sum.
        """
        if isinstance(self.body, Linear):
            grouped = np.zeros((groups, len(matrix)))
            np.add.at(grouped, group_of, self.body.parts(matrix).T)
            return grouped.T
        parts = self.body.contributions(matrix, group_of, groups)
        if self.kind != "random_forest":
            return parts
        trees = len(self.body.roots)
        start = self.body.root_sum / trees
        return parts / trees * _slope(start, start + parts.sum(axis=1) / trees)[:, None]


def logit(chances: Chances) -> Chances:
    """Return log-odds, of what is surer than one in a thousand those of one in a thousand."""
    sure = np.clip(chances, SURE, 1 - SURE)
    odds: Chances = np.log(sure / (1 - sure))
    return odds


def _slope(start: float, end: Chances) -> Chances:
    """Return the slope of the log-odds between two probabilities; where they are the same, the tangent's."""
    apart = end - start
    same = np.abs(apart) < 1e-9
    from_start = logit(np.array([start]))[0]
    slope: Chances = np.where(
        same, 1 / max(start * (1 - start), SURE), (logit(end) - from_start) / np.where(same, 1.0, apart)
    )
    return slope
