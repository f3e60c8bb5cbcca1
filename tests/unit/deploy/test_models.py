"""`rapport model`: what it asks of the gateway, and what it says."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from rich.console import Console

from deploy import models
from deploy.client import Api
from deploy.endpoint import Endpoint
from deploy.errors import StackError

SERVES = {"name": "local", "version": "384", "state": "serving", "configured": True, "vectors": 1_200}
FILLS = {"name": "org/far", "version": "8", "state": "embedding", "configured": False, "vectors": 30}
LISTED = {"items": [SERVES, FILLS], "available": ["third"]}


class Gateway:
    """Answers as the service does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._job = {"id": str(uuid4()), "state": "queued", "progress": {"done": 0, "total": None}}
        self.ended: dict[str, Any] = {"state": "succeeded"}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/ml/embeddings")
        self.asked.append(f"{request.method} {path} {request.content.decode()}".strip())
        if path.startswith("/jobs/"):
            return httpx.Response(200, json={**self._job, **self.ended})
        if request.method == "GET":
            readiness = {"items": [{"optimal": 1_500}]}
            return httpx.Response(200, json=readiness if path == "/readiness" else LISTED)
        return httpx.Response(200 if path.endswith("/promote") else 202, json=self._job)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def said(gateway: Gateway, act: Callable[..., None], *given: str, **options: bool) -> str:
    console = Console(file=io.StringIO(), width=120)
    endpoint = Endpoint("http://gateway", uuid4(), {})
    with Api(endpoint, "token", transport=httpx.MockTransport(gateway)) as api:
        act(api, console, *given, **options)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_list_says_what_serves_how_far_the_others_are_and_what_could_be_added(gateway: Gateway) -> None:
    shown = said(gateway, models.show)
    assert "1,200 of 1,500" in shown
    assert "being filled, but not configured any more" in shown
    assert "To be had: third" in shown


@pytest.mark.parametrize("wait", [True, False])
def test_adding_waits_for_the_job_if_asked_to(gateway: Gateway, *, wait: bool) -> None:
    shown = said(gateway, models.add, "third", wait=wait)
    assert gateway.asked[0] == f"POST /models {json.dumps({'name': 'third'}, separators=(',', ':'))}"
    assert ("rapport model switch third" in shown, len(gateway.asked) > 1) == (wait, wait)


def test_switching_names_the_version_that_is_there(gateway: Gateway) -> None:
    assert said(gateway, models.switch, "org/far") == "org/far serves\n"
    assert gateway.asked[-1] == "POST /models/org/far/versions/8/promote"


def test_switching_to_what_is_not_there_says_what_is(gateway: Gateway) -> None:
    with pytest.raises(StackError, match="no model nothing; there is local, org/far"):
        said(gateway, models.switch, "nothing")


def test_removing_that_fails_says_why(gateway: Gateway) -> None:
    gateway.ended = {"state": "failed", "error": {"detail": "The provider refused."}}
    with pytest.raises(StackError, match="The provider refused"):
        said(gateway, models.remove, "org/far", wait=True)
    assert gateway.asked[0] == "DELETE /models/org/far"
