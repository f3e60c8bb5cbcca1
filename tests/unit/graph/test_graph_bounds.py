"""What a query may ask for: everything beyond is refused before any service is asked, and cheaply."""

import time
from typing import Any

import pytest
from graphql import get_introspection_query, get_operation_ast, parse

from gateway.graph import bounds
from gateway.graph.execution import CORE
from kit.errors import BadRequest
from tests.unit.graph.conftest import Graph
from tests.unit.graph.scripted import person

NESTED = "{ similarContacts(contactId: %s) " + "{ similar(limit: 1) " * 49 + "{ id }" + " }" * 50
NESTED %= f'"{person(1)}"'
IN_FRAGMENTS = (
    "{ similarContacts(contactId: %s) { ...f0 } }" % f'"{person(1)}"'  # noqa: UP031 braces
    + "".join(f" fragment f{n} on Contact {{ similar(limit: 1) {{ ...f{n + 1} }} }}" for n in range(20))
    + " fragment f20 on Contact { id }"
)
DOUBLED = (
    "{ contactClusters { members { ...f0 } } } "
    + "".join(f"fragment f{n} on Contact {{ ...f{n + 1} ...f{n + 1} }} " for n in range(60))
    + "fragment f60 on Contact { id }"
)
CYCLE = "{ contactClusters { members { ...a } } } fragment a on Contact { ...b } fragment b on Contact { id ...a }"
TOO_MUCH = {
    "depth of 50": (NESTED, "query_too_deep"),
    "depth of 20 in fragments": (IN_FRAGMENTS, "query_too_deep"),
    "depth of 5,000": ("{ a " * 5_000 + "}" * 5_000, "query_too_deep"),
    "brackets in an argument": (f"{{ contact(id: {'[' * 1_500}{']' * 400}) {{ id }} }}", "query_too_deep"),
    "ten thousand aliases": (
        "{" + " ".join(f"a{n}: contactClusters {{ id }}" for n in range(10_000)) + "}", "too_many_tokens",
    ),
    "31 aliases": ("{" + " ".join(f"a{n}: contactClusters {{ id }}" for n in range(31)) + "}", "too_many_aliases"),
    "one field over and over": ("{ contactClusters { " + "id " * 301 + "} }", "too_many_fields"),
    "aliases in a fragment that nobody spreads": (
        "{ contactClusters { id } } fragment f on Contact {" + " ".join(f"a{n}: id" for n in range(31)) + "}",
        "too_many_aliases",
    ),
    "neighbours of neighbours": (
        '{ searchContacts(query: "x", limit: 200) { similar(limit: 50) { similar(limit: 50) { id } } } }',
        "query_too_costly",
    ),
    "fragments that double": (DOUBLED, "query_too_costly"),
    "fragments in a circle": (CYCLE, "fragment_cycle"),
    "a limit beyond all": ("{ allChurnRisks(limit: 2000000000) { contactId } }", "query_too_costly"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_MUCH)
async def test_what_is_too_much_is_refused_before_anything_is_asked(graph: Graph, case: str) -> None:
    query, code = TOO_MUCH[case]
    began = time.process_time()
    answer = await graph.post({"query": query})
    assert time.process_time() - began < 0.5
    assert answer.status_code == 400
    body = answer.json()
    assert "data" not in body
    [error] = body["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["request_id"] == answer.headers["x-request-id"]
    if code != "fragment_cycle":
        assert str(error["extensions"]["limit"]) in error["message"]
    assert graph.world.requests == []


async def test_the_limit_in_a_variable_counts_as_one_in_the_query(graph: Graph) -> None:
    query = 'query($n: Int) { searchContacts(query: "x", limit: 100) { similar(limit: $n) { id firstName title } } }'
    few, many = [await graph.post({"query": query, "variables": {"n": n}}) for n in (5, 100)]
    assert "errors" not in few.json()
    assert many.json()["errors"][0]["extensions"]["code"] == "query_too_costly"


def size(query: str, **variables: Any) -> bounds.Size:
    document = parse(query, max_tokens=bounds.MAX_TOKENS)
    operation = get_operation_ast(document)
    assert operation is not None
    return bounds.check(CORE, document, operation, variables)


def test_a_query_costs_the_values_that_its_answer_may_hold() -> None:
    assert size("{ contactClusters { id } }").cost == 1 + 10
    assert size("{ recommendedContacts { id } }").cost == 1 + 20
    assert size("{ recommendedContacts(limit: 3) { id contact { firstName } } }").cost == 1 + 3 * (1 + 2)
    assert size("query($n: Int = 9) { recommendedContacts(limit: $n) { id } }", n=4).cost == 1 + 4
    in_fragment = "{ recommendedContacts(limit: 3) { ...f } } fragment f on ContactRecommendation { id score }"
    assert size(in_fragment).cost == size("{ recommendedContacts(limit: 3) { id score } }").cost


def test_depth_is_counted_through_fragments_of_both_kinds() -> None:
    plain = "{ contactClusters { members { similar { id } } } }"
    spread = (
        "{ contactClusters { ... on ContactCluster { members { ...f } } } } fragment f on Contact { similar { id } }"
    )
    assert size(plain).depth == size(spread).depth == 4


def test_the_question_that_tools_ask_about_the_schema_passes() -> None:
    question = get_introspection_query(specified_by_url=True, directive_is_repeatable=True, schema_description=True)
    assert size(question).depth == bounds.MAX_DEPTH


def test_a_query_in_the_middle_of_its_limits_passes() -> None:
    with pytest.raises(BadRequest):
        size("{ recommendedContacts(limit: 200) { contact { similar(limit: 50) { id firstName lastName } } } }")
    assert size("{ recommendedContacts(limit: 50) { contact { similar(limit: 10) { id firstName } } } }").cost < 2_000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ nothing }"}, "graphql_invalid"),
        ({"query": "{ contact(id: 7) { id } }"}, "graphql_invalid"),
        ({"query": "query($id: UUID!) { contact(id: $id) { id } }", "variables": {"id": "no"}}, "graphql_invalid"),
        ({"query": "query($id: UUID!) { contact(id: $id) { id } }"}, "graphql_invalid"),
        ({"query": "{ contact("}, "graphql_syntax"),
        ({"query": "subscription { contact }"}, "graphql_invalid"),
        ({"query": "query a { __typename } query b { __typename }"}, "operation_missing"),
        ({"query": "{ __typename }", "operationName": "x"}, "operation_missing"),
        ({"query": "fragment f on Contact { id }"}, "operation_missing"),
    ],
    ids=str,
)
async def test_what_is_no_query_of_this_schema_is_refused(graph: Graph, body: dict[str, Any], code: str) -> None:
    answer = await graph.post(body)
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}
    assert graph.world.requests == []


async def test_the_schema_can_be_asked_for(graph: Graph) -> None:
    answer = await graph.ask(get_introspection_query())
    assert "errors" not in answer
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"
