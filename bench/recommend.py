"""How fast everybody gets his ten recommendations: 100,000 people with 1,000,000 links, as a ratio to SQL.

The product's own path in one process, by the functions of the nightly job: links, network, candidates with their
signals, score of the ranker, counts for percentiles, top ten. The peer asks PostgreSQL one statement a person, resource
allocation over friends of friends, the ten best: fewer signals, an index made for the question. It is asked for a
sample of the people and its time taken up to all, in rounds between those of the product. Exit code 1 under the gates.

    python -m bench.recommend [--people 100000] [--links 1000000] [--asked 1000] [--rounds 3]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from deploy.embedded import postgres
from services.recommend.domain import Candidates, Exchanges, Links, Numbers, People
from services.recommend.features import network, pairs
from services.recommend.model import percentiles
from services.recommend.model.people import FEATURES, Ranker
from services.recommend.usecases.run import PEOPLE_AT_ONCE
from services.recommend.usecases.score import rank

GATE = 20.0
PEAK_LIMIT_MB = 2_048.0
TOP = 10
INSIDE = 0.7
GROUP_PEOPLE = 300
SILENCE = Exchanges(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), np.empty(0, np.bool_))
TABLES: LiteralString = """
    CREATE TABLE ties (person int, other int);
    CREATE TABLE degrees (person int, degree int)"""
INDEXES: LiteralString = """
    INSERT INTO degrees SELECT person, count(*) FROM ties GROUP BY person;
    ALTER TABLE ties ADD PRIMARY KEY (person, other);
    ALTER TABLE degrees ADD PRIMARY KEY (person);
    CLUSTER ties USING ties_pkey;
    ANALYZE ties, degrees"""
COPY: LiteralString = "COPY ties FROM STDIN (FORMAT BINARY)"
ASK: LiteralString = """
    SELECT second.other, sum(1.0::real / degrees.degree) AS allocated
    FROM ties first
    JOIN degrees ON degrees.person = first.other
    JOIN ties second ON second.person = first.other
    WHERE first.person = %(person)s AND second.other <> %(person)s
      AND NOT EXISTS (SELECT FROM ties known WHERE known.person = %(person)s AND known.other = second.other)
    GROUP BY second.other
    ORDER BY allocated DESC, second.other
    LIMIT 10"""


@dataclass(frozen=True, slots=True)
class Recommended:
    """The ten best of each: rows of people, -1 where there are fewer; and when that was done."""

    whom: Numbers
    built_s: float
    ranked_s: float

    @property
    def seconds(self) -> float:
        return self.built_s + self.ranked_s


def made_up(people: int, links: int, random: np.random.Generator) -> Links:
    """Return links of people in groups, most of them within the group, each pair once."""
    groups = people // GROUP_PEOPLE + 1
    a = random.integers(0, people, links + links // 4)
    inside = np.minimum(a % groups + groups * random.integers(0, max(people // groups, 1), len(a)), people - 1)
    b = np.where(random.random(len(a)) < INSIDE, inside, random.integers(0, people, len(a)))
    keys = np.unique(np.minimum(a, b)[a != b] * people + np.maximum(a, b)[a != b])
    keys = random.permutation(keys)[:links]
    strength = random.random(len(keys)).astype(np.float32)
    return Links((keys // people).astype(np.int32), (keys % people).astype(np.int32), strength, np.zeros(len(keys)))


def recommend(people: People, links: Links, ranker: Ranker) -> Recommended:
    """Recommend to everybody, by the functions of the nightly job, its blocks and its counts for percentiles."""
    started_at = time.perf_counter()
    known = network.build(links, SILENCE, people.count, as_of_day=1.0)
    built_at = time.perf_counter()
    whom, counts = np.full((people.count, TOP), -1, np.int32), percentiles.none_yet()
    for start in range(0, people.count, PEOPLE_AT_ONCE):
        asked = np.arange(start, min(start + PEOPLE_AT_ONCE, people.count), dtype=np.int32)
        found = pairs.candidates(known, asked)
        ranked = rank(found, people, np.full(len(found.who), np.nan, np.float32), ranker, most=TOP)
        counts += percentiles.counted(ranked.raw)
        who = found.who[ranked.best]
        whom[who, np.arange(len(who)) - np.searchsorted(who, who)] = found.whom[ranked.best]
    return Recommended(whom, built_at - started_at, time.perf_counter() - built_at)


@contextmanager
def loaded(links: Links, folder: Path) -> Iterator[psycopg.Connection]:
    with (
        postgres.running(folder / "home") as server,
        psycopg.connect(server.conninfo(), autocommit=True) as connection,
    ):
        connection.execute(TABLES)
        with connection.cursor().copy(COPY) as copy:
            copy.set_types(["int4", "int4"])
            for a, b in zip(links.a.tolist(), links.b.tolist(), strict=True):
                copy.write_row((a, b))
                copy.write_row((b, a))
        connection.execute(INDEXES)
        yield connection


def ask(connection: psycopg.Connection, asked: Sequence[int]) -> tuple[list[list[int]], float]:
    """Ask for each person; return whom the statements gave and their seconds."""
    started_at = time.perf_counter()
    answers = [
        [int(row[0]) for row in connection.execute(ASK, {"person": person}, prepare=True).fetchall()]
        for person in asked
    ]
    return answers, time.perf_counter() - started_at


def shared(found: Candidates, answers: Sequence[Sequence[int]], asked: Sequence[int]) -> float:
    """Return which part of what SQL recommends is among the candidates the product ranks: the same question."""
    ours = set(zip(found.who.tolist(), found.whom.tolist(), strict=True))
    theirs = [(person, other) for person, others in zip(asked, answers, strict=True) for other in others]
    return sum(pair in ours for pair in theirs) / len(theirs)


def peak_mb() -> float:
    """Return the most memory this process has held, as the kernel counts it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def compile_s() -> float:
    """Return how long the first call of the compiled functions takes beyond their work; a cached one takes little."""
    few = made_up(50, 100, np.random.default_rng(0))
    started_at = time.perf_counter()
    recommend(_people(50), few, _ranker())
    return time.perf_counter() - started_at


