"""Similar people: in the exact order, never the person himself, and still there while the provider is away."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx2
import numpy as np
import pytest

from kit.cache import Server
from kit.db import Pool
from services.embeddings.model.known import Models
from services.embeddings.settings import EmbeddingsSettings
from services.embeddings.usecases import compare
from services.embeddings.usecases.serving import Serving
from tests.conftest import House, Provider
from tests.integration.embeddings.conftest import People

Answer = Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]
WORDS = ["engine", "poetry", "number", "ship", "compiler", "goto", "type", "proof", "garden", "violin"]


async def crowd(people: People) -> dict[str, str]:
    """Push sixty people whose titles share words, embedded."""
    draw = np.random.default_rng(7)
    titles = [" ".join(draw.choice(WORDS, size=3)) for _ in range(60)]
    ids = await people.push(**{f"n{number}": {"title": title} for number, title in enumerate(titles)})
    await people.embed()
    return ids


async def exact(people: People, contact_id: str) -> list[tuple[str, float]]:
    """Return everybody else by cosine of the stored vectors, as numpy sees it."""
    vectors = await people.vectors()
    anchor = vectors.pop(UUID(contact_id)).astype(np.float64)
    cosines = {
        str(other): float(vector.astype(np.float64) @ anchor / np.linalg.norm(vector) / np.linalg.norm(anchor))
        for other, vector in vectors.items()
    }
    return sorted(cosines.items(), key=lambda pair: (-pair[1], pair[0]))


async def test_the_order_is_that_of_the_exact_cosine_and_never_holds_the_person_himself(people: People) -> None:
    ids = await crowd(people)
    for contact_id in list(ids.values())[:5]:
        truth = await exact(people, contact_id)
        found = await people.read(f"/similar/{contact_id}", limit=200)
        assert found["status"] == "scored"
        assert found["exhaustive"] is True
        assert contact_id not in {item["id"] for item in found["items"]}
        assert len(found["items"]) == 59
        similarities = [item["similarity"] for item in found["items"]]
        np.testing.assert_allclose(similarities, np.clip([cosine for _id, cosine in truth], 0, 1), atol=1e-3)
        assert similarities == sorted(similarities, reverse=True)
        by_id = dict(truth)
        for item in found["items"]:
            assert item["similarity"] == pytest.approx(max(0, by_id[item["id"]]), abs=1e-3)


async def test_limit_and_min_similarity_cut_the_same_list(people: People) -> None:
    [anchor, *_] = (await crowd(people)).values()
    everybody = (await people.read(f"/similar/{anchor}", limit=200))["items"]
    assert (await people.read(f"/similar/{anchor}"))["items"] == everybody[:10]
    assert (await people.read(f"/similar/{anchor}", limit=3))["items"] == everybody[:3]
    near = (await people.read(f"/similar/{anchor}", limit=200, min_similarity=0.5))["items"]
    assert near == [item for item in everybody if item["similarity"] >= 0.5]
    assert 0 < len(near) < len(everybody)


async def test_what_two_people_share_is_named(people: People) -> None:
    ids = await people.push(
        Ada={"organization": "Engines", "title": "Countess", "tags": ["mentor", "poet"]},
        Mary={"organization": "Engines", "title": "Translator", "tags": ["poet", "friend"]},
    )
    await people.embed()
    [mary] = (await people.read(f"/similar/{ids['Ada']}"))["items"]
    assert mary["match"] == [{"field": "organization", "value": "Engines"}, {"field": "tags", "value": "poet"}]


async def test_a_contact_that_has_just_changed_is_compared_as_he_is_now(people: People, provider: Provider) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"}, Clara={"title": "violin violin"})
    await people.embed()
    await people.push(Ada={"title": "violin violin"})
    before = provider.inputs
    found = await people.read(f"/similar/{ids['Ada']}")
    assert (found["status"], found["degraded"], provider.inputs - before) == ("scored", False, 1)
    assert found["items"][0]["id"] == ids["Clara"]


async def test_with_the_provider_away_an_older_vector_serves_and_says_so(people: People, provider: Provider) -> None:
    ids = await people.push(Ada={"title": "engine"}, Mary={"title": "engine"})
    await people.embed()
    await people.push(Ada={"title": "violin"}, New={})
    provider.failure = 500
    try:
        stale = await people.read(f"/similar/{ids['Ada']}")
        mary = await people.read(f"/similar/{ids['Mary']}")
        new = (await people.push(New={}))["New"]
        unknown = await people.read(f"/similar/{new}")
    finally:
        provider.failure = None
    assert (stale["status"], stale["degraded"], len(stale["items"])) == ("stale", True, 1)
    assert (mary["status"], mary["degraded"]) == ("scored", False)
    assert (unknown["status"], unknown["degraded"], unknown["items"]) == ("insufficient_data", True, [])
    assert unknown["missing"] == ["vector"]


async def hang(_request: httpx2.Request) -> httpx2.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def refuse(_request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("nobody listens")


@pytest.mark.parametrize("answer", [hang, refuse])
async def test_a_provider_that_hangs_or_is_gone_is_not_waited_for(
    people: People, embeddings_pool: Pool, embeddings_settings: EmbeddingsSettings, answer: Answer
) -> None:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    lost, ids = Models.connect(embeddings_settings, http_client=client), await people.push(Ada={})
    async with asyncio.timeout(compare.PATIENCE_S + 2):
        anchor, _served = await compare.find_anchor(
            embeddings_pool,
            people.id,
            Serving(lost, Server(None, "test")),
            UUID(ids["Ada"]),
            now=datetime.now(UTC),
        )
    assert (anchor.status, anchor.degraded) == ("insufficient_data", True)
    await lost.close()


async def test_of_a_contact_without_a_word_it_is_said_what_is_missing(people: People, provider: Provider) -> None:
    ids = await people.push(Nobody={"first_name": ""}, Ada={})
    await people.embed()
    before = provider.requests
    found = await people.read(f"/similar/{ids['Nobody']}")
    assert (found["status"], found["degraded"], found["items"], found["exhaustive"]) == (
        "insufficient_data",
        False,
        [],
        False,
    )
    assert set(found["missing"]) == {"name", "title", "organization", "tags", "notes"}
    assert provider.requests == before


async def test_similarities_agree_with_the_list_and_name_whom_they_do_not_know(people: People) -> None:
    ids = list((await crowd(people)).values())
    stranger = str(uuid4())
    body = {"contact_id": ids[0], "candidate_ids": [*ids[:5], ids[1], stranger]}
    found = (await people.ask("POST", "/similarities", json=body)).json()
    listed = {item["id"]: item["similarity"] for item in (await people.read(f"/similar/{ids[0]}", limit=200))["items"]}
    assert found["similarities"] == {**{other: listed[other] for other in ids[1:5]}, ids[0]: pytest.approx(1, abs=1e-3)}
    assert found["unknown"] == [stranger]


@pytest.mark.parametrize("away", [False, True])
async def test_another_workspaces_contact_is_not_there_and_none_of_its_people_are_seen(
    people: People, embeddings: House, provider: Provider, *, away: bool
) -> None:
    ids = await people.push(Ada={}, Grace={})
    await people.embed()
    stranger = embeddings.token(uuid4())
    provider.failure = 500 if away else None
    try:
        similar = await embeddings.client.get(f"/api/ml/similar/{ids['Ada']}", headers=stranger)
        pairs = await embeddings.client.post(
            "/api/ml/similarities",
            json={"contact_id": ids["Ada"], "candidate_ids": [ids["Grace"]]},
            headers=stranger,
        )
    finally:
        provider.failure = None
    for answer in (similar, pairs):
        assert (answer.status_code, answer.json()["code"]) == (404, "contact_not_found")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "pointer"),
    [
        ("GET", "/similar/7", None, 422, "#/contact_id"),
        ("GET", "/similar/{id}?limit=0", None, 422, "#/limit"),
        ("GET", "/similar/{id}?limit=201", None, 422, "#/limit"),
        ("GET", "/similar/{id}?min_similarity=NaN", None, 422, "#/min_similarity"),
        ("GET", "/similar/{id}?min_similarity=1.1", None, 422, "#/min_similarity"),
        ("GET", "/embeddings/erasures/x", None, 422, "#/entity_id"),
        ("POST", "/similarities", {"contact_id": "{id}"}, 422, "#/candidate_ids"),
        ("POST", "/similarities", {"contact_id": "{id}", "candidate_ids": ["x"]}, 422, "#/candidate_ids/0"),
        (
            "POST",
            "/similarities",
            {"contact_id": "{id}", "candidate_ids": [str(UUID(int=1))] * 1_001},
            413,
            "#/candidate_ids",
        ),
        ("POST", "/embeddings/jobs", {"kind": "import"}, 422, "#/kind"),
        ("POST", "/embeddings/jobs", {"kind": "embed", "as": "x"}, 422, "#/as"),
    ],
)
async def test_bad_input_is_named(
    people: People, method: str, path: str, body: dict[str, object] | None, status: int, pointer: str
) -> None:
    ada = (await people.push(Ada={}))["Ada"]
    if body and body.get("contact_id") == "{id}":
        body = body | {"contact_id": ada}
    answer = await people.ask(method, path.replace("{id}", ada), json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_readiness_counts_who_can_be_compared(people: People) -> None:
    await people.push(Ada={}, Grace={}, Nobody={"first_name": ""})
    before = (await people.read("/embeddings/readiness"))["items"]
    await people.embed()
    after = (await people.read("/embeddings/readiness"))["items"]
    assert before == [
        {"kind": "contacts", "have": 0, "minimum": 2, "optimal": 3},
        {"kind": "words", "have": 0, "minimum": 1, "optimal": 3},
    ]
    assert [item["have"] for item in after] == [2, 3]


async def test_the_service_is_ready_and_answers_while_the_provider_is_away(
    embeddings: House, provider: Provider
) -> None:
    provider.failure = 500
    try:
        assert (await embeddings.client.get("/readyz")).json() == {"status": "ready", "checks": {"database": "ok"}}
    finally:
        provider.failure = None
