"""One part that is away, or says no: its fields are null and say why, everything else answers."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from graphql import GraphQLError

from gateway.graph.errors import as_json
from gateway.graph.loaders import Loader, Turns
from gateway.proxy.breaker import FAILURES_IN_A_ROW
from tests.unit.graph.conftest import Graph, Opening
from tests.unit.graph.scripted import World, person, refuse

PARTS = """{
  recommendedContacts(limit: 2) { firstName contact { firstName tags churn { state } sentiment { label }
                                                      similar(limit: 1) { id } } }
  sentimentOverview { positiveCount }
  contactClusters { size }
  recommendedAccounts(limit: 1) { items { id account { icp { fit } } } }
}"""


def faults(answer: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Return of each error the last name in its path, its code and the service to blame."""
    found = ((error["path"], error["extensions"]) for error in answer.get("errors", ()))
    return {(path[-1], said["code"], said["service"]) for path, said in found}


@pytest.mark.parametrize(
    ("part", "silent"),
    [
        ("churn", {"churn"}),
        ("sentiment", {"sentiment", "sentimentOverview"}),
        ("icp", {"icp"}),
        ("crm", {"tags"}),
        ("embeddings", {"similar", "contactClusters"}),
        ("recommend", {"recommendedContacts", "recommendedAccounts"}),
    ],
)
@pytest.mark.parametrize("code", ["service_unavailable", "not_built"])
async def test_one_service_stopped_or_not_there_leaves_all_the_others(
    opening: Opening, part: str, silent: set[str], code: str
) -> None:
    world = World()
    if code == "service_unavailable":
        world.down.add(part)
    graph = await opening(world, without=(part,) if code == "not_built" else ())
    response = await graph.post({"query": PARTS})
    answer = response.json()
    assert response.status_code == 200
    assert faults(answer) == {(name, code, part) for name in silent}
    assert values(answer["data"]) == values((await (await opening(World())).ask(PARTS))["data"]) - gone(silent)


def values(data: Any, above: str = "") -> set[str]:
    """Return the name of every field that has a value."""
    if isinstance(data, list):
        return {name for one in data for name in values(one, above)}
    if not isinstance(data, dict):
        return set() if data is None else {above}
    return {name for key, one in data.items() for name in values(one, key)}


def gone(silent: set[str]) -> set[str]:
    """Return the leaves of PARTS below fields without an answer."""
    below = {
        "churn": {"state"},
        "sentiment": {"label"},
        "sentimentOverview": {"positiveCount"},
        "icp": {"fit"},
        "similar": set[str](),  # its id has the name of others'
        "contactClusters": {"size"},
        "tags": {"tags"},
        "recommendedContacts": {"firstName", "tags", "state", "label"},
        "recommendedAccounts": {"id", "fit"},
    }
    return {leaf for name in silent for leaf in below[name]}


async def test_who_wants_the_rule_in_force_gets_it(opening: Opening) -> None:
    world = World()
    world.down.add("embeddings")
    graph = await opening(world)
    query = '{ contact(id: "%s") { firstName similar { id } } }' % person(1)  # noqa: UP031 braces
    ours, theirs = [(await graph.post({"query": query, "onError": rule})).json() for rule in ("NULL", "PROPAGATE")]
    assert ours["data"] == {"contact": {"firstName": "First 1", "similar": None}}
    assert theirs["data"] == {"contact": None}
    assert ours["errors"][0]["path"] == theirs["errors"][0]["path"] == ["contact", "similar"]


async def test_a_service_that_keeps_failing_is_left_alone_and_found_again(opening: Opening) -> None:
    world = World()
    world.down.add("churn")
    graph = await opening(world)
    query = '{ churnRisk(contactId: "%s") { state } }' % person(1)  # noqa: UP031 braces
    for _ in range(FAILURES_IN_A_ROW + 3):
        answer = await graph.ask(query)
        assert answer["data"] == {"churnRisk": None}
        assert answer["errors"][0]["extensions"]["code"] == "service_unavailable"
    assert world.calls["/churn/batch"] == FAILURES_IN_A_ROW
    assert answer["errors"][0]["extensions"]["retry_after_s"] == 1
    world.down.clear()
    await asyncio.sleep(0.6)
    assert (await graph.ask(query))["data"] == {"churnRisk": {"state": "active"}}
    assert "errors" not in await graph.ask(query)


