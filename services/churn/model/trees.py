"""Decision trees as columns: the same arrays for a forest and for boosted trees, walked all at once by numpy.

A node is a row: where its feature's value is greater than its threshold the walk goes on at `left + 1`, else at `left`;
a leaf leads to itself. A feature's number counts the columns twice over: in the first copy an unknown value is less
than everything, in the second it is greater, so that a node sends it to the side its training chose.
"""

from dataclasses import dataclass

import numpy as np

from services.churn.domain import Chances, Numbers, Values

BLOCK_ROWS = 2_048


@dataclass(frozen=True, slots=True)
class Trees:
    """The nodes of all trees in one table; `roots` are where they begin, `depth` is the longest walk.

    `value` is what a node alone would answer: the expectation over what it was trained on.
    """

    roots: Numbers
    depth: int
    feature: Numbers
    threshold: Values
    left: Numbers
    value: Values

    def sums(self, matrix: Values) -> Chances:
        """Return the sum of the leaves' values of each row (n x columns, NaN where unknown)."""
        doubled = _doubled(matrix)
        found = [self._leaves(doubled[at : at + BLOCK_ROWS]) for at in range(0, len(doubled), BLOCK_ROWS)]
        return np.concatenate([np.empty(0), *found])

    def contributions(self, matrix: Values, group_of: Numbers, groups: int) -> Chances:
        """Return how much the value changed on the way at nodes of each group of columns, n x groups.

        With the sum of the roots' values it makes the sum of the leaves': Saabas' decomposition along the path.
        """
        doubled = _doubled(matrix)
        of_feature = np.tile(group_of.astype(np.int64), 2)
        changed = np.zeros(len(matrix) * groups)
        node = np.broadcast_to(self.roots, (len(matrix), len(self.roots)))
        start = np.arange(len(matrix))[:, None]
        for _ in range(self.depth):
            onward = self._step(doubled, node)
            place = start * groups + of_feature[self.feature[node]]
            change = self.value[onward].astype(np.float64) - self.value[node]
            changed += np.bincount(place.ravel(), change.ravel(), len(changed))
            node = onward
        return changed.reshape(len(matrix), groups)

    @property
    def root_sum(self) -> float:
        return float(self.value[self.roots].astype(np.float64).sum())

    def _leaves(self, doubled: Values) -> Chances:
        node = np.broadcast_to(self.roots, (len(doubled), len(self.roots)))
        for _ in range(self.depth):
            node = self._step(doubled, node)
        sums: Chances = self.value[node].sum(axis=1, dtype=np.float64)
        return sums

    def _step(self, doubled: Values, node: Numbers) -> Numbers:
        row = np.arange(len(doubled), dtype=np.int32)[:, None] * np.int32(doubled.shape[1])
        value = doubled.ravel().take(self.feature.take(node) + row)
        onward: Numbers = self.left.take(node) + (value > self.threshold.take(node))
        return onward


def _doubled(matrix: Values) -> Values:
    unknown = np.isnan(matrix)
    return np.concatenate(
        [np.where(unknown, -np.inf, matrix), np.where(unknown, np.inf, matrix)], axis=1, dtype=np.float32
    )
