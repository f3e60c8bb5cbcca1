"""A logistic model: the log-odds are linear in the features; what is unknown or beyond all experience counts little."""

from dataclasses import dataclass

import numpy as np

from services.churn.domain import Chances, Values

FARTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Linear:
    """Each feature is taken from its centre, in units of its scale, at most FARTHEST of them; unknown is the centre."""

    center: Chances
    scale: Chances
    weights: Chances
    intercept: float

    def parts(self, matrix: Values) -> Chances:
        """Return what each feature adds to the intercept, n x columns."""
        away = np.clip((matrix - self.center) / self.scale, -FARTHEST, FARTHEST)
        parts: Chances = np.nan_to_num(away, copy=False) * self.weights
        return parts

    def log_odds(self, matrix: Values) -> Chances:
        odds: Chances = self.intercept + self.parts(matrix).sum(axis=1)
        return odds
