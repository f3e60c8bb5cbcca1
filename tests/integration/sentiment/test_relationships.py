"""Tones of relationships from pushed facts to answers: computed, kept, followed, corrected, erased."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from openai import AsyncOpenAI

from deploy.embedded import postgres
from kit.db import Pool, open_pool
from kit.errors import Unavailable, UpstreamFailed
from services.sentiment.domain import Tone
from services.sentiment.model import prior
from services.sentiment.usecases.chat import Chat
from services.sentiment.usecases.follow import follow_workspace
from services.sentiment.usecases.run import analyze_workspace
from services.sentiment.usecases.serving import serving
from tests.conftest import House

NOW = datetime.now(UTC)
SHIPPED = serving(prior.load())


async def quietly(_done: int, _total: int) -> None:
    return None


class Circle:
    """One workspace with a mentor who writes warmly, a rival who writes coldly, and somebody unknown."""

    def __init__(self, crm: House, sentiment: House, pool: Pool) -> None:
        self.id, self.pool = uuid4(), pool
        self._crm, self._sentiment = crm, sentiment
        self.ids: dict[str, str] = {}

    async def push(self, kind: str, *rows: dict[str, Any]) -> list[str]:
        answer = await self._crm.client.put(
            f"/api/ml/crm/{kind}", json={"items": rows}, headers=self._crm.token(self.id)
        )
        results = answer.json()["results"]
        assert all(result["status"] != "rejected" for result in results), results
        return [result["id"] for result in results]

    async def fill(self) -> None:
        people = {"warm": ["Mentor"], "cold": ["rival"], "unknown": []}
        rows = [
            {"source": "test", "external_id": name, "first_name": name, "tags": tags} for name, tags in people.items()
        ]
        self.ids = dict(zip(people, await self.push("contacts", *rows), strict=True))
        await self.write("warm", "Thank you, this is wonderful work!", "in")
        await self.write("cold", "I am very disappointed, this is terrible.", "in")

    async def write(self, name: str, summary: str, direction: str, days: int = 1) -> None:
        at = (NOW - timedelta(days=days)).isoformat()
        row = {"contact_id": self.ids[name], "kind": "email", "direction": direction, "occurred_at": at}
        await self.push("interactions", row | {"source": "test", "external_id": str(uuid4()), "summary": summary})

    async def analyze(self, run_id: UUID | None = None, at_once: int = 2) -> dict[str, Any]:
        now = datetime.now(UTC)
        return await analyze_workspace(self.pool, self.id, run_id or uuid4(), now, SHIPPED, quietly, at_once=at_once)

    async def follow(self) -> None:
        await follow_workspace(self.pool, self.id, SHIPPED, datetime.now(UTC))

    async def ask(self, method: str, path: str, *, status: int = 200, **options: Any) -> Any:
        headers = self._sentiment.token(self.id)
        answer = await self._sentiment.client.request(method, f"/api/ml/sentiment{path}", headers=headers, **options)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
async def circle(crm: House, sentiment: House, database: postgres.Server) -> AsyncIterator[Circle]:
    async with open_pool(database.conninfo("sentiment"), name="sentiment-test", max_size=4) as pool:
        made = Circle(crm, sentiment, pool)
        await made.fill()
        yield made


async def test_a_relationship_is_read_with_what_says_so(circle: Circle) -> None:
    warm = await circle.ask("GET", f"/{circle.ids['warm']}")
    cold = await circle.ask("GET", f"/{circle.ids['cold']}")
    assert (warm["sentiment_label"], cold["sentiment_label"]) == ("Very Positive", "Very Negative")
    assert {one["code"] for one in warm["evidence"]} == {"tag", "sentence"}
    assert warm["overall_sentiment"] == pytest.approx(sum(one["contribution"] for one in warm["reasons"]))
    assert warm["directions"]["in"]["texts"] == 1
    assert warm["directions"]["out"] is None
    assert warm["components"]["interactions"] is None


async def test_of_whom_nothing_is_known_there_is_no_tone(circle: Circle) -> None:
    unknown = await circle.ask("GET", f"/{circle.ids['unknown']}")
    assert (unknown["status"], unknown["overall_sentiment"], unknown["sentiment_label"]) == (
        "insufficient_data", None, None,
    )  # fmt: skip


async def test_before_anything_was_written_there_is_no_tone(circle: Circle) -> None:
    past = (NOW - timedelta(days=800)).isoformat()
    assert (await circle.ask("GET", f"/{circle.ids['warm']}", params={"as_of": past}))["overall_sentiment"] is None


async def test_the_night_gives_the_same_number_as_the_request(circle: Circle) -> None:
    assert (await circle.analyze())["contacts"] == 3
    kept = {one["contact_id"]: one for one in (await circle.ask("GET", ""))["items"]}
    assert kept.keys() == {circle.ids["warm"], circle.ids["cold"]}
    for contact_id, one in kept.items():
        asked = await circle.ask("GET", f"/{contact_id}", params={"as_of": one["facts_as_of"]})
        assert one["overall_sentiment"] == pytest.approx(asked["overall_sentiment"], abs=1e-6)
        assert one["sentiment_label"] == asked["sentiment_label"]


async def test_a_run_under_the_same_id_changes_nothing_more(circle: Circle) -> None:
    run_id = uuid4()
    first, again = await circle.analyze(run_id, at_once=1), await circle.analyze(run_id)
    assert first == again


async def test_overview_trend_and_labels_agree(circle: Circle) -> None:
    await circle.analyze()
    overview = await circle.ask("GET", "/overview")
    assert (overview["positive_count"], overview["neutral_count"], overview["negative_count"]) == (1, 0, 1)
    newest = (await circle.ask("GET", "/trend"))["items"][-1]
    assert (newest["contacts"], newest["average_sentiment"]) == (2, pytest.approx(overview["average_sentiment"]))
    listed = await circle.ask("GET", "", params={"label": "Very Negative"})
    assert [one["contact_id"] for one in listed["items"]] == [circle.ids["cold"]]


async def test_pages_show_everybody_once(circle: Circle) -> None:
    await circle.analyze()
    first = await circle.ask("GET", "", params={"limit": 1})
    second = await circle.ask("GET", "", params={"limit": 1, "cursor": first["next_cursor"]})
    assert {one["contact_id"] for one in first["items"] + second["items"]} == {circle.ids["warm"], circle.ids["cold"]}
    assert second["next_cursor"] is None


async def test_what_is_new_is_read_when_the_feed_is_followed(circle: Circle) -> None:
    await circle.analyze()
    await circle.write("unknown", "I am so happy with your great help, thank you!", "in")
    await circle.follow()
    assert circle.ids["unknown"] in {one["contact_id"] for one in (await circle.ask("GET", ""))["items"]}


async def test_a_batch_answers_for_each_id(circle: Circle) -> None:
    await circle.analyze()
    stranger = str(uuid4())
    asked = [circle.ids["warm"], stranger, circle.ids["unknown"]]
    items = (await circle.ask("POST", "/batch", json={"contact_ids": asked}))["items"]
    assert [one["contact_id"] for one in items] == asked
    assert items[0]["sentiment"]["sentiment_label"] == "Very Positive"
    assert items[1]["error"] == "contact_not_found"
    assert items[2]["sentiment"]["status"] == "insufficient_data"
    await circle.ask("POST", "/batch", json={"contact_ids": [stranger] * 1_001}, status=413)


async def test_tags_mean_what_the_workspace_says(circle: Circle) -> None:
    before = await circle.ask("GET", f"/{circle.ids['cold']}")
    await circle.ask("PUT", "/lexicon", json={"items": [{"tag": "#Rival", "value": 0.5}]})
    after = await circle.ask("GET", f"/{circle.ids['cold']}")
    assert (before["components"]["tags"], after["components"]["tags"]) == (pytest.approx(-0.8), pytest.approx(0.5))
    listed = {one["tag"]: one["origin"] for one in (await circle.ask("GET", "/lexicon"))["items"]}
    assert (listed["rival"], listed["mentor"]) == ("workspace", "default")


async def test_a_meaning_next_to_nothing_is_nothing(circle: Circle) -> None:
    said = await circle.ask("PUT", "/lexicon", json={"items": [{"tag": "vip", "value": -2.2e-309}]})
    assert [one["value"] for one in said["items"] if one["tag"] == "vip"] == [0.0]


async def test_corrections_count_once_and_are_judged_by(circle: Circle) -> None:
    await circle.analyze()
    correction = {"label": "Very Positive", "correction_id": str(uuid4())}
    path = f"/{circle.ids['cold']}/corrections"
    assert (await circle.ask("POST", path, json=correction))["status"] == "accepted"
    assert (await circle.ask("POST", path, json=correction))["status"] == "duplicate"
    assert (await circle.analyze())["corrections"] == {"count": 1, "agree_now": 0, "agreed_then": 0}
    await circle.ask("POST", f"/{uuid4()}/corrections", json=correction, status=404)


async def test_of_an_erased_contact_nothing_is_left(circle: Circle, crm: House) -> None:
    await circle.analyze()
    gone = circle.ids["warm"]
    assert not (await circle.ask("GET", f"/erasures/{gone}"))["erased"]
    answer = await crm.client.delete(f"/api/ml/crm/contacts/{gone}", headers=crm.token(circle.id))
    assert answer.status_code in {200, 202, 204}
    await circle.follow()
    assert gone not in {one["contact_id"] for one in (await circle.ask("GET", ""))["items"]}


async def test_one_text_or_several_and_no_more_than_a_hundred(circle: Circle) -> None:
    one = await circle.ask("POST", "/analyze", json={"text": "Great work!"})
    assert [result["label"] for result in one["results"]] == ["positive"]
    assert one["results"][0]["evidence"][0]["text"] == "Great work!"
    await circle.ask("POST", "/analyze", json={"texts": ["x"] * 101}, status=413)
    await circle.ask("POST", "/analyze", json={}, status=422)
    await circle.ask("POST", "/analyze", json={"text": "x" * 100_001}, status=422)


def chat(answer: str | int) -> Chat:
    """Return a chat model that answers with this content, or fails with this status."""

    def respond(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, int):
            return httpx2.Response(answer, json={"error": {"message": "no"}}, headers={"x-should-retry": "false"})
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice]}
        return httpx2.Response(200, json=body)

    transport = httpx2.MockTransport(respond)
    client = AsyncOpenAI(
        base_url="http://stub/v1", api_key="unused", http_client=httpx2.AsyncClient(transport=transport)
    )
    return Chat(client, "stub")


OURS = [Tone(0.1, "neutral", "en", 0.5), Tone(0.0, "none", None, 0.0)]


async def test_a_chat_model_is_asked_for_what_can_be_read_only() -> None:
    said = '{"results": [{"polarity": -0.5, "label": "negative", "confidence": 1}]}'
    tones = await chat(said).read(["Hm.", "!"], OURS)
    assert tones == [Tone(-0.5, "negative", "en", 0.99), OURS[1]]


@pytest.mark.parametrize("said", ["no JSON", '{"results": []}', '{"results": [{"polarity": 7, "label": "odd"}]}', "{}"])
async def test_an_answer_of_another_form_is_refused(said: str) -> None:
    with pytest.raises(UpstreamFailed):
        await chat(said).read(["Hm.", "!"], OURS)


async def test_a_chat_model_that_fails_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await chat(500).read(["Hm.", "!"], OURS)
