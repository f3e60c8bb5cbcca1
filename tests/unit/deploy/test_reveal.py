"""The sample's predictions against the messages that were kept back."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from rich.console import Console

from deploy.client import Api
from deploy.endpoint import Endpoint
from deploy.sample import CUTOFF, reveal
from deploy.sample.reveal import Seen

DAYS = 9_000
PEOPLE = [{"id": f"id-{number}", "external_id": str(number)} for number in range(1, 157)]


def test_the_future_begins_at_the_cutoff_and_moves_with_the_rest() -> None:
    later = reveal.messages(DAYS)
    times = [at for of_pair in later.values() for at in of_pair]
    assert len(times) == 4_434
    assert min(times) >= CUTOFF + timedelta(days=DAYS)
    assert all(len(pair) == 2 for pair in later)


def test_each_active_tie_is_held_against_what_came() -> None:
    asked: list[dict[str, Any]] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        asked.append(body)
        items = [
            {
                "state": "active" if place % 2 else "lost",
                "churn_probability": 0.6,
                "risk_level": "MEDIUM",
                "horizon_days": 90,
            }
            for place, _ in enumerate(body["contact_ids"])
        ]
        return httpx.Response(200, json={"items": items})

    with Api(Endpoint("http://127.0.0.1:1", uuid4(), {}), "token", transport=httpx.MockTransport(gateway)) as api:
        seen = reveal.compare(api, PEOPLE, PEOPLE[:2], DAYS)
    assert [body["ego_contact_id"] for body in asked] == ["id-1", "id-2"]
    assert all(len(body["contact_ids"]) == 155 for body in asked)
    assert {body["as_of"] for body in asked} == {(CUTOFF + timedelta(days=DAYS)).isoformat()}
    assert len(seen) == 2 * 77
    silent = sum(one.silent for one in seen)
    assert 0 < silent < len(seen)


def test_figures_are_those_one_can_work_out() -> None:
    seen = [Seen(0.9, "HIGH", silent=True), Seen(0.5, "MEDIUM", silent=False), Seen(0.5, "MEDIUM", silent=True)]
    assert reveal.auc(seen) == 0.75
    assert reveal.brier(seen) == pytest.approx((0.01 + 0.25 + 0.25) / 3)
    assert reveal.auc(seen[:1]) is None
    screen = Console(file=io.StringIO(), width=120)
    with screen.capture() as captured:
        screen.print(reveal.tell(seen, 2))
    assert "3 ties of 2 people" in captured.get()
    assert "AUC 0.75" in captured.get()
