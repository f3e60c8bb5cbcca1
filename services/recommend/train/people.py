"""Learns who meets whom from who met whom, and lets a ranker serve only where it is proved to be the better order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version

import numpy as np
from sklearn.linear_model import LogisticRegression

from kit.registry import Gate, Metric, Training
from services.recommend.domain import Days, Flags, Numbers, Offsets, People, Values
from services.recommend.features.pairs import SIGNALS
from services.recommend.model.people import FEATURES, NAME, Parts, Ranker, baseline, matrix
from services.recommend.train.measure import Interval, average_precision, interval
from services.recommend.train.windows import FEWEST_POSITIVES, SEED, LookBack, Window, look_back

PENALTY = 0.1
POSITIVES = 8  # a person and window
NEGATIVES = 32  # as well, drawn uniformly from the candidates served to him
INDEXES = (
    "adamic_adar",
    "resource_allocation",
    "resource_allocation_recent",
    "resource_allocation_by_strength",
    "walk_of_three_per_root_degree",
)
FLAT = 1e-6  # a feature that varies less says nothing


@dataclass(frozen=True, slots=True)
class Example:
    """A window with what the ranker sees of each candidate, and the baseline's parts."""

    window: Window
    parts: Parts
    features: Values

    def index(self, name: str) -> Values:
        return self.window.candidates.signals[:, SIGNALS.index(name)]


def example(of: Window, people: People, similarity: Values) -> Example:
    parts = Parts.of(of.candidates, people, similarity)
    return Example(of, parts, matrix(of.candidates, parts))


def fit(examples: Sequence[Example], *, only: str | None = None) -> Ranker | None:
    """Return a ranker of what the windows show, of one feature where it is named; None where too few ties formed.

    It learns from pairs: somebody whom a person met, beside somebody whom he could have met and did not, drawn
    uniformly (a draw that prefers what scores high taught the opposite), or dismissed. Every person counts alike.
    The log-odds are then set to how often the ties of such a draw formed.
    """
    samples = [_sample(one, np.random.default_rng([SEED, place])) for place, one in enumerate(examples)]
    features, met = (
        np.concatenate(column) for column in zip(*((one.features, one.met) for one in samples), strict=True)
    )
    if met.sum() < FEWEST_POSITIVES or met.all():
        return None
    weights = _weights(samples) if only is None else (np.array(FEATURES) == only).astype(np.float64)
    odds = LogisticRegression().fit((features @ weights)[:, None], met)
    return Ranker(tuple((weights * odds.coef_[0, 0]).tolist()), float(odds.intercept_[0]))


@dataclass(frozen=True, slots=True)
class Sample:
    """Some candidates of each person, in the order of the people."""

    who: Numbers
    features: Values
    met: Values


def _sample(of: Example, random: np.random.Generator) -> Sample:
    window, who = of.window, of.window.candidates.who
    draw = random.random(len(who))
    told = np.bincount(who, (window.met > 0) | window.dismissed, len(window.formed))[who] > 0
    met = _first(who, draw, window.met > 0, POSITIVES)
    others = _first(who, np.where(window.dismissed, -1.0, draw), (window.met == 0) & told, NEGATIVES)
    taken = np.sort(np.concatenate([met, others]))
    return Sample(who[taken], of.features[taken], window.met[taken])


def _first(who: Numbers, draw: Days, among: Flags, most: int) -> Offsets:
    """Return the places of up to `most` of each person's, the lowest drawn."""
    some = np.flatnonzero(among)
    order = some[np.lexsort((draw[some], who[some]))]
    first: Offsets = order[np.arange(len(order)) - np.searchsorted(who[order], who[order], side="left") < most]
    return first


def _weights(samples: Sequence[Sample]) -> Days:
    """Return weights by which those who were met score higher than the others of the same person."""
    pairs, count = zip(*map(_pairs, samples), strict=True)
    differences, weight = np.concatenate(pairs), np.concatenate(count)
    spread = np.sqrt((differences**2).mean(axis=0))
    used = spread >= FLAT
    turned = np.where(np.arange(len(differences)) % 2, -1.0, 1.0).astype(np.float32)  # a fit needs both answers
    model = LogisticRegression(C=PENALTY, max_iter=500, fit_intercept=False)
    model.fit(differences[:, used] / spread[used] * turned[:, None], turned > 0, sample_weight=weight)
    weights = np.zeros(len(FEATURES))
    weights[used] = model.coef_[0] / spread[used]
    return weights


