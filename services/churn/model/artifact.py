"""A model as data: JSON whose columns of numbers are bytes in base64; refused, with the reason, if it is not."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from kit.registry import Artifact, ArtifactRefused
from services.churn.features import FEATURES
from services.churn.model.linear import Linear
from services.churn.model.members import Kind, Member, Origin
from services.churn.model.trees import Trees

FORMAT = 1
MOST_MEMBERS = 16
DEEPEST = 64


def dump(members: Sequence[Member], intercept: float) -> bytes:
    """Return the artifact of a model that sums the weighted log-odds of its members and an intercept."""
    document = {
        "format": FORMAT,
        "features": FEATURES,
        "intercept": intercept,
        "members": [_member(one) for one in members],
    }
    return json.dumps(document).encode()


def read(artifact: Artifact) -> tuple[tuple[Member, ...], float]:
    """Return the members and the intercept of an artifact; raise ArtifactRefused, naming what does not fit."""

    def refuse(reason: str) -> ArtifactRefused:
        return ArtifactRefused(artifact.name, artifact.version, reason)

    try:
        document = json.loads(artifact.content)
        found, features = document["format"], document["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise refuse("not a churn model") from error
    if found != FORMAT:
        raise refuse(f"format {found}, not {FORMAT}")
    if features != list(FEATURES) or artifact.features != list(FEATURES):
        raise refuse(f"made for other features: {_difference(features)}")
    try:
        members = tuple(_read_member(one) for one in document["members"])
        intercept = float(document["intercept"])
    except (ValueError, KeyError, TypeError) as error:
        raise refuse(f"a member cannot be read: {error}") from error
    if not members or len(members) > MOST_MEMBERS or not np.isfinite(intercept):
        raise refuse("it has no members, too many, or no number to begin with")
    return members, intercept


def _difference(features: Any) -> str:
    if not isinstance(features, list):
        return "none are named"
    more = [str(name) for name in features if name not in FEATURES]
    less = [name for name in FEATURES if name not in features]
    return f"unknown {more[:3]}, missing {less[:3]}" if more or less else "in another order"


def _member(of: Member) -> dict[str, Any]:
    head = {"kind": of.kind, "origin": of.origin, "weight": of.weight, "base": of.base}
    body = of.body
    if isinstance(body, Linear):
        columns = {"center": body.center, "scale": body.scale, "weights": body.weights}
        return head | {"intercept": body.intercept} | {name: _text(of, "<f8") for name, of in columns.items()}
    return head | {
        "depth": body.depth,
        "roots": _text(body.roots, "<i4"),
        "feature": _text(body.feature, "<u2"),
        "threshold": _text(body.threshold, "<f4"),
        "left": _text(body.left, "<i4"),
        "value": _text(body.value, "<f4"),
    }


def _read_member(of: Mapping[str, Any]) -> Member:
    if of["kind"] not in get_args(Kind) or of["origin"] not in get_args(Origin):
        raise ValueError("of an unknown kind or origin")
    weight, base = float(of["weight"]), float(of["base"])
    if not np.isfinite([weight, base]).all():
        raise ValueError("a weight is not a number")
    body = _linear(of) if of["kind"] == "logistic_regression" else _trees(of)
    return Member(of["kind"], of["origin"], weight, base, body)


def _linear(of: Mapping[str, Any]) -> Linear:
    body = Linear(
        center=_column(of["center"], "<f8"),
        scale=_column(of["scale"], "<f8"),
        weights=_column(of["weights"], "<f8"),
        intercept=float(of["intercept"]),
    )
    columns = np.stack([body.center, body.scale, body.weights])
    if columns.shape[1] != len(FEATURES) or not np.isfinite([*columns.ravel(), body.intercept]).all():
        raise ValueError("its weights are not one number for each feature")
    if (body.scale <= 0).any():
        raise ValueError("a scale is not positive")
    return body


def _trees(of: Mapping[str, Any]) -> Trees:
    body = Trees(
        roots=_column(of["roots"], "<i4"),
        depth=int(of["depth"]),
        feature=_column(of["feature"], "<u2").astype(np.int32),
        threshold=_column(of["threshold"], "<f4"),
        left=_column(of["left"], "<i4"),
        value=_column(of["value"], "<f4"),
    )
    nodes = len(body.left)
    if not len(body.feature) == len(body.threshold) == len(body.value) == nodes or not len(body.roots):
        raise ValueError("its columns are of different length")
    leaf = body.left == np.arange(nodes)
    onward = np.where(leaf, body.left, body.left + 1)
    if body.roots.min() < 0 or body.roots.max() >= nodes or body.left.min(initial=0) < 0 or onward.max() >= nodes:
        raise ValueError("a node leads nowhere")
    if (body.threshold[leaf] != np.inf).any() or not 0 <= body.depth <= DEEPEST:
        raise ValueError("a leaf leads on, or it is too deep")
    if body.feature.max() >= 2 * len(FEATURES) or not np.isfinite(body.value).all():
        raise ValueError("a feature is unknown or a value is not a number")
    return body


def _text(column: NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(column, np.dtype(kind)).tobytes()).decode()


def _column(text: str, kind: str) -> NDArray[Any]:
    read = np.frombuffer(base64.b64decode(text, validate=True), np.dtype(kind))
    return read.astype(np.dtype(kind).newbyteorder("="))
