"""The probability that a tie stays silent, and why: loads an artifact, scores, explains. numpy and nothing else.

NAME: the model's name in the registry.

load(artifact: kit.registry.Artifact) -> Model
    Raises ArtifactRefused, naming what does not fit: features, format, hash, shape. Made for kit.registry.Served.

shipped() -> tuple[str, Model]
    The version and the model of the prior that is shipped with the service; raises ArtifactRefused.

Model.score(features: Features) -> Chances
    One probability a tie, strictly between 0 and 1 (0.001 to 0.999). Of one tie in well under a millisecond.

Model.explain(features: Features) -> Explained
    base + contributions of each of features.CODES = the log-odds of that probability.

Model.kind, Model.version: for the `model` of an answer.
"""
