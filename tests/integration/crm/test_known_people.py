"""A file names the same people in batch after batch: they are found once, and no longer than that holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from services.crm import store
from services.crm.domain import Item, Reference
from services.crm.usecases import facts as usecase
from services.crm.usecases import imports
from services.crm.usecases.imports import BATCH_ROWS, Tally
from services.crm.usecases.known import Known
from tests.conftest import ERASURE_KEY
from tests.integration.crm.conftest import Workspace

KEY = ERASURE_KEY.encode()
PEOPLE = ("ada", "bob", "cyd")
Between = Callable[[], Awaitable[object]]


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("crm"), name="test", max_size=4) as pool:
        yield pool


@pytest.fixture
async def people(facts: Workspace) -> dict[str, str]:
    """Return the ids of three people by their names."""
    pushed = await facts.push(*[{"source": "s", "external_id": name} for name in PEOPLE])
    return {name: result["id"] for name, result in zip(PEOPLE, pushed, strict=True)}


def called(line: int, contact: str, counterpart: str) -> Item:
    names = {"contact_id": contact, "counterpart_id": counterpart}
    patch: dict[str, Any] = {
        "source": "s",
        "external_id": str(line),
        "kind": "call",
        "direction": "in",
        "occurred_at": "2026-01-02T03:04:05Z",
        **{field: {"source": "s", "external_id": name} for field, name in names.items()},
    }
    return Item(line, Reference(None, "s", str(line)), patch)


async def imported(facts: Workspace, pool: Pool, between: Between, *, strict: bool = False) -> Tally:
    """Import three batches of calls between ada and bob; `between` happens after the first was written.

    The second batch was read before that, and the third after.
    """
    happened = list[int]()

    async def once(done: int) -> None:
        if not happened:
            happened.append(done)
            await between()

    rows = [called(line, "ada", "bob") for line in range(2 * BATCH_ROWS + 100)]
    kind = usecase.KINDS["interactions"]
    return await imports.import_rows(pool, facts.id, kind, rows, strict=strict, progress=once, erasure_key=KEY)


async def calls(facts: Workspace, pool: Pool) -> dict[tuple[str, str], int]:
    """Return how many calls there are between whom."""
    query = "SELECT contact_id::text, counterpart_id::text, count(*) FROM interactions GROUP BY 1, 2"
    async with workspace(pool, facts.id) as connection:
        return {(a, b): count for a, b, count in await (await connection.execute(query)).fetchall()}


async def nothing() -> None: ...


@pytest.mark.parametrize("strict", [False, True])
async def test_people_are_looked_up_once_for_a_file(
    facts: Workspace, pool: Pool, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, strict: bool
) -> None:
    asked, found_by_name = list[set[tuple[str, str]]](), store.named_contacts

    async def counted(connection: Any, workspace_id: UUID, names: Any) -> dict[tuple[str, str], UUID]:
        asked.append(set(names))
        return await found_by_name(connection, workspace_id, names)

    monkeypatch.setattr(store, "named_contacts", counted)
    tally = await imported(facts, pool, nothing, strict=strict)
    assert tally.counts == {"created": 2 * BATCH_ROWS + 100}
    assert await calls(facts, pool) == {(people["ada"], people["bob"]): 2 * BATCH_ROWS + 100}
    assert len(asked) <= 2  # the second batch was read while the first was written


async def test_somebody_erased_meanwhile_is_known_no_longer(
    facts: Workspace, pool: Pool, people: dict[str, str]
) -> None:
    tally = await imported(facts, pool, lambda: facts.call("DELETE", f"/contacts/{people['bob']}"))
    assert tally.counts == {"created": BATCH_ROWS, "rejected": BATCH_ROWS + 100}
    assert {(row.column, row.reason) for row in tally.bad} == {
        ("counterpart_id", "There is no such row in this workspace.")
    }
    assert await calls(facts, pool) == {}  # those with him went with him


async def test_somebody_merged_meanwhile_is_who_he_is_now(facts: Workspace, pool: Pool, people: dict[str, str]) -> None:
    body = {"keep": people["cyd"], "merge": [people["bob"]]}
    tally = await imported(facts, pool, lambda: facts.call("POST", "/contacts/merge", json=body))
    assert tally.counts == {"created": 2 * BATCH_ROWS + 100}
    assert await calls(facts, pool) == {(people["ada"], people["cyd"]): 2 * BATCH_ROWS + 100}


async def test_a_name_given_to_somebody_else_meanwhile_is_his(
    facts: Workspace, pool: Pool, people: dict[str, str]
) -> None:
    async def rename() -> None:
        await facts.push({"id": people["bob"], "source": "s", "external_id": "robert"})
        await facts.push({"id": people["cyd"], "source": "s", "external_id": "bob"})

    tally = await imported(facts, pool, rename)
    assert tally.counts == {"created": 2 * BATCH_ROWS + 100}
    assert await calls(facts, pool) == {
        (people["ada"], people["bob"]): BATCH_ROWS,
        (people["ada"], people["cyd"]): BATCH_ROWS + 100,
    }


@pytest.mark.parametrize("strict", [False, True])
async def test_somebody_deleted_past_this_service_is_found_missing_by_the_database(
    facts: Workspace, pool: Pool, people: dict[str, str], database: postgres.Server, *, strict: bool
) -> None:
    """Another writer who does not say that he wrote; while a strict import runs he has to wait, or be in its way."""

    async def delete() -> None:
        async with await psycopg.AsyncConnection.connect(database.conninfo()) as connection:
            await connection.execute("SET lock_timeout = '200ms'")
            await connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(facts.id),))
            await connection.execute("DELETE FROM crm_store.contacts WHERE id = %s", (people["bob"],))

    if strict:
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await imported(facts, pool, delete, strict=True)
        return
    tally = await imported(facts, pool, delete)
    assert tally.counts == {"created": BATCH_ROWS, "rejected": BATCH_ROWS + 100}
    assert await calls(facts, pool) == {}


async def test_no_more_people_are_kept_than_there_is_room_for(
    facts: Workspace, pool: Pool, people: dict[str, str]
) -> None:
    known = Known(limit=1)
    kind = usecase.KINDS["interactions"]
    for start in (0, 100):
        rows = [called(line, "ada", "cyd") for line in range(start, start + 100)]
        async with workspace(pool, facts.id) as connection:
            batch = usecase.batch_of(kind, rows, known)
            outcomes = await usecase.push(connection, facts.id, kind, batch, KEY, known)
        assert {one.status for one in outcomes} == {"created"}
        assert len(known.ids) == 1
    assert await calls(facts, pool) == {(people["ada"], people["cyd"]): 200}


async def test_a_push_of_others_between_two_imports_does_not_matter_to_another_workspace(
    facts: Workspace, pool: Pool, people: dict[str, str], crm_of: Callable[[], Workspace]
) -> None:
    stranger = crm_of()
    tally = await imported(facts, pool, lambda: stranger.push({"source": "s", "external_id": "bob"}))
    assert await calls(facts, pool) == {(people["ada"], people["bob"]): tally.rows}