def _people(count: int) -> People:
    return People((np.arange(count) % 300).astype(np.int32), np.linspace(0, 1, count, dtype=np.float32))


def _ranker() -> Ranker:
    return Ranker(tuple(np.linspace(0.1, 1, len(FEATURES)).tolist()), -4.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=1_000, help="people whom SQL is asked about, a round")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    random = np.random.default_rng(20_261_127)
    first_s = compile_s()
    people, links = _people(given.people), made_up(given.people, given.links, random)
    asked: NDArray[np.int64] = random.choice(given.people, (given.rounds, min(given.asked, given.people)))
    ours, theirs_s = list[Recommended](), list[float]()
    with tempfile.TemporaryDirectory() as folder, loaded(links, Path(folder)) as connection:
        ask(connection, asked[0].tolist())
        for few in asked.tolist():
            ours.append(recommend(people, links, _ranker()))
            answers, seconds = ask(connection, few)
            theirs_s.append(seconds / len(few) * given.people)
    whole = network.build(links, SILENCE, given.people, as_of_day=1.0)
    same = shared(pairs.candidates(whole, np.unique(few).astype(np.int32)), answers, few)
    report(given, ours, theirs_s, same, first_s)


def report(
    given: argparse.Namespace, ours: Sequence[Recommended], theirs_s: Sequence[float], same: float, first_s: float
) -> None:
    ratio = statistics.median(theirs / one.seconds for theirs, one in zip(theirs_s, ours, strict=True))
    middle = sorted(ours, key=lambda one: one.seconds)[len(ours) // 2]
    table = Table("way", "network", "candidates, scores, top ten", "all")
    table.add_row(
        "one process of the product", f"{middle.built_s:.1f} s", f"{middle.ranked_s:.1f} s", f"{middle.seconds:.1f} s"
    )
    table.add_row(
        f"one SQL statement a person (of {given.asked:,}, taken up)", "", "", f"{statistics.median(theirs_s):.0f} s"
    )
    console, peak = Console(width=120), peak_mb()
    console.print(f"{given.people:,} people, {given.links:,} links; median of {given.rounds} rounds in turns")
    console.print(table)
    console.print(f"first call, compiling where no cache is: {first_s:.1f} s, not counted")
    console.print(f"of what SQL recommends {same:.1%} is among the candidates the product ranks")
    console.print(f"x{ratio:.1f} (gate x{GATE:.0f}), peak {peak:.0f} MB (gate {PEAK_LIMIT_MB:.0f} MB)")
    if ratio < GATE or peak > PEAK_LIMIT_MB:
        sys.exit(1)


if __name__ == "__main__":
    main()
