"""Who will meet whom: does the ranker of services/recommend beat every published index on real networks? (MAP@20)

Enron: ties of the next 90 days at six cut-offs; email-eu-core: of the next 60 days at five, and a static graph with a
fifth of its ties hidden; lastfm-asia: the same. The ranker learns from what was past at each cut-off, or from ties
hidden among those left, sees the network alone, and ranks the candidates it is served; the indexes rank everybody.
People with at least one tie formed count, also those whom nobody knew before.

python -m bench.quality.links
"""

import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bench.quality.figures import Figure, Rows, bootstrap, folder
from bench.quality.indexes import precisions
from bench.quality.run import main
from services.recommend.domain import Exchanges, Facts, Links, Network, Numbers, Offsets, People, Values, Verdicts
from services.recommend.features import network
from services.recommend.train.measure import average_precision
from services.recommend.train.people import example, fit
from services.recommend.train.windows import PAST_WINDOWS, Window, hide, ties, window

DAY_S = 86_400.0
EVERYBODY = 1_000_000
ENRON_MONTHS = ((2000, 7), (2000, 10), (2001, 1), (2001, 4), (2001, 7), (2001, 10))
EU_DAYS = (240.0, 300.0, 360.0, 420.0, 480.0)
STATIC_AT = datetime(1970, 1, 2, tzinfo=UTC)
NOBODY = np.empty(0, np.int32)
NO_VERDICTS = Verdicts(NOBODY, NOBODY, np.empty(0, np.float32), np.empty(0))


@dataclass(frozen=True, slots=True)
class Judged:
    """AP@20 of the same people by the ranker and by each index."""

    ranker: Values
    indexes: dict[str, Values]


def measure() -> list[Figure]:
    """Return each network's figures; the gate is the lower end of the ranker's lead over its best index."""
    enron, departments = read_enron()
    months = [datetime(year, month, 1, tzinfo=UTC).timestamp() / DAY_S for year, month in ENRON_MONTHS]
    static, labels = read_eu_static()
    with_departments = replace(enron, people=_people(departments))
    with_labels = replace(static, people=_people(labels))
    return [
        *figures("Enron, 90 days", joined(walk_forward(enron, months, 90.0))),
        _information("Enron, 90 days, departments known", joined(walk_forward(with_departments, months, 90.0))),
        *figures("email-eu-core, 60 days", joined(walk_forward(read_eu_mail(), EU_DAYS, 60.0))),
        *figures("email-eu-core, static", hidden(static)),
        _information("email-eu-core, static, departments known", hidden(with_labels)),
        *figures("lastfm-asia, static", hidden(read_lastfm())),
    ]


def walk_forward(facts: Facts, cuts: Sequence[float], horizon_days: float) -> Iterator[Judged]:
    """Yield how each cut-off is judged, by a ranker that learned from the windows closed by then."""
    for cut in cuts:
        past = [window(facts, cut - horizon_days * place, horizon_days) for place in range(1, PAST_WINDOWS + 1)]
        until = replace(facts, exchanges=facts.exchanges.before(cut + horizon_days))
        known = network.build(facts.links, facts.exchanges, facts.people.count, as_of_day=cut)
        later = network.build(until.links, until.exchanges, facts.people.count, as_of_day=cut + horizon_days)
        yield judge(facts.people, past, window(facts, cut, horizon_days, most=EVERYBODY), known, ties(later))


def hidden(facts: Facts) -> Judged:
    """Return how a fifth of the ties, hidden, judges a ranker that learned from others hidden among the rest."""
    split = hide(facts, STATIC_AT, most=EVERYBODY)
    whole = network.build(facts.links, facts.exchanges, facts.people.count, as_of_day=1.0)
    return judge(facts.people, split.past, split.held_out, split.known, ties(whole))


