"""Simulated account signals: open roles of every company that is alive, more where the directory says it hires."""

import random
from collections.abc import Iterator, Mapping, Sequence

from deploy.sample.companies import Company
from deploy.sample.fiction import AI_TAGS, SOURCE, Signal, generator, happens, moment

COLUMNS = (
    "source",
    "external_id",
    "account_id.source",
    "account_id.external_id",
    "observed_at",
    "engineering_role_count",
    "has_open_engineering_roles",
    "total_open_roles",
    "has_engineering_blog",
)
DEAD = {"Inactive", "Acquired"}
SHARE_SEEN_OFTEN = 0.1
OFTEN_DAYS_BEFORE = (150, 90, 30)
ENGINEERING_SHARE = {"B2B": 0.5, "Fintech": 0.45, "Healthcare": 0.3, "Industrials": 0.4, "Consumer": 0.35}


def simulate(companies: Sequence[Company]) -> dict[str, list[Signal]]:
    """Return the signals of each company that is alive, by its number, the newest last."""
    chance = generator("signals")
    return {company.number: _signals(chance, company) for company in companies if company.status not in DEAD}


def rows(signals: Mapping[str, Sequence[Signal]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of account_signals.csv."""
    for number, seen in signals.items():
        for index, signal in enumerate(seen):
            counts = (str(signal.engineering_roles), str(signal.engineering_roles > 0).lower(), str(signal.open_roles))
            when = signal.observed_at.isoformat()
            yield (SOURCE, f"signal-{number}-{index}", "yc", number, when, *counts, str(signal.has_blog).lower())


def _signals(chance: random.Random, company: Company) -> list[Signal]:
    is_seen_often = chance.random() < SHARE_SEEN_OFTEN
    size = company.employee_count or 0
    has_blog = happens(chance, -2.2 + 0.9 * (size >= 20) + 0.9 * ("Developer Tools" in company.tags))
    expected_roles = 0.12 * min(size, 400) ** 0.8 + 1 if company.is_hiring else 0.15
    share = ENGINEERING_SHARE.get(company.industry, 0.3) + 0.15 * bool(AI_TAGS & set(company.tags))
    found = []
    for days_before in OFTEN_DAYS_BEFORE if is_seen_often else (chance.uniform(1, 60),):
        open_roles = _about(chance, expected_roles)
        engineering = sum(chance.random() < share for _ in range(open_roles))
        found.append(Signal(moment(chance, days_before), engineering, open_roles, has_blog))
        expected_roles *= chance.uniform(0.8, 1.5)
    return found


def _about(chance: random.Random, expected: float) -> int:
    """Return a count whose mean is `expected`, spread as counts are (geometric)."""
    return min(500, int(chance.expovariate(1 / expected) + chance.random())) if expected > 0 else 0