def _pairs(of: Sample) -> tuple[Values, Values]:
    """Return one met less one not met, of the same person; each person's pairs weigh as one met among his others."""
    met, others = np.flatnonzero(of.met > 0), np.flatnonzero(of.met == 0)
    start = np.searchsorted(of.who[others], of.who[met], side="left")
    count = np.searchsorted(of.who[others], of.who[met], side="right") - start
    one = np.repeat(met, count)
    beside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(start, count)
    weight = 1 / np.bincount(of.who[met], minlength=int(of.who.max(initial=0)) + 1)[of.who[one]]
    return of.features[one] - of.features[others[beside]], weight.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Trial:
    """How the held out window judges: MAP@20 of the ranker, of the index that would serve, of the baseline."""

    people: int
    ranker: Interval
    plain: Interval
    best_index: str
    over_index: Interval
    over_baseline: Interval
    index: str
    of_index: Interval
    index_over_baseline: Interval

    @property
    def winner(self) -> str:
        """Return what may serve: the ranker, else the index, else the baseline."""
        if self.over_index.low > 0 and self.over_baseline.low > 0:
            return "ranker"
        return "index" if self.index_over_baseline.low > 0 else "baseline"


def tried(ranker: Ranker, held_out: Example, past: Sequence[Example]) -> Trial:
    """Compare, person by person, the ranker with the index that is best on this very window, and with the baseline.

    That index is known only afterwards: beating it is harder than beating the one that was best before, which is the
    index that would serve.
    """

    def judge(scores: Values) -> Values:
        return average_precision(held_out.window, scores)

    learned, plain = judge(ranker.score(held_out.features)), judge(baseline(held_out.parts))
    indexes = {name: judge(held_out.index(name)) for name in INDEXES}
    indexes["common_neighbours"] = judge(held_out.window.candidates.mutual.astype(np.float32))
    best = max(indexes, key=lambda name: float(indexes[name].mean()))
    usual = max(INDEXES, key=lambda name: sum(average_precision(one.window, one.index(name)).mean() for one in past))
    return Trial(
        people=len(learned),
        ranker=interval(learned),
        plain=interval(plain),
        best_index=best,
        over_index=interval(learned - indexes[best]),
        over_baseline=interval(learned - plain),
        index=usual,
        of_index=interval(indexes[usual]),
        index_over_baseline=interval(indexes[usual] - plain),
    )


def train(look_back: LookBack, similarities: Sequence[Values]) -> Training | None:
    """Return what was learned, with its gate; None where too few ties formed to learn from.

    `similarities` belong to `look_back.pairs`, NaN where unknown. The gate judges what was learned from the windows
    before the held out one; what serves is then fitted anew on all of them. Where the ranker is not proved better than
    the best index and the baseline, the best index takes its place if it beats the baseline, else nothing may serve.
    """
    windows = (look_back.held_out, *look_back.past)
    examples = [example(one, look_back.facts.people, like) for one, like in zip(windows, similarities, strict=True)]
    held_out, *past = examples
    ranker = fit(past)
    if ranker is None or not held_out.window.formed.any():
        return None
    trial = tried(ranker, held_out, past)
    served = fit(examples, only=trial.index if trial.winner == "index" else None) or ranker
    return Training(
        name=NAME,
        version=f"{look_back.as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        kind="index" if trial.winner == "index" else "logistic_regression",
        artifact=served.dump(),
        features=FEATURES,
        libraries={name: version(name) for name in ("numpy", "scipy", "scikit-learn", "numba")},
        metrics=_metrics(trial),
        gate=_gate(trial, in_time=look_back.in_time),
        data_from=look_back.data_from,
        data_until=look_back.as_of,
    )


def _metrics(trial: Trial) -> Mapping[str, Metric]:
    served = trial.of_index if trial.winner == "index" else trial.ranker
    over = trial.index_over_baseline if trial.winner == "index" else trial.over_baseline
    return {
        "map_at_20": Metric(served.mean, served.low, served.high, baseline=trial.plain.mean),
        "map_at_20_over_baseline": Metric(over.mean, over.low, over.high),
        "map_at_20_of_ranker_over_best_index": Metric(
            trial.over_index.mean, trial.over_index.low, trial.over_index.high
        ),
    }


def _gate(trial: Trial, *, in_time: bool) -> Gate:
    ties = "the ties of the newest 90 days" if in_time else "ties hidden at random"
    told = (
        f"On {ties} of {trial.people} people the ranker's MAP@20 is {trial.ranker}, {trial.over_index} above "
        f"{trial.best_index}, {trial.over_baseline} above the baseline"
    )
    if trial.winner == "ranker":
        return Gate(True, f"{told}: it serves, fitted anew on all windows.", trial.best_index)
    not_proved = f"{told}: not proved better than both."
    against = f"{trial.index} is {trial.index_over_baseline} above the baseline"
    if trial.winner == "index":
        return Gate(True, f"{not_proved} {against}: the index serves.", "baseline")
    return Gate(False, f"{not_proved} {against}, not proved either: it may not serve.", trial.best_index)


__all__ = ["Example", "example", "fit", "look_back", "train"]
