"""Score ties: the one path from facts to a probability, for a night, a request and a look back."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from kit.db import Connection
from kit.registry import Served
from services.churn.domain import STATES, Explained, Features, Run, Score, Share, Snapshot
from services.churn.features import CODES, build, dump_snapshot, load_snapshot, measure
from services.churn.model import NAME, Model
from services.churn.store import facts as rows
from services.churn.store.runs import OURS_ID
from services.churn.usecases import facts
from services.churn.usecases.facts import Block

OWN_SAMPLE, EGO_SAMPLE = 10_000, 64
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Compared:
    """What ties of each kind are compared with."""

    own: Snapshot
    pairs: Snapshot


@dataclass(frozen=True, slots=True)
class Means:
    """A model, its version, and what it compares ties with as of an instant."""

    version: str
    model: Model
    compared: Compared
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Serving:
    """What serves: a workspace's own model where one passed its gate, else the shipped prior."""

    own: Served[Model]
    prior: Model

    async def get(self, connection: Connection, workspace_id: UUID) -> tuple[str, Model]:
        """Return the version that serves and its model."""
        return await self.own.get(connection, workspace_id) or (self.prior.version, self.prior)


@dataclass(frozen=True, slots=True)
class Scored:
    """Ties with what is said of them."""

    ends: Sequence[facts.Tie]
    features: Features
    chances: Sequence[float]
    explained: Explained


def score(block: Block, means: Means, horizon_days: float | None = None) -> Scored:
    """Return what a model says of ties; all of a block are of one kind."""
    own = not block.ends or block.ends[0][0] is None
    compared = means.compared.own if own else means.compared.pairs
    features = build(block.ties, facts.day(means.as_of), compared, horizon_days)
    explained = means.model.explain(features)  # the score comes with it: a second walk would say the same
    chances = 1 / (1 + np.exp(-explained.score))
    return Scored(block.ends, features, chances.tolist(), explained)


def table(scored: Scored, as_of: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield rows as store.runs.put_scores takes them; ties on which nothing ever passed are no rows."""
    features, explained = scored.features, scored.explained
    columns = zip(
        scored.ends,
        features.state.tolist(),
        scored.chances,
        features.horizon_days.tolist(),
        features.interactions.tolist(),
        _known(features.days_since_last),
        _known(features.usual_gap_days),
        features.matrix.tolist(),
        features.shown.tolist(),
        features.compared.tolist(),
        explained.contributions.tolist(),
        strict=True,
    )
    for (ego, contact), state, chance, horizon, count, since, gap, matrix, shown, compared, parts in columns:
        if count:
            name = STATES[state]
            known = name != "insufficient_data"
            yield (
                *(ego or OURS_ID, contact, name, chance if known else None, horizon, count, since, gap),
                *(matrix, shown, compared, explained.base if known else None, parts if known else [], as_of),
            )


def scores(scored: Scored, means: Means, now: datetime) -> list[Score]:
    """Return what is said of each tie, as it would be read."""
    made = []
    features, explained = scored.features, scored.explained
    since, gaps = _known(features.days_since_last), _known(features.usual_gap_days)
    for place, (ego, contact) in enumerate(scored.ends):
        state = STATES[int(features.state[place])]
        known = state != "insufficient_data"
        figures = (features.shown[place], features.compared[place], explained.contributions[place])
        made.append(
            Score(
                contact_id=contact,
                ego_id=ego,
                state=state,
                probability=scored.chances[place] if known else None,
                horizon_days=float(features.horizon_days[place]),
                interactions=int(features.interactions[place]),
                days_since_last=since[place],
                usual_gap_days=gaps[place],
                base=explained.base if known else None,
                shares=shares(CODES, *(one.tolist() for one in figures)) if known else [],
                model_name=NAME,
                model_version=means.version,
                model_kind=means.model.kind,
                facts_as_of=means.as_of,
                computed_at=now,
            )
        )
    return made


def shares(
    codes: Sequence[str], shown: Sequence[float], compared: Sequence[float], contributions: Sequence[float]
) -> list[Share]:
    """Return the parts of a score, the weightiest first; unknown figures are None."""
    parts = (
        Share(code, _figure(value), _figure(usual), part)
        for code, value, usual, part in zip(codes, shown, compared, contributions, strict=True)
    )
    return sorted(parts, key=lambda part: -abs(part.contribution))


async def measure_workspace(connection: Connection, workspace_id: UUID, as_of: datetime) -> Compared:
    """Return what ties of a workspace are compared with as of an instant: of each kind a sample by a hash of ids."""
    own_ids = await rows.own_sample(connection, workspace_id, as_of, limit=OWN_SAMPLE)
    own = await facts.own(connection, workspace_id, as_of, own_ids)
    egos = await rows.pair_sample(connection, workspace_id, as_of, limit=EGO_SAMPLE)
    pairs = await facts.pairs(connection, workspace_id, as_of, egos)
    day = facts.day(as_of)
    return Compared(measure(own.ties, day), measure(pairs.ties, day))


def compared_of(run: Run) -> Compared | None:
    """Return what a run compared with; None for one that has not noted it."""
    if run.own_snapshot is None or run.pair_snapshot is None:
        return None
    return Compared(load_snapshot(run.own_snapshot), load_snapshot(run.pair_snapshot))


def new_run(run_id: UUID, means: Means, features: Sequence[str]) -> Run:
    """Return a run before it has scored anything."""
    return Run(
        run_id=run_id,
        state="running",
        model_name=NAME,
        model_version=means.version,
        model_kind=means.model.kind,
        features=list(features),
        codes=list(CODES),
        own_snapshot=dump_snapshot(means.compared.own),
        pair_snapshot=dump_snapshot(means.compared.pairs),
        after_ego_id=None,
        after_id=None,
        ties=0,
        own_ties=0,
        report=None,
        facts_as_of=means.as_of,
        computed_at=means.as_of,
    )


def _known(column: np.ndarray[Any, Any]) -> list[float | None]:
    return [_figure(value) for value in column.tolist()]


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else value
