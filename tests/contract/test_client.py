"""A client generated from the document calls every operation; what comes back is what the document promised."""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import Pool
from tests.conftest import DIMENSIONS, OTHER_DIMENSIONS, OTHER_MODEL, House
from tests.contract import merged
from tests.contract.conftest import Gateway, Workspace, make_key, seed
from tests.contract.operations import ABOUT_ONE, AT_THE_DOOR, OURS, Operation

WHOLE = merged.merged()
# What has not come to be in a workspace that was just made, and how the client is told so.
REFUSED = {
    "give_feedback": (422, "no_self_contact"),
    "promote_recommendations_model": (404, "model_not_found"),
    "roll_back_recommendations_model": (409, "nothing_to_roll_back"),
    "promote_churn_model": (404, "model_not_found"),
    "roll_back_churn_model": (409, "nothing_to_roll_back"),
    "give_churn_feedback": (422, "until_needed"),
    "promote_sentiment_model": (404, "model_not_found"),
    "roll_back_sentiment_model": (409, "nothing_to_roll_back"),
}
CLIENT = "rapport_client"
# Rows that others refer to go last, or those would be gone with them.
REFERRED_TO = ("erase_account", "erase_user", "erase_contact")
FILE = "people.csv"


def in_order(operation: Operation) -> tuple[bool, bool]:
    return operation.method == "DELETE", operation.spec["operationId"] in REFERRED_TO


IN_ORDER = sorted([*OURS, *AT_THE_DOOR], key=in_order)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generate the client into a folder of its own, from which it can be imported."""
    folder = tmp_path_factory.mktemp("generated")
    generator = Path(sys.executable).with_name("openapi-python-client")
    command: list[str | Path] = [
        generator,
        "generate",
        "--path",
        merged.PLACE,
        "--output-path",
        folder / CLIENT,
        "--meta",
        "none",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  our own dependency
    assert "Unable to" not in done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
async def spent(
    crm: House, embeddings: House, recommend: House, churn: House, sentiment: House, database: postgres.Server
) -> Workspace:
    """Give a workspace of these tests alone: they erase what is in it."""
    made = await seed(crm, embeddings, recommend, churn, sentiment, database)
    await put_models(database.conninfo("embeddings"), made.id)
    return made


async def put_models(conninfo: str, workspace_id: UUID) -> None:
    """Put a model that serves and one that is ready to."""
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        await connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace_id),))
        await connection.cursor().executemany(
            "INSERT INTO models (workspace_id, name, dimensions, state) VALUES (%s, %s, %s, %s)",
            [
                (workspace_id, "test", DIMENSIONS, "serving"),
                (workspace_id, OTHER_MODEL, OTHER_DIMENSIONS, "ready"),
            ],
        )


@pytest.fixture(scope="module")
async def client(generated: Path, one_gateway: Gateway, pool: Pool, spent: Workspace) -> AsyncIterator[Any]:
    _, key = await make_key(pool, spent.id)
    module = importlib.import_module(f"{CLIENT}.client")
    assert module.__file__ == str(generated / CLIENT / "client.py")
    made = module.AuthenticatedClient(
        base_url=str(one_gateway.client.base_url), token=key, raise_on_unexpected_status=True
    )
    async with made as opened:
        yield opened


def test_every_operation_has_a_function(generated: Path) -> None:
    functions = {path.stem for path in generated.glob(f"{CLIENT}/api/*/*.py") if path.stem != "__init__"}
    # GraphQL has clients of its own kind; tests/integration/graph asks it.
    assert functions == {operation.spec["operationId"] for operation in IN_ORDER} | {"graphql"}


@pytest.mark.parametrize("operation", IN_ORDER, ids=str)
async def test_a_generated_client_calls_it_and_understands_the_answer(
    client: Any, pool: Pool, spent: Workspace, operation: Operation
) -> None:
    function = module_of(operation)
    key_id, _ = await make_key(pool, spent.id)
    ids = {**spent.ids.get(operation.house, {}), "key_id": key_id}
    answer = await function.asyncio_detailed(client=client, **arguments(function, operation, ids))
    if refusal := REFUSED.get(operation.spec["operationId"]):
        assert (answer.status_code, answer.parsed.code) == refusal
        return
    assert 200 <= answer.status_code < 300, answer.content
    assert type(answer.parsed).__name__ == model_name(operation)
    assert type(answer.parsed).from_dict(answer.parsed.to_dict()) == answer.parsed


async def test_a_generated_client_understands_a_refusal(client: Any) -> None:
    reading = next(operation for operation in OURS if operation.spec["operationId"] == "read_contact")
    answer = await module_of(reading).asyncio_detailed(client=client, contact_id=UUID(int=1))
    assert answer.status_code == 404
    assert (answer.parsed.status, answer.parsed.code) == (404, "not_found")


def module_of(operation: Operation) -> ModuleType:
    tag = operation.spec["tags"][0].replace(" ", "_")
    return importlib.import_module(f"{CLIENT}.api.{tag}.{operation.spec['operationId']}")


def model_name(operation: Operation) -> str:
    """Return what the generator calls the model of the good answer, by its name in the one document."""
    described = WHOLE["paths"][operation.path][operation.method.lower()]
    good = next(answer for status, answer in described["responses"].items() if status.startswith("2"))
    name = good["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", name))


def arguments(function: ModuleType, operation: Operation, ids: dict[str, Any]) -> dict[str, Any]:
    """Return what the function must be given: ids that are there, and the smallest body of the document."""
    asked = inspect.signature(function.asyncio_detailed).parameters
    taken = {"contact_id"} if operation.path in ABOUT_ONE else ids.keys()
    given: dict[str, Any] = {name: as_id(ids[name], one.annotation) for name, one in asked.items() if name in taken}
    if "body" in asked:
        given["body"] = body(asked["body"].annotation, operation, ids)
    return given


def as_id(value: Any, kind: Any) -> UUID | int | str:
    """Return an id as the function takes it: clusters have small numbers, models have names or one of few names."""
    made: UUID | int | str = (UUID if UUID in (kind, *get_args(kind)) else int if kind is int else str)(str(value))
    return made


def body(model: Any, operation: Operation, ids: dict[str, Any]) -> Any:
    request = operation.request({name: str(value) for name, value in ids.items()})
    if operation.spec["operationId"] == "merge_contacts":
        request["json"] = {"keep": str(ids["fourth_contact_id"]), "merge": [str(ids["fifth_contact_id"])]}
    if "files" not in request:
        return model.from_dict(request["json"])
    made = model.from_dict({**request["data"], "file": request["files"]["file"]})
    made.file.file_name = FILE
    return made
