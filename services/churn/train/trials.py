"""Tries what would have been said at past instants, and weighs the voices by how right they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, get_args

import numpy as np

from services.churn.domain import Chances, Days, Examples, TooFewExamples, Values
from services.churn.model import Model
from services.churn.model.members import Kind, Member
from services.churn.train import kinds
from services.churn.train.measures import log_loss
from services.churn.train.windows import closed, where

PRIOR = "prior"
POOLED = "pooled"
TREES: tuple[Kind, ...] = ("random_forest", "xgboost", "histogram_boosting")
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_TRIALS = 6
FEWEST_TRIALS = 3

Odds: TypeAlias = Mapping[str, Chances]


@dataclass(frozen=True, slots=True)
class Trial:
    """What each voice said at an instant, learned from what was known by then, and what came: one value a tie."""

    cut_day: float
    matrix: Values
    silent: Values
    odds: Odds


@dataclass(frozen=True, slots=True)
class Mix:
    """Which voices of the workspace's own count `share` together, alike; which of others count the rest."""

    own: tuple[Kind, ...]
    others: tuple[str, ...]
    share: float

    def odds(self, said: Odds) -> Chances:
        mine = np.mean([said[kind] for kind in self.own], axis=0)
        theirs = np.mean([said[name] for name in self.others], axis=0)
        mixed: Chances = self.share * mine + (1 - self.share) * theirs
        return mixed

    def __str__(self) -> str:
        own, others = " and ".join(self.own), " and ".join(self.others)
        return f"{self.share:.0%} {own} of its own, {1 - self.share:.0%} {others}"


USUAL = Mix(("logistic_regression", "xgboost"), (PRIOR,), 0.5)


def walk(
    examples: Examples, horizon_days: float, *, prior: Model, pooled: Examples | None = None, most: int = MOST_TRIALS
) -> list[Trial]:
    """Return the newest trials at instants that are at least a month apart, oldest first.

    An instant is left out where too little was known by then to learn from.
    """
    cuts = np.unique(examples.cut_day[examples.horizon_days == horizon_days])[::-1]
    found: list[Trial] = []
    for cut in cuts[:most]:
        asked = where(examples, (examples.cut_day == cut) & (examples.horizon_days == horizon_days))
        try:
            voices = learned(closed(examples, cut), None if pooled is None else closed(pooled, cut))
        except TooFewExamples:
            break
        found.append(trial(float(cut), asked, voices, prior))
    return found[::-1]


def learned(own: Examples, pooled: Examples | None = None) -> dict[str, Member]:
    """Return every kind learned from the workspace's own examples, and the pool's voice where there is one."""
    voices: dict[str, Member] = {kind: kinds.fit(kind, own) for kind in get_args(Kind)}
    if pooled is not None:
        voices[POOLED] = kinds.fit("logistic_regression", pooled, "pooled")
    return voices


def trial(cut_day: float, asked: Examples, voices: Mapping[str, Member], prior: Model) -> Trial:
    odds = {name: one.log_odds(asked.matrix) for name, one in voices.items()}
    return Trial(cut_day, asked.matrix, asked.silent, odds | {PRIOR: prior.log_odds(asked.matrix)})


def chosen(trials: Sequence[Trial]) -> Mix:
    """Return the mix with the least log-loss over the trials, each of which counts alike, if that is no accident.

    The USUAL one stays unless the other was better by more than twice the standard error of the difference from trial
    to trial: the winner among many over a few trials is mostly the one that suited those months.
    """
    if len(trials) < FEWEST_TRIALS:
        return USUAL
    usual = _losses(USUAL, trials)
    losses = {mix: _losses(mix, trials) for mix in mixes(trials[0].odds)}
    best = min(losses, key=lambda mix: float(losses[mix].mean()))
    gain = usual - losses[best]
    error = float(gain.std(ddof=1)) / len(trials) ** 0.5
    return best if float(gain.mean()) > 2 * error else USUAL


def mixes(said: Odds) -> list[Mix]:
    logistic: Kind = "logistic_regression"
    own: list[tuple[Kind, ...]] = [(logistic,), *((tree,) for tree in TREES), *((logistic, tree) for tree in TREES)]
    others = [(PRIOR,), (POOLED,), (PRIOR, POOLED)] if POOLED in said else [(PRIOR,)]
    return [Mix(mine, theirs, share) for mine in own for theirs in others for share in SHARES]


def mixed(mix: Mix, voices: Mapping[str, Member], prior: Model) -> tuple[list[Member], float]:
    """Return the members of a mix, each with the weight it has there, and the intercept that the prior brings."""
    members = [replace(voices[kind], weight=mix.share / len(mix.own)) for kind in mix.own if mix.share]
    part = (1 - mix.share) / len(mix.others)
    if POOLED in mix.others and part:
        members.append(replace(voices[POOLED], weight=part))
    intercept = 0.0
    if PRIOR in mix.others and part:
        members += [replace(one, weight=one.weight * part) for one in prior.members]
        intercept = prior.intercept * part
    return members, intercept


def _losses(mix: Mix, trials: Sequence[Trial]) -> Days:
    return np.array([log_loss(mix.odds(one.odds), one.silent).mean() for one in trials])
