"""Orders candidates: the transparent baseline, and the learned ranker (logistic) that may take its place."""

import json
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from kit.registry import Artifact, ArtifactRefused
from services.recommend.domain import Candidates, Code, Explained, Numbers, People, Values
from services.recommend.features.pairs import SIGNALS

NAME = "people_ranker"
FORMAT = 1
SPREAD = 10.0
FEATURES = (*SIGNALS, "same_organization", "influence", "semantic_similarity")
WEIGHTS = {"mutual_contacts": 0.30, "semantic_similarity": 0.30, "influence": 0.25, "same_organization": 0.15}
MUTUAL_FOR_ALL = 10
PARTS: tuple[Code, ...] = ("mutual_contacts", "semantic_similarity", "influence", "same_organization")
CODES: tuple[Code, ...] = (*PARTS, "wider_circle", "together")
CODE_OF: dict[str, Code] = {
    **dict.fromkeys(SIGNALS, "mutual_contacts"),
    "walk_of_three": "wider_circle",
    "walk_of_three_per_root_degree": "wider_circle",
    "together": "together",
    "degree": "influence",
    "influence": "influence",
    "same_organization": "same_organization",
    "semantic_similarity": "semantic_similarity",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The four parts of the baseline, each 0–1, NaN where nothing is known; one value a candidate."""

    mutual_contacts: Values
    semantic_similarity: Values
    influence: Values
    same_organization: Values

    @classmethod
    def of(cls, candidates: Candidates, people: People, similarity: Values) -> Self:
        asking, asked = people.organization[candidates.who], people.organization[candidates.whom]
        return cls(
            mutual_contacts=np.minimum(candidates.mutual / MUTUAL_FOR_ALL, 1).astype(np.float32),
            semantic_similarity=similarity,
            influence=people.influence[candidates.whom],
            same_organization=((asking == asked) & (asking >= 0)).astype(np.float32),
        )


def baseline(parts: Parts) -> Values:
    """Return the weighted sum of SPEC §3.2, 0–1; a part of which nothing is known adds nothing."""
    score: Values = np.zeros(len(parts.mutual_contacts), np.float32)
    for name, weight in WEIGHTS.items():
        score += np.float32(weight) * np.nan_to_num(getattr(parts, name))
    return score


def matrix(candidates: Candidates, parts: Parts) -> Values:
    """Return the features of the ranker, candidates x FEATURES; what is unknown counts as none."""
    return np.concatenate([_spread(candidates.signals), np.stack(_own(parts), axis=1)], axis=1, dtype=np.float32)


def _spread(signals: Values) -> Values:
    spread: Values = signals * np.float32(SPREAD)
    np.log1p(spread, out=spread)
    return spread


def _own(parts: Parts) -> list[Values]:
    """Return the features behind those of SIGNALS."""
    return [np.nan_to_num(part) for part in (parts.same_organization, parts.influence, parts.semantic_similarity)]


@dataclass(frozen=True, slots=True)
class Ranker:
    """A logistic model over FEATURES: the log-odds that a tie forms are linear in them."""

    weights: tuple[float, ...]
    intercept: float

    def score(self, features: Values) -> Values:
        """Return the log-odds, one a candidate."""
        odds: Values = features @ np.asarray(self.weights, np.float32) + np.float32(self.intercept)
        return odds

    def score_all(self, candidates: Candidates, parts: Parts) -> Values:
        """Return what `score` does of their matrix, which is never made: most of a night's candidates are not kept."""
        weights = np.asarray(self.weights, np.float32)
        odds: Values = _spread(candidates.signals) @ weights[: len(SIGNALS)] + np.float32(self.intercept)
        for own, weight in zip(_own(parts), weights[len(SIGNALS) :], strict=True):
            odds += own * weight
        return odds

    def contributions(self, features: Values) -> Values:
        """Return what each feature adds to the log-odds, candidates x FEATURES."""
        added: Values = features * np.asarray(self.weights, np.float32)
        return added

    def dump(self) -> bytes:
        return json.dumps({"format": FORMAT, "features": FEATURES, **asdict(self)}).encode()


def load(artifact: Artifact) -> Ranker:
    """Return the ranker in an artifact; raise ArtifactRefused, naming what does not fit."""
    try:
        content = json.loads(artifact.content)
        weights, intercept = tuple(map(float, content["weights"])), float(content["intercept"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactRefused(artifact.name, artifact.version, "not a ranker") from error
    if content.get("format") != FORMAT:
        raise ArtifactRefused(artifact.name, artifact.version, f"format {content.get('format')}, not {FORMAT}")
    if list(FEATURES) != content.get("features") or list(FEATURES) != artifact.features:
        raise ArtifactRefused(artifact.name, artifact.version, "made for other features")
    if len(weights) != len(FEATURES) or not np.isfinite([*weights, intercept]).all():
        raise ArtifactRefused(artifact.name, artifact.version, "its weights are not one number for each feature")
    return Ranker(weights, intercept)


def explain(ranker: Ranker | None, candidates: Candidates, parts: Parts) -> Explained:
    """Return what makes each score: of the ranker, or of the baseline where None serves.

    The baseline's parts are weight x part. The ranker's features are grouped into CODES, each against the average of
    the same person's candidates: what all have in common speaks for nobody.
    """
    own = np.stack([getattr(parts, name) for name in PARTS], axis=1)
    if ranker is None:
        added = np.nan_to_num(own) * np.array([WEIGHTS[name] for name in PARTS], np.float32)
        none = np.zeros(len(added), np.float32)
        return Explained("identity", PARTS, none, own, _averages(candidates.who, own), added)
    features = matrix(candidates, parts)
    average = _averages(candidates.who, features)
    base = ranker.score(average)
    grouped = ranker.contributions(features - average) @ _groups()
    walks = [candidates.signals[:, SIGNALS.index(name)] for name in ("walk_of_three", "together")]
    values = np.concatenate([own, np.stack(walks, axis=1)], axis=1)
    values[:, 0] = candidates.mutual
    return Explained("logit", CODES, base, values, _averages(candidates.who, values), grouped)


def _groups() -> Values:
    """Return which code each feature belongs to, FEATURES x CODES."""
    groups: Values = np.array([[CODE_OF[name] == code for code in CODES] for name in FEATURES], np.float32)
    return groups


def _averages(who: Numbers, values: Values) -> Values:
    """Return, in each row, the average of the same person's rows; unknown values are left out of it."""
    _people, place = np.unique(who, return_inverse=True)
    average = np.full((len(_people), values.shape[1]), np.nan, np.float32)
    for column in range(values.shape[1]):
        known = ~np.isnan(values[:, column])
        count = np.bincount(place, known, len(_people))
        total = np.bincount(place[known], values[known, column], len(_people))
        np.divide(total, count, out=average[:, column], where=count > 0, casting="unsafe")
    averages: Values = average[place]
    return averages