async def test_a_silent_service_costs_its_time_out_and_no_more(opening: Opening) -> None:
    world = World()

    def silent(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("told to be silent")

    world.scripts["/churn/batch"] = silent
    graph = await opening(world)
    answer = await graph.ask('{ churnRisk(contactId: "%s") { state } sentimentOverview { neutralCount } }' % person(1))  # noqa: UP031
    assert faults(answer) == {("churnRisk", "upstream_timeout", "churn")}
    assert answer["data"] == {"churnRisk": None, "sentimentOverview": {"neutralCount": 2}}


async def test_no_service_is_awaited_longer_than_the_caller_waits(opening: Opening) -> None:
    world = World()
    graph = await opening(world)
    await graph.post({"query": "{ sentimentOverview { neutralCount } }"}, X_Timeout_Ms="1500")
    assert 1_000 < int(world.requests[0].headers["X-Timeout-Ms"]) <= 1_500
    began = time.monotonic()
    late = await graph.post({"query": "{ sentimentOverview { neutralCount } }"}, X_Timeout_Ms="0")
    assert time.monotonic() - began < 0.5
    assert late.json()["errors"][0]["extensions"]["code"] == "upstream_timeout"


async def test_what_a_service_refuses_is_said_as_it_said_it_with_arguments_by_their_names(graph: Graph) -> None:
    bad = {"in": "query", "pointer": "#/min_score", "detail": "must be at most 1", "allowed": {"le": 1}}
    graph.world.scripts["/recommendations/contacts"] = refuse(
        422, code="invalid", detail="Some fields break their rules.", errors=[bad], request_id="theirs", hint=3
    )
    response = await graph.post({"query": "{ recommendedContacts(minScore: 7) { id } }"}, X_Request_Id="ours-12345")
    [error] = response.json()["errors"]
    assert error["message"] == "Some fields break their rules."
    assert error["path"] == ["recommendedContacts"]
    assert error["extensions"] == {
        "code": "invalid",
        "status": 422,
        "service": "recommend",
        "request_id": "ours-12345",
        "hint": 3,
        "errors": [{**bad, "in": "argument", "pointer": "#/minScore"}],
    }


@pytest.mark.parametrize(("status", "code"), [(404, "unknown_path"), (405, "method_not_allowed")])
async def test_a_service_that_does_not_know_the_question_yet_is_not_built(graph: Graph, status: int, code: str) -> None:
    graph.world.scripts["/recommendations"] = refuse(status, code=code, detail="There is nothing at this path.")
    answer = await graph.ask("{ recommendedAccounts { decisionId } recommendedContacts(limit: 1) { score } }")
    assert answer["data"] == {"recommendedAccounts": None, "recommendedContacts": [{"score": 0.9}]}
    assert faults(answer) == {("recommendedAccounts", "not_built", "recommend")}


async def test_one_item_of_a_batch_that_is_wrong_fails_its_own_field(graph: Graph) -> None:
    problem = {"code": "too_long", "status": 422, "detail": "Too much to read."}
    items = [
        {"contact_id": person(1), "error": problem},
        {"contact_id": person(2), "error": "contact_not_found"},
        {"contact_id": person(3), "error": "no_language"},
    ]
    graph.world.scripts["/sentiment/batch"] = lambda _request: {"items": items}
    fields = " ".join(
        f'{name}: contactSentiment(contactId: "{person(n)}") {{ label }}' for n, name in enumerate("abcd", 1)
    )
    answer = await graph.ask(f"{{ {fields} }}")
    assert answer["data"] == dict.fromkeys("abcd")
    assert faults(answer) == {("a", "too_long", "sentiment"), ("c", "no_language", "sentiment")}


async def test_an_answer_of_another_shape_is_the_services_fault(graph: Graph) -> None:
    graph.world.scripts["/churn/batch"] = lambda _request: {"items": [{"contact_id": person(1), "other": 1}]}
    graph.world.scripts["/sentiment/overview"] = lambda _request: {}
    graph.world.scripts["/clusters"] = lambda _request: httpx.Response(200, text="<html>")
    query = '{ churnRisk(contactId: "%s") { state } sentimentOverview { neutralCount } contactClusters { id } }'
    answer = await graph.ask(query % person(1))
    assert faults(answer) == {
        ("churnRisk", "upstream_failed", "churn"),
        ("sentimentOverview", "upstream_failed", "sentiment"),
        ("contactClusters", "upstream_failed", "embeddings"),
    }


async def test_who_is_not_there_is_null_without_an_error(graph: Graph) -> None:
    graph.world.scripts["/clusters/9"] = refuse(404, code="cluster_not_found", detail="There is no such cluster.")
    query = '{ contact(id: "%s") { id } clusterDetails(clusterId: 9) { id } }' % person(0)  # noqa: UP031 braces
    assert await graph.ask(query) == {"data": {"contact": None, "clusterDetails": None}}


async def test_a_limit_that_no_batch_takes_is_refused_at_its_field(graph: Graph) -> None:
    query = '{ contact(id: "%s") { id similar(limit: 51) { id } } }' % person(1)  # noqa: UP031 braces
    answer = await graph.ask(query)
    assert answer["data"] == {"contact": {"id": person(1), "similar": None}}
    [error] = answer["errors"]
    assert error["extensions"]["errors"][0]["pointer"] == "#/limit"
    assert error["extensions"]["limit"] == 50


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "не установлен"), ("en", "not installed"), ("fr", "not installed")]
)
async def test_errors_are_said_in_the_callers_language(opening: Opening, language: str, words: str) -> None:
    graph = await opening(World(), without=("churn",))
    response = await graph.post({"query": "{ allChurnRisks { state } }"}, Accept_Language=language)
    assert words in response.json()["errors"][0]["message"]
    graph.world.down.add("sentiment")
    graph.world.scripts["/clusters"] = lambda _request: httpx.Response(200, text="<html>")
    away = await graph.post(
        {"query": "{ sentimentOverview { neutralCount } contactClusters { id } }"}, Accept_Language=language
    )
    said = {error["path"][0]: error["message"] for error in away.json()["errors"]}
    assert (
        ("не отвечает" in said["sentimentOverview"])
        == ("нельзя прочесть" in said["contactClusters"])
        == (language == "ru")
    )
    refused = await graph.post({"query": "{ a " * 50 + "}" * 50}, Accept_Language=language)
    assert ("Вложенность" in refused.json()["errors"][0]["message"]) == (language == "ru")


