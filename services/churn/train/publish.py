"""What is handed to the registry: the mix that was best in past trials, judged on the newest one, with its gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import numpy as np

from kit.registry import Gate, Metric, Training
from services.churn.domain import Chances, Days, Examples, TooFewExamples, Values
from services.churn.features import FEATURES
from services.churn.features.traits import HORIZON_DAYS
from services.churn.model import NAME, Model, shipped
from services.churn.model.artifact import dump
from services.churn.train.measures import (
    Interval,
    auc,
    brier,
    calibration_error,
    interval,
    log_loss,
    reliability,
    weights,
)
from services.churn.train.trials import PRIOR, Mix, Trial, chosen, learned, mixed, walk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "xgboost-cpu")
PLAIN = {"recency": "log_days_since_last", "rhythm": "rhythm_silence_logit"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the newest trial judges a mix that was chosen on those before it; leads are positive where it is better."""

    ties: int
    metrics: Mapping[str, Metric]
    auc: Interval
    over_prior: Interval
    over_plain: Interval
    plain: str

    @property
    def passed(self) -> bool:
        return self.over_prior.low > 0 and self.over_plain.value >= 0


def train(
    examples: Examples, as_of: datetime, *, pooled: Examples | None = None, prior: Model | None = None
) -> Training:
    """Return what was learned, with how good it was on the newest closed window and whether it may serve.

    The gate judges a mix that was chosen, and voices that learned, before that window; what serves is then chosen and
    learned once more from everything. Raise TooFewExamples where there is nothing to learn from.
    """
    serving = prior or shipped()[1]
    trials = walk(examples, HORIZON_DAYS, prior=serving, pooled=pooled)
    if not trials:
        raise TooFewExamples("no past instant has 90 days after it and enough ties with a known end before it")
    *before, newest = trials
    verdict = judged(chosen(before), newest)
    mix = chosen(trials)
    members, intercept = mixed(mix, learned(examples, pooled), serving)
    return Training(
        name=NAME,
        version=f"{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        kind="blend" if len(members) > 1 else members[0].kind,
        artifact=dump(members, intercept),
        features=FEATURES,
        libraries={name: version(name) for name in LIBRARIES},
        metrics=verdict.metrics,
        gate=gate(verdict, mix),
        data_from=EPOCH + timedelta(days=float(examples.cut_day.min())),
        data_until=as_of,
    )


def judged(mix: Mix, of: Trial) -> Verdict:
    """Return how a mix did in a trial, beside the prior and the plain rules, by the same drawn ties."""
    silent, drawn = of.silent, weights(len(of.silent))
    odds, prior = mix.odds(of.odds), of.odds[PRIOR]
    plain = {name: of.matrix[:, FEATURES.index(feature)].astype(np.float64) for name, feature in PLAIN.items()}
    orders = {name: auc(score, silent, drawn) for name, score in plain.items()}
    best = max(orders, key=lambda name: float(orders[name][0]))
    own = auc(odds, silent, drawn)
    gain = drawn @ (log_loss(prior, silent) - log_loss(odds, silent)) / len(silent)
    chance, chance_of_prior = _chance(odds), _chance(prior)
    metrics = {
        "roc_auc": _metric(own, orders[best]),
        "roc_auc_over_prior": _metric(own - auc(prior, silent, drawn)),
        "brier_score": _metric(brier(chance, silent, drawn), brier(chance_of_prior, silent, drawn)),
        "calibration_error": _metric(
            calibration_error(chance, silent, drawn), calibration_error(chance_of_prior, silent, drawn)
        ),
        "log_loss_under_prior": _metric(gain),
        **{f"roc_auc_of_{name}": _metric(order) for name, order in orders.items()},
        **curve(chance, of.silent),
    }
    return Verdict(len(silent), metrics, interval(own), interval(gain), interval(own - orders[best]), best)


def curve(chance: Chances, silent: Values) -> dict[str, Metric]:
    """Return the reliability curve: how many of the ties that were given so much fell silent; baseline: as was said."""
    return {
        f"reliability_{one.start:.1f}": Metric(one.happened.value, one.happened.low, one.happened.high, one.said)
        for one in reliability(chance, silent)
    }


def gate(verdict: Verdict, mix: Mix) -> Gate:
    told = (
        f"On {verdict.ties} ties of the newest closed 90 days: ROC AUC {verdict.auc}, {verdict.over_plain} above "
        f"{verdict.plain}; log-loss {verdict.over_prior} under the prior's"
    )
    if verdict.passed:
        return Gate(True, f"{told}: it serves, learned once more from everything ({mix}).", PRIOR)
    return Gate(False, f"{told}: not proved better than the prior and the plain rule; the prior serves on.", PRIOR)


def _metric(of: Days, baseline: Days | None = None) -> Metric:
    found = interval(of)
    return Metric(found.value, found.low, found.high, None if baseline is None else float(baseline[0]))


def _chance(odds: Days) -> Chances:
    chance: Chances = 1 / (1 + np.exp(-odds))
    return chance
