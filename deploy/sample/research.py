"""Simulated research runs: what a user found out about an account, near the directory's figures and newer."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from deploy.sample.companies import Company
from deploy.sample.fiction import AI_TAGS, SOURCE, TASTES, Signal, appeal, generator, happens, moment

RUNS = 1_200
DAYS = 500
STAGES = ((400, "Series C"), (120, "Series B"), (40, "Series A"), (8, "Seed"), (0, "Pre-seed"))
COMMON_TECHNOLOGY = ("Python", "TypeScript", "React", "PostgreSQL", "AWS", "Kubernetes", "Go", "GCP", "Node.js")
TECHNOLOGY = {
    "Fintech": ("Java", "Kafka", "Snowflake"),
    "Healthcare": ("R", "FHIR", "Django"),
    "Industrials": ("C++", "ROS", "Rust"),
    "Consumer": ("Swift", "Kotlin", "Firebase"),
}
AI_TECHNOLOGY = ("PyTorch", "CUDA", "vLLM")


def rows(companies: Sequence[Company], signals: Mapping[str, Sequence[Signal]]) -> Iterator[dict[str, Any]]:
    """Yield RUNS objects, one for each line of research_runs.jsonl: users look into what appeals to them."""
    chance = generator("research")
    alive = [company for company in companies if company.number in signals]
    number = 0
    while number < RUNS:
        company, taste = chance.choice(alive), chance.choice(TASTES)
        if not happens(chance, appeal(taste, company, signals[company.number][-1])):
            continue
        number += 1
        ran_at = moment(chance, chance.uniform(1, DAYS))
        yield {
            "source": SOURCE,
            "external_id": f"research-{number}",
            "account_id": {"source": "yc", "external_id": company.number},
            "user_id": {"source": SOURCE, "external_id": taste.user},
            "ran_at": ran_at.isoformat(),
            "findings": {
                **_size(chance, company),
                "last_funding_at": (ran_at - timedelta(days=chance.randrange(20, 900))).isoformat(),
                "tech_stack": _technology(chance, company),
            },
        }


def _size(chance: random.Random, company: Company) -> dict[str, Any]:
    employees = max(1, round((company.employee_count or 3) * chance.lognormvariate(0.05, 0.15)))
    return {"employee_count": employees, "funding_stage": next(name for least, name in STAGES if employees >= least)}


def _technology(chance: random.Random, company: Company) -> list[str]:
    likely = TECHNOLOGY.get(company.industry, ()) + (AI_TECHNOLOGY if AI_TAGS & set(company.tags) else ())
    chosen = chance.sample(COMMON_TECHNOLOGY, 3) + [name for name in likely if chance.random() < 0.6]
    return sorted(chosen)
