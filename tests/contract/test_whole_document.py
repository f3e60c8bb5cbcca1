"""The one document for all: valid, complete, and with nothing in it that a frontend would have to guess."""

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.contract import merged
from tests.contract.operations import AT_THE_DOOR, OURS
from tests.contract.write import text

WHOLE: dict[str, Any] = json.loads(merged.PLACE.read_text(encoding="utf-8"))
WHOLE_ID = "urn:rapport:openapi"
REGISTRY: Registry[Any] = Registry().with_resource(
    WHOLE_ID, Resource.from_contents(WHOLE, default_specification=DRAFT202012)
)
FAILURES = {"400", "401", "403", "404", "409", "413", "415", "422", "429", "502", "503", "504"}
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in WHOLE["paths"].items()
    for method, operation in methods.items()
]

each_operation = pytest.mark.parametrize(
    "operation", [operation for _, operation in OPERATIONS], ids=[name for name, _ in OPERATIONS]
)


def test_the_committed_document_is_what_the_services_say() -> None:
    assert merged.PLACE.read_text(encoding="utf-8") == text(merged.merged()), "run `make api` and look at what changed"


def test_two_schemas_of_one_name_that_differ_are_told_apart_by_their_house() -> None:
    reference = "#/components/schemas/Model"
    documents: dict[str, Any] = {
        house: {
            "components": {"schemas": {"Model": {"title": house}, "Job": {"title": "Job"}}},
            "at": {"$ref": reference},
        }
        for house in ("churn", "icp")
    }
    clashing = merged.clashing(documents.values())
    churn, icp = (merged.renamed(house, described, clashing) for house, described in documents.items())
    assert churn["components"]["schemas"] == {"ChurnModel": {"title": "ChurnModel"}, "Job": {"title": "Job"}}
    assert icp["at"] == {"$ref": "#/components/schemas/IcpModel"}


def test_it_is_a_valid_document_of_openapi_3_1() -> None:
    assert WHOLE["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(WHOLE).iter_errors()) == []


def test_every_operation_that_the_gateway_leads_to_is_in_it() -> None:
    assert {name for name, _ in OPERATIONS} == {*(str(one) for one in [*OURS, *AT_THE_DOOR]), "POST /graphql"}


def test_it_names_no_machine_and_demands_a_token_everywhere() -> None:
    assert [server["url"] for server in WHOLE["servers"]] == ["/"]
    assert WHOLE["security"] == [{"bearer": []}]
    assert WHOLE["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_tag_is_described_and_used() -> None:
    used = {tag for _, operation in OPERATIONS for tag in operation["tags"]}
    described = {tag["name"]: tag["description"] for tag in WHOLE["tags"]}
    assert described.keys() == used
    assert all(description.endswith(".") for description in described.values())
    assert merged.TAGS.keys() == used


@each_operation
def test_an_operation_demands_a_token_and_says_how_it_fails(operation: dict[str, Any]) -> None:
    assert "security" not in operation
    assert operation["responses"].keys() >= FAILURES
    for status in FAILURES:
        answer = WHOLE["components"]["responses"][operation["responses"][status]["$ref"].rpartition("/")[2]]
        content = answer["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert str(content["example"]["status"]) == status
        assert problems(content["schema"]["$ref"], content["example"]) == []


@each_operation
def test_every_answer_of_an_operation_tells_what_is_left_of_its_callers_limits(operation: dict[str, Any]) -> None:
    assert operation["x-limits"]["cost"] >= 1
    for answer in operation["responses"].values():
        assert resolved(answer)["headers"].keys() >= {"RateLimit", "RateLimit-Policy"}
    for status in ("409", "429", "503"):
        assert "Retry-After" in resolved(operation["responses"][status])["headers"]


def test_the_headers_of_the_door_are_described_with_an_example() -> None:
    for header in WHOLE["components"]["headers"].values():
        assert header["description"].endswith(".")
        assert OAS31Validator(header["schema"]).is_valid(header["example"])


@each_operation
def test_each_body_and_each_good_answer_has_an_example_that_fits(operation: dict[str, Any]) -> None:
    bodies = operation.get("requestBody", {}).get("content", {})
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    assert answers
    for content in [*bodies.values(), *(one for answer in answers for one in answer["content"].values())]:
        assert "example" in content, "give its model one: json_schema_extra={'examples': [...]}"
        assert problems(content["schema"]["$ref"], content["example"]) == []


def test_an_example_that_does_not_fit_would_be_found() -> None:
    wrong = {"type": "urn:x", "title": "x", "status": "400", "detail": "x"}
    assert problems("#/components/schemas/Problem", wrong) == [
        "'400' is not of type 'integer'",
        "'code' is a required property",
    ]


def resolved(answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in answer:
        return answer
    found: dict[str, Any] = WHOLE["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


def problems(reference: str, example: Any) -> list[str]:
    validator = OAS31Validator(
        {"$ref": WHOLE_ID + reference}, registry=REGISTRY, format_checker=OAS31Validator.FORMAT_CHECKER
    )
    return sorted(error.message for error in validator.iter_errors(example))
