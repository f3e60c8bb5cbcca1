"""The model that serves: a weighted sum of its members' log-odds."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from kit.registry import Artifact, ArtifactRefused
from services.churn.domain import Chances, Explained, Features, Values
from services.churn.features import CODE_OF, CODES, FEATURES
from services.churn.model.artifact import read
from services.churn.model.members import SURE, Member

SUREST = float(np.log((1 - SURE) / SURE))
GROUP_OF = np.array([CODES.index(CODE_OF[name]) for name in FEATURES], np.int32)


@dataclass(frozen=True, slots=True)
class Model:
    """The log-odds of silence are `intercept` + the sum of weight x log-odds of each member."""

    version: str
    kind: str
    members: tuple[Member, ...]
    intercept: float

    @classmethod
    def load(cls, artifact: Artifact) -> Self:
        """Return the model of an artifact that answers as a model should; raise ArtifactRefused, naming the reason."""
        members, intercept = read(artifact)
        model = cls(artifact.version, artifact.kind, members, intercept)
        unknown = np.full((1, len(FEATURES)), np.nan, np.float32)
        if not np.isfinite(model.log_odds(unknown)).all():
            raise ArtifactRefused(artifact.name, artifact.version, "it does not answer with a number")
        return model

    def score(self, features: Features) -> Chances:
        """Return the probability that nothing passes within each tie's horizon, 0.001 to 0.999."""
        chances: Chances = 1 / (1 + np.exp(-np.clip(self.log_odds(features.matrix), -SUREST, SUREST)))
        return chances

    def log_odds(self, matrix: Values) -> Chances:
        """Return the log-odds of rows of FEATURES, as they are, however sure."""
        sums: Chances = np.full(len(matrix), self.intercept)
        for one in self.members:
            sums += one.weight * one.log_odds(matrix)
        return sums

    def explain(self, features: Features) -> Explained:
        """Return what each of CODES adds to the log-odds of `score`; see domain.Explained."""
        matrix = features.matrix
        base = self.intercept + sum(one.weight * one.start for one in self.members)
        parts = sum(one.weight * one.contributions(matrix, GROUP_OF, len(CODES)) for one in self.members)
        contributions = np.asarray(parts, np.float64).reshape(len(matrix), len(CODES))
        whole = base + contributions.sum(axis=1)
        score = np.clip(whole, -SUREST, SUREST)
        beyond = score != whole
        if beyond.any():  # the parts of what is too sure shrink alike, so that they still sum
            contributions[beyond] *= ((score - base)[beyond] / (whole - base)[beyond])[:, None]
        return Explained(base, contributions, score)
