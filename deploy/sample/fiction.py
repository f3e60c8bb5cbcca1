"""What is made up where the facts are silent: its seed, its users and their tastes, and how well an account fits.

A model can learn from these rows because they follow rules (README.md has them), with noise. They prove nothing about
the world: every row they become has the source "simulated".
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.sample import CUTOFF
from deploy.sample.companies import Company

SOURCE = "simulated"
SEED = 20011123
FIRST_HOUR, LAST_HOUR = 8, 18
AI_TAGS = {"AI", "Artificial Intelligence", "Machine Learning", "Generative AI", "AI Assistant"}
USER_COLUMNS = ("source", "external_id", "name", "email", "role", "contact_id.source", "contact_id.external_id")


@dataclass(frozen=True, slots=True)
class Taste:
    """A user, the person of the log whose card is his, and what draws him beyond a good fit."""

    user: str
    role: str
    contact: str
    industries: Mapping[str, float]
    tags: Mapping[str, float] = field(default_factory=dict)


TASTES = (
    Taste("user-1", "sales", "20", {"B2B": 0.8, "Fintech": 0.4}, {"SaaS": 0.5, "Developer Tools": 0.5}),
    Taste("user-2", "sales", "48", {"Healthcare": 1.2, "Consumer": -0.6}, {"Health Tech": 0.6}),
    Taste("user-3", "recruiting", "138", {"B2B": 0.3, "Industrials": 0.3}, {"Robotics": 0.8, "Machine Learning": 0.7}),
    Taste("user-4", "investing", "65", {"Fintech": 1.2, "Education": -0.5}, {"Payments": 0.6}),
    Taste("user-5", "investing", "67", {"Industrials": 1.0}, {"Climate": 1.0, "Hard Tech": 0.6}),
)


@dataclass(frozen=True, slots=True)
class Signal:
    """What was seen of an account at one moment."""

    observed_at: datetime
    engineering_roles: int
    open_roles: int
    has_blog: bool


def generator(subject: str) -> random.Random:
    """Return the chance of one subject: more rows of one kind leave the other kinds as they were."""
    return random.Random(f"{SEED} {subject}")  # noqa: S311 for a sample, not for a secret


def fit(company: Company, signal: Signal) -> float:
    """Return the log-odds that an account turns out well, before chance."""
    size = company.employee_count or 0
    return (
        -1.6
        + 0.8 * math.log1p(signal.engineering_roles)
        + 0.5 * signal.has_blog
        + 0.7 * (10 <= size <= 200)
        - 0.6 * (size < 5)
        + 0.6 * (company.industry in {"B2B", "Fintech"})
        + 0.4 * bool(AI_TAGS & set(company.tags))
        - 2.5 * (company.status == "Inactive")
    )


def appeal(taste: Taste, company: Company, signal: Signal) -> float:
    """Return the log-odds that a user looks closer at an account."""
    liked_tags = sum(taste.tags.get(tag, 0.0) for tag in company.tags)
    return 0.6 * fit(company, signal) + taste.industries.get(company.industry, 0.0) + liked_tags


def happens(chance: random.Random, log_odds: float) -> bool:
    return chance.random() < 1 / (1 + math.exp(-log_odds))


def moment(chance: random.Random, days_before: float) -> datetime:
    """Return a moment in working hours about so many days before CUTOFF."""
    day = CUTOFF - timedelta(days=math.ceil(days_before))
    seconds = chance.randrange(FIRST_HOUR * 3600, LAST_HOUR * 3600)
    return day + timedelta(seconds=seconds)


def user_rows() -> list[tuple[str, ...]]:
    """Return the rows of users.csv."""
    return [
        (
            SOURCE,
            taste.user,
            f"Simulated {taste.role} {number}",
            f"{taste.user}@example.org",
            taste.role,
            "enron",
            taste.contact,
        )
        for number, taste in enumerate(TASTES, 1)
    ]
