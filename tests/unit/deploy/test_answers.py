"""What the demo asks and how it shows the answers: whole names, nothing read as markup, unknown likeness left empty."""

import io
import json
from collections.abc import Callable
from uuid import uuid4

import httpx
from rich.console import Console, RenderableType

from deploy import answers
from deploy.client import Api
from deploy.endpoint import Endpoint

ANNA = {"id": "1", "first_name": "Anna", "last_name": "[bold]Reed", "organization": None, "title": "Counsel"}
CLUSTERS = {
    "items": [
        {"id": 4, "size": 31, "top_topics": ["gas", "trading"]},
        {"id": 2, "size": 9, "top_topics": []},
    ]
}


def gateway(request: httpx.Request) -> httpx.Response:
    """Answer each question by what it asks for."""
    path = request.url.path.removeprefix("/api/ml")
    if path == "/clusters":
        return httpx.Response(200, json=CLUSTERS)
    if path.startswith("/clusters/"):
        assert request.url.params["limit"] == "3"
        return httpx.Response(200, json={"members": [ANNA] if path.endswith("/4") else []})
    if path == "/search":
        assert json.loads(request.content)["query"] == answers.QUESTION
        return httpx.Response(200, json={"items": [{**ANNA, "similarity": None}]})
    return httpx.Response(200, json={"items": [{**ANNA, "similarity": 0.456}]})


def shown(told: RenderableType) -> str:
    screen = Console(file=io.StringIO(), width=120)
    with screen.capture() as captured:
        screen.print(told)
    return captured.get()


def test_similar_people_are_shown_with_their_likeness() -> None:
    text = _ask(lambda api: answers.similar(api, {**ANNA, "last_name": "Hill"}))
    assert "Who is like Anna Hill, Counsel?" in text
    assert "Anna [bold]Reed" in text
    assert "0.46" in text


def test_a_search_answered_by_words_alone_shows_no_likeness() -> None:
    text = _ask(answers.search)
    assert answers.QUESTION in text
    assert "Anna [bold]Reed" in text
    assert "None" not in text


def test_each_cluster_is_shown_with_its_size_topics_and_members() -> None:
    lines = _ask(answers.clusters).splitlines()
    assert any("31" in line and "gas, trading" in line and "Anna [bold]Reed" in line for line in lines)
    assert any(line.split("│")[1].strip() == "9" for line in lines if line.startswith("│"))


def _ask(question: Callable[[Api], RenderableType]) -> str:
    with Api(Endpoint("http://127.0.0.1:1", uuid4(), {}), "token", transport=httpx.MockTransport(gateway)) as api:
        return shown(question(api))


def test_who_drifts_away_is_shown_with_why_and_what_to_do() -> None:
    tie = {
        "contact_id": "1", "risk_level": "HIGH", "churn_probability": 0.78, "model": {"kind": "random_forest"},
        "reasons": [{"text": "47 days of silence", "contribution": 1}, {"text": "in touch", "contribution": -1}],
        "interventions": [{"text": "Reach out"}],
    }  # fmt: skip

    def churning(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/contacts/1"):
            return httpx.Response(200, json=ANNA)
        assert request.url.params["ego_contact_id"] == "1"
        return httpx.Response(200, json={"items": [tie]})

    with Api(Endpoint("http://127.0.0.1:1", uuid4(), {}), "token", transport=httpx.MockTransport(churning)) as api:
        text = shown(answers.drifting(api, ANNA))
    assert "Who is drifting away from Anna [bold]Reed? (random forest)" in text
    for words in ("Anna [bold]Reed", "HIGH", "78%", "47 days of silence", "Reach out"):
        assert words in text
    assert "in touch" not in text