def judge(people: People, past: Sequence[Window], test: Window, known: Network, later: Offsets) -> Judged:
    examples = [example(one, people, _unknown(one)) for one in (test, *past)]
    ranker = fit(examples[1:])
    if ranker is None:
        raise ValueError("too few ties to learn from")
    fresh = np.setdiff1d(later, ties(known), assume_unique=True)
    shape = (people.count, people.count)
    formed = csr_matrix((np.ones(len(fresh)), (fresh // people.count, fresh % people.count)), shape)
    rows = np.flatnonzero(test.formed).astype(np.int32)
    learned = average_precision(test, ranker.score(examples[0].features))
    return Judged(learned, precisions(known, people.organization, formed, rows))


def joined(several: Iterator[Judged]) -> Judged:
    every = list(several)
    names = every[0].indexes
    indexes = {name: np.concatenate([one.indexes[name] for one in every]) for name in names}
    return Judged(np.concatenate([one.ranker for one in every]), indexes)


def figures(network_name: str, of: Judged) -> list[Figure]:
    best = max(of.indexes, key=lambda name: float(of.indexes[name].mean()))
    lead = of.ranker - of.indexes[best]
    low, high = bootstrap(lambda rows: float(lead[rows].mean()), len(lead))
    return [
        *(_mean(f"{network_name}: {name}", each) for name, each in of.indexes.items()),
        _information(network_name, of),
        Figure(f"{network_name}: ranker's lead over {best}", float(lead.mean()), (low, high)),
        Figure(f"{network_name}: lower end of that lead", low, (low, high), (1e-9, 1.0)),
    ]


def _information(network_name: str, of: Judged) -> Figure:
    return _mean(f"{network_name}: ranker", of.ranker)


def _mean(name: str, of_each: Values) -> Figure:
    def on(rows: Rows) -> float:
        return float(of_each[rows].mean())

    return Figure(name, float(of_each.mean()), bootstrap(on, len(of_each)))


def _unknown(of: Window) -> Values:
    return np.full(len(of.candidates.who), np.nan, np.float32)


def _people(organization: Numbers) -> People:
    return People(organization, np.full(len(organization), np.nan, np.float32))


def _anonymous(count: int) -> People:
    return _people(np.full(count, -1, np.int32))


def _mail(sender: NDArray[np.int64], receiver: NDArray[np.int64], day: NDArray[np.float64], count: int) -> Facts:
    others = sender != receiver
    ends = (sender[others].astype(np.int32), receiver[others].astype(np.int32))
    exchanges = Exchanges(*ends, day[others], np.zeros(others.sum(), bool))
    return Facts(_anonymous(count), Links(NOBODY, NOBODY, np.empty(0, np.float32), np.empty(0)), exchanges, NO_VERDICTS)


def _graph(pairs: NDArray[np.int64], count: int) -> Facts:
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    keys = np.unique((low * count + high)[low != high])
    unsaid = np.full(len(keys), np.nan, np.float32)
    links = Links((keys // count).astype(np.int32), (keys % count).astype(np.int32), unsaid, np.zeros(len(keys)))
    silence = Exchanges(NOBODY, NOBODY, np.empty(0), np.empty(0, bool))
    return Facts(_anonymous(count), links, silence, NO_VERDICTS)


def read_enron() -> tuple[Facts, Numbers]:
    """Return the log's messages and the department of each employee."""
    path = folder("enron-perry-wolfe")
    messages = np.loadtxt(path / "messages.tsv", np.str_, delimiter="\t", usecols=(0, 2, 4), encoding="latin-1")
    sent = {message: (float(at_s) / DAY_S, int(sender)) for message, at_s, sender in messages}
    received = np.loadtxt(path / "recipients.tsv", np.str_, delimiter="\t", usecols=(0, 2))
    day, sender = (np.array(column) for column in zip(*(sent[message] for message in received[:, 0]), strict=True))
    names = np.loadtxt(path / "employees.tsv", np.str_, delimiter="\t", usecols=3, encoding="latin-1")
    departments = np.unique(names, return_inverse=True)[1].astype(np.int32)
    return _mail(sender.astype(np.int64) - 1, received[:, 1].astype(np.int64) - 1, day, len(names)), departments


def read_eu_mail() -> Facts:
    with gzip.open(folder("email-eu-core") / "email-Eu-core-temporal.txt.gz", "rt") as file:
        rows = np.loadtxt(file, np.int64)
    ids, place = np.unique(rows[:, :2], return_inverse=True)
    ends = place.reshape(-1, 2)
    return _mail(ends[:, 0], ends[:, 1], rows[:, 2] / DAY_S, len(ids))


def read_eu_static() -> tuple[Facts, Numbers]:
    path = folder("email-eu-core")
    labels = np.loadtxt(path / "email-Eu-core-department-labels.txt", np.int32)[:, 1]
    return _graph(np.loadtxt(path / "email-Eu-core.txt", np.int64), len(labels)), labels


def read_lastfm() -> Facts:
    pairs = np.loadtxt(folder("lastfm-asia") / "lastfm_asia_edges.csv", np.int64, delimiter=",", skiprows=1)
    return _graph(pairs, int(pairs.max()) + 1)


if __name__ == "__main__":
    sys.exit(main({"links": measure}))
