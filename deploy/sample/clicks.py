"""Simulated user interactions: how users go from looking at an account to an outcome, or stop on the way."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from deploy.sample import CUTOFF
from deploy.sample.companies import Company
from deploy.sample.fiction import SOURCE, TASTES, Signal, appeal, fit, generator, happens, moment

COLUMNS = (
    "source",
    "external_id",
    "user_id.source",
    "user_id.external_id",
    "account_id.source",
    "account_id.external_id",
    "action",
    "occurred_at",
)
EPISODES = 2_000
DAYS = 400
SHORTEST_PAUSE_S = {"click": 20, "save": 60, "dismiss": 30}  # the rest takes days
LONGEST_PAUSE_S = {"click": 300, "save": 1_800, "dismiss": 600}
DAY_S = 86_400


def rows(companies: Sequence[Company], signals: Mapping[str, Sequence[Signal]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of user_interactions.csv; what would have come after CUTOFF has not come yet."""
    chance = generator("clicks")
    alive = [company for company in companies if company.number in signals]
    for episode in range(1, EPISODES + 1):
        taste = chance.choice(TASTES)
        company = _shown(chance, alive, signals)
        signal = signals[company.number][-1]
        when = moment(chance, chance.uniform(1, DAYS))
        for action in _actions(chance, appeal(taste, company, signal), fit(company, signal)):
            when = _later(chance, when, action)
            if when >= CUTOFF:
                break
            who = (SOURCE, taste.user, "yc", company.number)
            yield (SOURCE, f"click-{episode}-{action}", *who, action, when.isoformat())


def _shown(chance: random.Random, alive: Sequence[Company], signals: Mapping[str, Sequence[Signal]]) -> Company:
    """Return a company somebody comes across: a good fit is somewhat easier to come across."""
    while True:
        company = chance.choice(alive)
        if happens(chance, 0.4 * fit(company, signals[company.number][-1])):
            return company


def _actions(chance: random.Random, drawn: float, good: float) -> Iterator[str]:
    """Yield what a user does about an account, in order: `drawn` and `good` are log-odds."""
    yield "view"
    if not happens(chance, drawn):
        return
    yield "click"
    if happens(chance, -1.0 - drawn):
        yield "dismiss"
        return
    if happens(chance, drawn - 0.5):
        yield "save"
    if not happens(chance, drawn - 0.3):
        return
    yield "outreach"
    if not happens(chance, good):
        if happens(chance, -0.5):
            yield "disqualified"
        return
    yield "reply"
    if happens(chance, 0.5):
        yield "meeting"
    yield from _outcome(chance, good)


def _outcome(chance: random.Random, good: float) -> Iterator[str]:
    if not happens(chance, good):
        yield "disqualified"
        return
    yield "qualified"
    if happens(chance, 0.0):
        yield "won" if happens(chance, good - 0.5) else "lost"


def _later(chance: random.Random, when: datetime, action: str) -> datetime:
    if action == "view":
        return when
    shortest, longest = SHORTEST_PAUSE_S.get(action, DAY_S), LONGEST_PAUSE_S.get(action, 10 * DAY_S)
    return when + timedelta(seconds=chance.randrange(shortest, longest))
