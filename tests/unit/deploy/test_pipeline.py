"""The whole pipeline on demand: each stage after the one before it, the time only where a stage knows a past."""

import io
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from rich.console import Console

from deploy import pipeline
from deploy.client import Api
from deploy.endpoint import Endpoint
from deploy.errors import StackError

AS_OF = "2001-11-23T00:00:00Z"
STAGES = [
    ("crm", "graph"),
    ("embeddings", "embed"),
    ("recommendations", "train"),
    ("recommendations", "recommend"),
    ("churn", "train"),
    ("churn", "predict"),
    ("sentiment", "analyze"),
    ("embeddings", "cluster"),
]


class Gateway:
    """Ends every job at once, those of the kind `failing` badly; remembers what was asked for."""

    def __init__(self, failing: str | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._failing = failing

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append((request.url.path.split("/")[3], body))
        good = body["kind"] != self._failing
        job = {"id": str(uuid4()), "state": "succeeded" if good else "failed", "progress": {"done": 1, "total": 1}}
        return httpx.Response(
            202, json=job | ({"result": {"of": body["kind"]}} if good else {"error": {"detail": "No"}})
        )


def run(gateway: Gateway, as_of: str | None = None) -> pipeline.Results:
    endpoint = Endpoint("http://127.0.0.1:1", uuid4(), {})
    with Api(endpoint, "token", transport=httpx.MockTransport(gateway)) as api:
        return pipeline.run(api, Console(file=io.StringIO()), as_of=as_of)


def test_every_stage_is_asked_for_in_its_order_and_its_result_kept() -> None:
    gateway = Gateway()
    assert run(gateway) == {f"{capability}/{kind}": {"of": kind} for capability, kind in STAGES}
    assert gateway.asked == [(capability, {"kind": kind}) for capability, kind in STAGES]


def test_the_time_is_handed_to_the_stages_that_take_one() -> None:
    gateway = Gateway()
    run(gateway, AS_OF)
    assert [body.get("as_of") for _, body in gateway.asked] == [AS_OF, None, AS_OF, AS_OF, AS_OF, AS_OF, AS_OF, None]


def test_a_stage_whose_outcome_stands_is_left_out() -> None:
    gateway = Gateway()
    with Api(Endpoint("http://127.0.0.1:1", uuid4(), {}), "token", transport=httpx.MockTransport(gateway)) as api:
        pipeline.run(api, Console(file=io.StringIO()), without=frozenset({"embeddings/cluster", "churn/train"}))
    assert [body["kind"] for _, body in gateway.asked] == ["graph", "embed", "train", "recommend", "predict", "analyze"]


def test_a_stage_that_failed_ends_it_and_says_why() -> None:
    gateway = Gateway(failing="embed")
    with pytest.raises(StackError, match="Computing vectors did not work: No"):
        run(gateway)
    assert len(gateway.asked) == 2


def test_a_stage_without_enough_data_says_what_is_missing() -> None:
    screen = Console(file=io.StringIO(), width=120)

    def gateway(_: httpx.Request) -> httpx.Response:
        return httpx.Response(202, json={"id": str(uuid4()), "state": "succeeded", "result": {"missing": ["contacts"]}})

    endpoint = Endpoint("http://127.0.0.1:1", uuid4(), {})
    with screen.capture() as shown, Api(endpoint, "token", transport=httpx.MockTransport(gateway)) as api:
        pipeline.run(api, screen)
    assert "Finding interest clusters: not enough data yet (contacts)" in shown.get()
