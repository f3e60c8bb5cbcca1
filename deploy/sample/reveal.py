"""Holds what Rapport says of the sample's ties against what came after: the messages that no service has ever seen."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.client import Api
from deploy.sample import CUTOFF, FUTURE
from deploy.sample.shift import opened, shift_time

LEVELS = ("HIGH", "MEDIUM", "LOW")
Pair = frozenset[str]
Messages = Mapping[Pair, Sequence[datetime]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of a tie, and whether it fell silent."""

    probability: float
    risk_level: str
    silent: bool


def messages(days: int) -> Messages:
    """Return when who wrote to whom after the cutoff, moved by as many days as the rest of the sample."""
    found: dict[Pair, list[datetime]] = defaultdict(list)
    with opened(FUTURE) as file:
        for row in csv.DictReader(file):
            pair = frozenset({row["contact_id.external_id"], row["counterpart_id.external_id"]})
            found[pair].append(datetime.fromisoformat(shift_time(row["occurred_at"], days)))
    return found


def compare(api: Api, people: Sequence[Mapping[str, Any]], egos: Iterable[Mapping[str, Any]], days: int) -> list[Seen]:
    """Ask what is said, by the facts of the cutoff, of the ties of some people; say what came of each."""
    as_of, later = CUTOFF + timedelta(days=days), messages(days)
    return [seen for ego in egos for seen in _of_one(api, people, ego, as_of, later)]


def _of_one(
    api: Api, people: Sequence[Mapping[str, Any]], ego: Mapping[str, Any], as_of: datetime, later: Messages
) -> Iterator[Seen]:
    others = [one for one in people if one["id"] != ego["id"]]
    ids = [one["id"] for one in others]
    body = {"contact_ids": ids, "ego_contact_id": ego["id"], "as_of": as_of.astimezone(UTC).isoformat()}
    items = api.request("POST", "/churn/batch", json=body)["items"]
    for one, item in zip(others, items, strict=True):
        if item["state"] == "active":
            until = as_of + timedelta(days=item["horizon_days"])
            written = later.get(frozenset({ego["external_id"], one["external_id"]}), ())
            silent = not any(as_of <= at <= until for at in written)
            yield Seen(item["churn_probability"], item["risk_level"], silent)


def tell(seen: Sequence[Seen], whose: int) -> Group:
    """Return a table of what was said and what came, by level, and how well the order held."""
    table = Table("risk", "ties", "fell silent", "said on average", title="What came of it", title_justify="left")
    for level in LEVELS:
        of_level = [one for one in seen if one.risk_level == level]
        silent = sum(one.silent for one in of_level)
        said = f"{sum(one.probability for one in of_level) / len(of_level):.0%}" if of_level else ""
        share = f"{silent} ({silent / len(of_level):.0%})" if of_level else "0"
        table.add_row(level, str(len(of_level)), share, said)
    order = auc(seen)
    well = "" if order is None else f"; AUC {order:.2f}, Brier {brier(seen):.2f}"
    words = (
        f"{len(seen)} ties of {whose} people, against the messages after the cutoff, which were never imported{well}"
    )
    return Group(table, Text(words, style="dim"))


def auc(seen: Sequence[Seen]) -> float | None:
    """Return the chance that of two ties the one that fell silent was given more; None where all went the same way."""
    ones = [one.probability for one in seen if one.silent]
    zeros = [one.probability for one in seen if not one.silent]
    if not ones or not zeros:
        return None
    return sum((one > zero) + (one == zero) / 2 for one in ones for zero in zeros) / (len(ones) * len(zeros))


def brier(seen: Sequence[Seen]) -> float:
    return sum((one.probability - one.silent) ** 2 for one in seen) / len(seen)
