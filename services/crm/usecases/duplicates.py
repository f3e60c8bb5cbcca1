"""Propose contacts that may be one person, by what they have in common. Nothing is merged here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from uuid import UUID

from services.crm.store.merges import SharedKey

# How often two contacts with this in common are one person: a judgement, not a measurement.
SCORES = {"email": 0.95, "phone": 0.8, "name": 0.7}
REASONS = {"email": "email", "phone": "phone", "name": "name_and_organization"}
SHARED_BY_AT_MOST = 10  # what more people share is a switchboard's or a mailing list's


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Contacts that may be one person; `score` is that of the weakest tie which holds them together."""

    ids: list[UUID]
    reasons: list[str]
    score: float


def groups(shared: Sequence[SharedKey]) -> list[Duplicates]:
    """Return who may be one person, each contact once, in the order of their first ids."""
    kinds: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for key in shared:
        for pair in combinations(sorted(key.contact_ids), 2):
            kinds[pair].add(key.kind)
    scores = {pair: 1 - prod(1 - SCORES[kind] for kind in found) for pair, found in kinds.items()}
    leader: dict[UUID, UUID] = {}
    members: dict[UUID, list[UUID]] = {}
    weakest: dict[UUID, float] = {}
    for (one, other), score in sorted(scores.items(), key=lambda scored: (-scored[1], scored[0])):
        near, far = leader.setdefault(one, one), leader.setdefault(other, other)
        if near == far:
            continue
        joined = members.pop(near, [near]) + members.pop(far, [far])
        members[near], weakest[near] = joined, score  # strongest ties first: the last one is the weakest
        leader.update(dict.fromkeys(joined, near))
    reasons: dict[UUID, set[str]] = defaultdict(set)
    for (one, _), found in kinds.items():
        reasons[leader[one]] |= found
    proposed = [
        Duplicates(sorted(ids), [REASONS[kind] for kind in SCORES if kind in reasons[head]], round(weakest[head], 4))
        for head, ids in members.items()
    ]
    return sorted(proposed, key=lambda one: one.ids[0])
