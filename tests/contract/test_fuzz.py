"""Schemathesis at every operation: what fits the document and what nearly does, and no answer outside it.

A bounded run with a fixed seed belongs to the suite; `make fuzz` runs longer, with a seed of its own.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from deploy.embedded import postgres
from kit.db import Pool
from tests.conftest import House
from tests.contract import conftest, merged
from tests.contract.conftest import Gateway, Workspace
from tests.contract.operations import AT_THE_DOOR, OURS, Operation

EXAMPLES = int(os.environ.get("RAPPORT_FUZZ_EXAMPLES", "4"))
SEED = int(os.environ.get("RAPPORT_FUZZ_SEED", "1"))
DOCUMENT = schemathesis.openapi.from_path(merged.PLACE)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
async def fuzzed(
    crm: House, embeddings: House, recommend: House, churn: House, sentiment: House, database: postgres.Server
) -> Workspace:
    """Give a workspace of these tests alone: they write whatever they like into it."""
    return await conftest.seed(crm, embeddings, recommend, churn, sentiment, database)


@pytest.fixture(scope="module")
async def key(pool: Pool, fuzzed: Workspace) -> str:
    return (await conftest.make_key(pool, fuzzed.id))[1]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("operation", [*OURS, *AT_THE_DOOR], ids=str)
async def test_no_answer_is_outside_the_document(
    one_gateway: Gateway, fuzzed: Workspace, key: str, operation: Operation, mode: GenerationMode
) -> None:
    known = {name: str(value) for name, value in fuzzed.ids.get(operation.house, {}).items()}
    names = {one["name"] for one in operation.spec.get("parameters", ()) if one["in"] == "path"}
    there = {name: value for name, value in known.items() if name in names} or None
    url = str(one_gateway.client.base_url)
    # Good requests are about rows that are there; in bad ones anything may stand in the path.
    ids = there if mode is GenerationMode.POSITIVE else None
    await asyncio.to_thread(asking(url, key, operation, mode, ids))


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (500, "application/problem+json", b'{"type": "x", "title": "x", "status": 500, "detail": "x", "code": "x"}'),
        (418, "application/problem+json", b'{"type": "x", "title": "x", "status": 418, "detail": "x", "code": "x"}'),
        (404, "application/problem+json", b'{"detail": "Not Found"}'),
        (200, "application/json", b'{"items": 1}'),
        (200, "text/plain", b"ok"),
    ],
)
def test_an_answer_outside_the_document_would_be_found(status: int, content_type: str, body: bytes) -> None:
    case = DOCUMENT["/api/ml/crm/contacts"]["GET"].Case()
    answer = requests.Response()
    answer.status_code, answer._content = status, body
    answer.headers["Content-Type"] = content_type
    answer.request = requests.Request("GET", "http://127.0.0.1/api/ml/crm/contacts").prepare()
    with pytest.raises(FailureGroup):
        case.validate_response(answer, checks=CHECKS)


def asking(
    url: str, key: str, operation: Operation, mode: GenerationMode, ids: dict[str, Any] | None
) -> Callable[[], None]:
    """Return what sends an operation's generated requests, one after the other, and checks each answer."""
    described = DOCUMENT[operation.path][operation.method]

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode, path_parameters=ids))
    def ask(case: Case[Any]) -> None:
        answer = case.call(base_url=url, headers={"Authorization": f"Bearer {key}"}, session=session)
        case.validate_response(answer, checks=CHECKS)

    def run() -> None:
        with session:
            ask()

    session = requests.Session()
    return run
