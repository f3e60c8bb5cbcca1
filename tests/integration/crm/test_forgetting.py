"""An erased person is gone from every table and log, does not come back, and what others wrote of him is named."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.http import ServiceClient
from kit.jobs import Run, store
from kit.testing import Keys
from services.crm.domain import Item, Reference
from services.crm.jobs import run_erase
from services.crm.usecases import facts, imports
from tests.conftest import ERASURE_KEY, House
from tests.integration.crm.conftest import pointers
from tests.integration.crm.test_kinds import push

KEY = ERASURE_KEY.encode()
WHEN = "2026-01-02T03:04:05Z"
NAME, EMAIL, PHONE = "Zephyrine Quillfeather", "Zephyrine@Quill.example", "+44 20 7946 0958"
ZOE: dict[str, Any] = {
    "source": "s",
    "external_id": "Zephyrine",
    "first_name": "Zephyrine",
    "last_name": "Quillfeather",
    "organization": "Quillfeather Ltd",
    "emails": [EMAIL],
    "phones": [PHONE],
    "notes": "likes owls",
}
BOB = {"source": "s", "external_id": "bob", "first_name": "Bob"}


@pytest.fixture(scope="module")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("crm"), name="test", max_size=3) as pool:
        yield pool


async def erase(crm: House, workspace_id: UUID, contact_id: str) -> UUID:
    answer = await crm.client.delete(f"/api/ml/crm/contacts/{contact_id}", headers=crm.token(workspace_id))
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


async def finished(pool: Pool, keys: Keys, workspace_id: UUID, job_id: UUID) -> dict[str, Any]:
    """Run the erase job as its worker would, with nobody else to ask."""
    async with workspace(pool, workspace_id) as connection:
        job = await store.one(connection, workspace_id, job_id)
    assert job is not None
    async with ServiceClient({}, keys.signer("crm")) as client:
        return await run_erase(Run(job, pool), client=client)


async def push_zoe(crm: House, workspace_id: UUID) -> str:
    zoe: str = (await push(crm, workspace_id, "contacts", ZOE))[0]["id"]
    return zoe


def places(database: postgres.Server, workspace_id: UUID, *needles: str) -> list[str]:
    """Return every table with one of the texts in any column, in whatever case, bytes too; of one workspace or none."""
    found = []
    with psycopg.connect(database.conninfo(), autocommit=True) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL(
                "SELECT count(*) FROM {} t WHERE strpos(lower(t::text), %s) > 0"
                " AND coalesce(to_jsonb(t) ->> 'workspace_id', %s) = %s"
            ).format(sql.Identifier(schema, table))
            for needle in needles:
                for text in (needle.lower(), needle.encode().hex()):
                    row = connection.execute(query, (text, str(workspace_id), str(workspace_id))).fetchone()
                    found += [f"{schema}.{table}"] if row and row[0] else []
    return found


async def test_nothing_of_an_erased_person_is_left_in_any_table_or_log(
    crm: House,
    workspace_id: UUID,
    database: postgres.Server,
    pool: Pool,
    keys: Keys,
    capfd: pytest.CaptureFixture[str],
) -> None:
    zoe = await push_zoe(crm, workspace_id)
    bob = (await push(crm, workspace_id, "contacts", BOB))[0]["id"]
    await push(crm, workspace_id, "contacts", {"id": zoe, "title": "Zephyrine's title"})
    note = {"source": "s", "external_id": "1", "kind": "note", "direction": "in", "occurred_at": WHEN, "summary": NAME}
    await push(crm, workspace_id, "interactions", {**note, "contact_id": bob, "counterpart_id": zoe})
    assert "crm_store.contacts" in places(database, workspace_id, EMAIL)
    job_id = await erase(crm, workspace_id, zoe)
    await push(crm, workspace_id, "contacts", ZOE)
    await finished(pool, keys, workspace_id, job_id)
    assert places(database, workspace_id, *NAME.split(), EMAIL, "quill.example", PHONE, "442079460958") == []
    out, err = capfd.readouterr()
    for log in (out, err, (database.home.logs / "postgres.log").read_text()):
        assert "quill" not in log.lower()
        assert "zephyrine" not in log.lower()


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        (ZOE, "#/external_id"),
        ({"id": {"source": "s", "external_id": "Zephyrine"}, "first_name": "Z"}, "#/external_id"),
        ({"source": "other", "external_id": "9", "emails": ["x@y.example", "zephyrine@QUILL.example"]}, "#/emails/1"),
        ({"source": "other", "external_id": "9", "phones": ["0044 (20) 7946-0958"]}, "#/phones/0"),
    ],
)
async def test_whoever_was_erased_is_not_taken_in_again(
    crm: House, workspace_id: UUID, row: dict[str, Any], pointer: str
) -> None:
    await erase(crm, workspace_id, await push_zoe(crm, workspace_id))
    refused, taken = await push(crm, workspace_id, "contacts", row, BOB)
    assert (refused["status"], refused["error"]["code"]) == ("rejected", "erased")
    assert pointers(refused)[0] == pointer
    assert taken["status"] == "created"
    assert (await push(crm, uuid4(), "contacts", ZOE))[0]["status"] == "created"


async def test_not_even_by_our_own_id(crm: House, workspace_id: UUID) -> None:
    zoe = await push_zoe(crm, workspace_id)
    await erase(crm, workspace_id, zoe)
    again = (await push(crm, workspace_id, "contacts", {"id": zoe, "first_name": "Z"}))[0]
    assert again["error"]["code"] == "erased"


async def test_what_he_shared_with_others_does_not_shut_them_out(crm: House, workspace_id: UUID) -> None:
    zoe = await push_zoe(crm, workspace_id)
    colleague = {**BOB, "phones": [PHONE], "emails": ["bob@quill.example"]}
    await push(crm, workspace_id, "contacts", colleague)
    await erase(crm, workspace_id, zoe)
    assert (await push(crm, workspace_id, "contacts", colleague))[0]["status"] == "unchanged"


@pytest.mark.parametrize("strict", [False, True])
async def test_an_erasure_during_an_import_does_not_bring_him_back(
    crm: House, workspace_id: UUID, pool: Pool, *, strict: bool
) -> None:
    zoe = await push_zoe(crm, workspace_id)
    rows = [_item(index, f"p{index}") for index in range(imports.BATCH_ROWS)] + [_item(imports.BATCH_ROWS, "Zephyrine")]

    async def erase_once(done: int) -> None:
        if done == imports.BATCH_ROWS and not strict:
            await erase(crm, workspace_id, zoe)

    tally = await imports.import_rows(
        pool,
        workspace_id,
        facts.KINDS["contacts"],
        rows,
        strict=strict,
        progress=erase_once,
        erasure_key=KEY,
    )
    if strict:
        await erase(crm, workspace_id, zoe)
    counts = tally.report()
    assert (counts["created"], counts["rejected"]) == (imports.BATCH_ROWS, 0 if strict else 1)
    gone = await crm.client.get(f"/api/ml/crm/contacts/{zoe}", headers=crm.token(workspace_id))
    assert gone.status_code == 404
    assert (await push(crm, workspace_id, "contacts", ZOE))[0]["error"]["code"] == "erased"


def _item(index: int, external_id: str) -> Item:
    patch = {"source": "s", "external_id": external_id, "first_name": external_id}
    return Item(index, Reference(source="s", external_id=external_id), patch)


async def test_the_job_says_by_id_whose_texts_mention_him(
    crm: House, workspace_id: UUID, pool: Pool, keys: Keys
) -> None:
    zoe = await push_zoe(crm, workspace_id)
    bob, other = await push(
        crm,
        workspace_id,
        "contacts",
        {**BOB, "notes": f"married to {NAME.upper()}!"},
        {"source": "s", "external_id": "100%_", "notes": "Zephyrine of another family"},
    )
    account = {"source": "s", "external_id": "a", "name": "A", "description": f"write to {EMAIL.lower()}"}
    acme = (await push(crm, workspace_id, "accounts", account))[0]["id"]
    note = {"source": "s", "external_id": "1", "contact_id": bob["id"], "kind": "note", "direction": "in"}
    met = (await push(crm, workspace_id, "interactions", {**note, "occurred_at": WHEN, "summary": NAME}))[0]["id"]
    user = {"source": "s", "external_id": "u", "name": "Zoe", "contact_id": zoe}
    zoes_user = (await push(crm, workspace_id, "users", user))[0]["id"]
    result = await finished(pool, keys, workspace_id, await erase(crm, workspace_id, zoe))
    expected = [("accounts", acme), ("contacts", bob["id"]), ("interactions", met), ("users", zoes_user)]
    assert [(one["kind"], one["id"]) for one in result["mentions"]["items"]] == expected
    assert result["mentions"]["omitted"] == 0
    assert other["id"] not in json.dumps(result)


async def test_a_short_name_is_not_found_inside_other_words(
    crm: House, workspace_id: UUID, pool: Pool, keys: Keys
) -> None:
    notes = (
        "Moved to Canada",
        "adapts",
        "Adas",
        "Met Ada.",
        "(ada)",
        "Адам",
        "write to a+d@x.example!",
        "a-da@x.example",
    )
    ada = {"source": "s", "external_id": "ada", "first_name": "Ada", "emails": ["a+d@x.example"]}
    others = [{"source": "s", "external_id": str(number), "notes": text} for number, text in enumerate(notes)]
    erased, *rest = await push(crm, workspace_id, "contacts", ada, *others)
    result = await finished(pool, keys, workspace_id, await erase(crm, workspace_id, erased["id"]))
    mentioned = {one["id"] for one in result["mentions"]["items"]}
    assert mentioned == {rest[number]["id"] for number in (3, 4, 6)}


async def test_a_nameless_person_is_mentioned_nowhere(crm: House, workspace_id: UUID, pool: Pool, keys: Keys) -> None:
    nameless, _ = await push(
        crm, workspace_id, "contacts", {"source": "s", "external_id": "0"}, {**BOB, "notes": "anything"}
    )
    result = await finished(pool, keys, workspace_id, await erase(crm, workspace_id, nameless["id"]))
    assert result == {"confirmed_by": ["crm"], "mentions": {"items": [], "omitted": 0}}


async def test_a_person_can_take_all_his_data_along(crm: House, workspace_id: UUID) -> None:
    zoe = await push_zoe(crm, workspace_id)
    people = [{"source": "s", "external_id": str(number)} for number in range(3)]
    others = [one["id"] for one in await push(crm, workspace_id, "contacts", *people)]
    await push(crm, workspace_id, "links", *[{"contact_a": zoe, "contact_b": other} for other in others])
    met = {"source": "s", "kind": "call", "direction": "in", "occurred_at": WHEN}
    ends = [(zoe, others[0]), (others[1], zoe), (others[1], others[2])]
    rows = [{**met, "external_id": str(n), "contact_id": a, "counterpart_id": b} for n, (a, b) in enumerate(ends)]
    await push(crm, workspace_id, "interactions", *rows)
    await push(crm, workspace_id, "users", {"source": "s", "external_id": "u", "name": "Zoe", "contact_id": zoe})
    path, token = f"/api/ml/crm/contacts/{zoe}/export", crm.token(workspace_id)
    whole = (await crm.client.get(path, headers=token)).json()
    assert whole["contact"]["notes"] == "likes owls"
    assert {name: len(whole[name]["items"]) for name in ("versions", "links", "interactions")} == {
        "versions": 1,
        "links": 3,
        "interactions": 2,
    }
    assert [user["name"] for user in whole["users"]] == ["Zoe"]
    first = (await crm.client.get(path, headers=token, params={"limit": 2})).json()
    cursor = {"links_cursor": first["links"]["next_cursor"], "limit": 2}
    rest = (await crm.client.get(path, headers=token, params=cursor)).json()["links"]
    assert first["links"]["items"] + rest["items"] == whole["links"]["items"]
    assert rest["next_cursor"] is None
    assert (await crm.client.get(path, headers=crm.token(uuid4()))).status_code == 404
