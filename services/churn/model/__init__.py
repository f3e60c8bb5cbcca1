"""The probability that a tie stays silent, and why: loads an artifact, scores, explains. numpy and nothing else.

load(artifact: kit.registry.Artifact) -> Model
    Raises ArtifactRefused, naming what does not fit: features, format, shape. Made for kit.registry.Served.

shipped() -> tuple[str, Model]
    The version and the model of the prior that comes with the service, learned from public logs. Raises
    ArtifactRefused.

Model.score(features) -> one probability a tie, 0.001 to 0.999.
Model.explain(features) -> base + contributions of each of features.CODES = the log-odds of that probability.
Model.kind, Model.version: for the `model` of an answer. NAME: the model's name in the registry.
"""

from services.churn.model.blend import Model
from services.churn.model.prior import NAME, shipped

load = Model.load

__all__ = ["NAME", "Model", "load", "shipped"]