async def test_a_row_of_another_shape_is_the_crms_fault(graph: Graph) -> None:
    graph.world.scripts["/crm/contacts/batch"] = lambda _request: {"items": [{"id": person(1), "last_name": "x"}]}
    answer = await graph.ask('{ contact(id: "%s") { firstName lastName } }' % person(1))  # noqa: UP031 braces
    assert answer["data"] == {"contact": {"firstName": None, "lastName": "x"}}
    assert faults(answer) == {("firstName", "upstream_failed", "crm")}


def test_a_fault_of_our_own_says_nothing_of_itself() -> None:
    error = GraphQLError("Ada's secret", original_error=RuntimeError("Ada's secret"), path=["contact"])
    document = as_json(error, "request-1", "en")
    assert document["extensions"] == {"code": "internal_error", "status": 500, "request_id": "request-1"}
    assert "Ada" not in str(document)


async def test_a_loader_whose_work_breaks_leaves_nobody_waiting() -> None:
    async def broken(_keys: Sequence[int]) -> dict[int, str]:
        raise RuntimeError("ours")

    loader: Loader[int, str] = Loader(broken, Turns(), most=10)
    with pytest.raises(RuntimeError, match="ours"):
        async with asyncio.timeout(1):
            await loader.load(1)


async def test_a_loader_whose_caller_left_ends_its_work() -> None:
    ended = asyncio.Event()

    async def endless(_keys: Sequence[int]) -> dict[int, str]:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return {}

    loader: Loader[int, str] = Loader(endless, Turns(), most=10)
    loader.load(1)
    await asyncio.sleep(0.05)
    loader.close()
    async with asyncio.timeout(1):
        await ended.wait()
