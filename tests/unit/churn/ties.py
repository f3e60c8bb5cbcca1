"""Ties made up for tests."""

import numpy as np

from services.churn.domain import BOTH, IN, OUT, Log, Ties

AS_OF_DAY = 1_000.0


def ties(days: list[list[float]], direction: int = OUT, **known: list[float]) -> Ties:
    """Return ties whose interactions were on some days; of their ends only `known` is known."""
    count = len(days)
    every = np.array([day for one in days for day in one], np.float64)
    nothing = np.full(count, np.nan, np.float32)
    columns = {name: np.array(values, np.float32) for name, values in known.items()}
    return Ties(
        offsets=np.cumsum([0, *map(len, days)]),
        day=every,
        direction=np.full(len(every), direction, np.int8),
        others=np.full((count, 3), np.nan, np.float32),
        others_last_day=np.full(count, np.nan),
        own=np.full((count, 3), np.nan, np.float32),
        mutual=columns.get("mutual", nothing),
        mutual_before=columns.get("mutual_before", nothing),
        influence=columns.get("influence", nothing),
        community_size=nothing,
        tags_gained=nothing,
        tags_lost=nothing,
        organization_changed=nothing,
    )


def log(people: int = 60, years: float = 2.0, seed: int = 7) -> Log:
    """Return what passed among people whose ties begin and end by chance, a third of it with the workspace's own."""
    random = np.random.default_rng(seed)
    rows = []
    for ego in range(people):
        for contact in random.choice(people, 8, replace=False):
            start = random.uniform(0, years * 365)
            days = start + np.cumsum(random.exponential(random.choice([5.0, 20.0, 60.0]), random.geometric(0.05)))
            rows += [(ego, contact, day, random.choice([OUT, IN, BOTH])) for day in days if ego != contact]
    ego_of, contact_of, day, direction = (np.array(column) for column in zip(*rows, strict=True))
    ours = random.random(len(ego_of)) < 1 / 3
    kept = day < years * 365
    return Log(
        np.where(ours, -1, ego_of)[kept].astype(np.int32),
        contact_of[kept].astype(np.int32),
        day[kept],
        direction[kept].astype(np.int8),
        people,
    )
