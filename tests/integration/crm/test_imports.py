"""Importing files: good rows in, bad rows reported, the same file twice changes nothing, a killed import goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import pytest
from psycopg_pool import PoolClosed

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.errors import Invalid
from kit.jobs import Run, store
from services.crm.domain import Item, Reference
from services.crm.jobs import run_import
from services.crm.usecases import facts as usecase
from services.crm.usecases import imports
from tests.conftest import ERASURE_KEY
from tests.integration.crm.conftest import Workspace

KEY = ERASURE_KEY.encode()
GOOD = "external_id,first_name,emails\n1,Ада,a@b\n2,Grace,g@h;g@i\n"
MIXED = GOOD + "3,Broken,no address\n4,Edsger,e@w,extra\n5,Barbara,b@l\n"


@pytest.fixture
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    """Return a pool as the worker has it: its handlers are called by the tests, as often as they like."""
    async with open_pool(database.conninfo("crm"), name="test", max_size=4) as pool:
        yield pool


async def upload(facts: Workspace, content: str | bytes, **form: str) -> httpx.Response:
    return await facts.call("POST", "/imports", data={"kind": "contacts"} | form, files={"file": ("a.csv", content)})


async def asked(facts: Workspace, pool: Pool, content: str | bytes, **form: str) -> Run:
    """Upload a file and start its job, as a worker would."""
    answer = await upload(facts, content, **form)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/ml/crm/jobs/{answer.json()['id']}"
    async with workspace(pool, facts.id) as connection:
        job = await store.start(connection, facts.id, answer.json()["id"])
    assert job is not None
    return Run(job, pool)


async def imported(facts: Workspace, pool: Pool, content: str | bytes, **form: str) -> dict[str, Any]:
    return await run_import(await asked(facts, pool, content, **form), erasure_key=KEY)


async def files(pool: Pool, facts: Workspace) -> int:
    async with workspace(pool, facts.id) as connection:
        row = await (await connection.execute("SELECT count(*) FROM import_chunks")).fetchone()
    assert row is not None
    return int(row[0])


async def end(run: Run, state: str) -> None:
    async with workspace(run.pool, run.job.workspace_id) as connection:
        await store.finish(connection, run.job, state=state)


async def test_the_progress_of_an_import_ends_at_its_rows_without_header_and_empty_lines(
    facts: Workspace, pool: Pool
) -> None:
    run = await asked(facts, pool, MIXED + "\n\n")
    await run_import(run, erasure_key=KEY)
    job = (await facts.call("GET", f"/jobs/{run.job.id}")).json()
    assert job["progress"] == {"done": 5, "total": 5}


async def test_good_rows_are_imported_and_bad_ones_reported_by_line_column_and_reason(
    facts: Workspace, pool: Pool
) -> None:
    result = await imported(facts, pool, MIXED)
    counts = {"created": 3, "updated": 0, "unchanged": 0, "rejected": 2, "errors_omitted": 0}
    assert counts.items() <= result.items()
    assert [(error["line"], error["column"]) for error in result["errors"]] == [(4, "emails"), (5, None)]
    assert "no address" not in str(result)
    assert sorted(row["first_name"] for row in await facts.items("/contacts")) == ["Barbara", "Grace", "Ада"]
    assert (await facts.one(external_id="2"))["emails"] == ["g@h", "g@i"]


async def test_the_same_file_twice_changes_nothing(facts: Workspace, pool: Pool) -> None:
    without_ids = "first_name,last_name,emails\nAda,Lovelace,a@b\nGrace,Hopper,\n,,only@address\n"
    assert (await imported(facts, pool, without_ids))["created"] == 3
    before = await facts.items("/contacts")
    again = await imported(facts, pool, without_ids)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert await facts.items("/contacts") == before


async def test_an_empty_cell_leaves_what_is_known(facts: Workspace, pool: Pool) -> None:
    await facts.push({"source": "csv", "external_id": "1", "title": "Countess", "custom": {"tier": "1"}})
    assert (await imported(facts, pool, "external_id,title,first_name\n1,,Ada\n"))["updated"] == 1
    contact = await facts.one()
    assert (contact["title"], contact["first_name"], contact["custom"]) == ("Countess", "Ada", {"tier": "1"})


async def test_strict_is_all_or_nothing_and_says_which_rows(facts: Workspace, pool: Pool) -> None:
    with pytest.raises(Invalid) as refused:
        await imported(facts, pool, MIXED, strict="true")
    assert refused.value.code == "rows_rejected"
    assert [error["line"] for error in refused.value.extra["errors"]] == [4, 5]
    assert refused.value.extra["created"] == 0
    assert not await facts.exists()
    assert (await imported(facts, pool, GOOD, strict="true"))["created"] == 2


async def test_users_find_their_cards_and_a_lost_card_is_a_bad_row(facts: Workspace, pool: Pool) -> None:
    [card] = await facts.push({"source": "csv", "external_id": "1"})
    nobody = "00000000-0000-4000-8000-000000000000"
    file = f"name,email,contact_id\nAda,a@b,{card['id']}\nEve,e@f,{nobody}\n"
    result = await imported(facts, pool, file, kind="users")
    assert result["created"] == 1
    assert [(error["line"], error["column"]) for error in result["errors"]] == [(3, "contact_id")]


async def test_a_file_of_bad_rows_makes_no_workspace(facts: Workspace, pool: Pool) -> None:
    result = await imported(facts, pool, "external_id,emails\n1,no address\n")
    assert (result["created"], result["rejected"]) == (0, 1)
    assert not await facts.exists()


async def test_an_import_killed_at_any_batch_is_finished_by_the_next_run(
    facts: Workspace, pool: Pool, database: postgres.Server
) -> None:
    rows = imports.BATCH_ROWS * 2 + 100
    file = "external_id,first_name\n" + "".join(f"{number},n{number}\n" for number in range(rows))
    run = await asked(facts, pool, file)
    doomed = open_pool(database.conninfo("crm"), name="doomed", max_size=4)
    await doomed.open()
    killed = Dying(run.job, doomed, after_rows=imports.BATCH_ROWS)
    with pytest.raises(PoolClosed):
        await run_import(killed, erasure_key=KEY)
    result = await run_import(run, erasure_key=KEY)
    assert (result["created"], result["unchanged"]) == (100 + imports.BATCH_ROWS, imports.BATCH_ROWS)
    assert len({row["external_id"] for row in await facts.items("/contacts", limit=200)}) == rows


@dataclass(frozen=True)
class Dying(Run):
    """A run whose connections are gone once so many rows are in."""

    after_rows: int

    async def progress(self, done: int, total: int | None = None) -> None:
        if done >= self.after_rows:
            await self.pool.close()
        await super().progress(done, total)


async def test_rows_at_their_limits_are_taken_fewer_at_a_time(facts: Workspace, pool: Pool) -> None:
    """A file may hold thousands of the longest rows there can be; they are not all in memory at once."""
    rows, seen = 300, list[int]()
    notes = "n" * 20_000

    async def note(done: int) -> None:
        seen.append(done)

    items = [
        Item(line, Reference(None, "s", str(line)), {"source": "s", "external_id": str(line), "notes": notes})
        for line in range(rows)
    ]
    kind = usecase.KINDS["contacts"]
    await imports.import_rows(pool, facts.id, kind, items, strict=False, progress=note, erasure_key=KEY)
    taken = [after - before for before, after in pairwise([0, *seen])]
    assert sum(taken) == rows
    assert max(taken) * len(notes) <= imports.BATCH_CHARACTERS + len(notes)


async def test_a_file_of_everything_that_is_wrong_takes_in_the_rest(facts: Workspace, pool: Pool) -> None:
    """Self-references, unknown ids, times beyond any history, an open quote, among enough good rows."""
    people = "external_id,first_name\n" + "".join(f"{number},n\n" for number in range(100))
    assert (await imported(facts, pool, people))["created"] == 100
    names = "contact_id.source,contact_id.external_id,counterpart_id.source,counterpart_id.external_id"
    lines = [f"external_id,kind,direction,occurred_at,{names}"]
    lines += [f"{number},call,in,2026-01-02T03:04:05Z,csv,{number},csv,{number + 1}" for number in range(90)]
    lines += [
        "self,call,in,2026-01-02T03:04:05Z,csv,1,csv,1",
        "lost,call,in,2026-01-02T03:04:05Z,csv,1,csv,nobody",
        "old,call,in,0001-01-01T00:00:00Z,csv,1,csv,2",
        "late,call,in,9999-12-31T23:59:59Z,csv,1,csv,2",
        "half,call,in,2026-01-02T03:04:05Z,csv,,csv,2",
        '"open,call,in,2026-01-02T03:04:05Z,csv,1,csv,2',
    ]
    result = await imported(facts, pool, "\n".join(lines), kind="interactions")
    assert (result["created"], result["rejected"]) == (90, 6)
    assert [(error["line"], error["column"]) for error in result["errors"]] == [
        (92, "counterpart_id"),
        (93, "counterpart_id"),
        (94, "occurred_at"),
        (95, "occurred_at"),
        (96, "contact_id"),
        (97, None),
    ]
    again = await imported(facts, pool, "\n".join(lines), kind="interactions")
    assert (again["created"], again["unchanged"], again["rejected"]) == (0, 90, 6)


async def test_two_imports_of_one_large_file_at_once_make_each_row_once(facts: Workspace, pool: Pool) -> None:
    rows = imports.BATCH_ROWS + 200
    file = "external_id,first_name\n" + "".join(f"{number},n{number}\n" for number in range(rows))
    both = await asyncio.gather(*[imported(facts, pool, file) for _ in range(2)])
    assert [one["rejected"] for one in both] == [0, 0]
    assert sum(one["created"] for one in both) == rows
    assert sum(one["unchanged"] for one in both) == rows


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_the_file_stays_while_its_job_may_run_again_and_goes_with_its_end(
    facts: Workspace, pool: Pool, state: str
) -> None:
    run = await asked(facts, pool, GOOD)
    await run_import(run, erasure_key=KEY)
    assert await files(pool, facts) == 1
    assert (await run_import(run, erasure_key=KEY))["unchanged"] == 2
    await end(run, state)
    assert await files(pool, facts) == 0


async def test_an_import_cancelled_before_it_began_leaves_no_file(facts: Workspace, pool: Pool) -> None:
    job = (await upload(facts, GOOD)).json()
    assert await files(pool, facts) == 1
    assert (await facts.call("DELETE", f"/jobs/{job['id']}")).json()["state"] == "cancelled"
    assert await files(pool, facts) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Ада;Лавлейс\n".encode("cp1251"), "bad_encoding"),
        ((GOOD + "9,x,y@z\n" * 20_000).encode() + "3,José,\n".encode("latin-1"), "bad_encoding"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "bad_encoding"),
        ("name;email\nAda;a@b\n", "unknown_format"),
        ("\ufeff", "unknown_format"),
        ("x" * 200_000, "bad_header"),
    ],
    ids=["cp1251", "latin-1 far below", "an image", "semicolons", "a mark alone", "one long word"],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(
    facts: Workspace, pool: Pool, content: str | bytes, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await imported(facts, pool, content)
    assert (refused.value.code, refused.value.fields[0].pointer) == (code, "#/file")
    assert not await facts.exists()


async def test_a_report_is_storable_whatever_the_columns_are_called(facts: Workspace, pool: Pool) -> None:
    run = await asked(facts, pool, "external_id,\x00,🙂,\n1,a,b,c\n")
    result = await run_import(run, erasure_key=KEY)
    async with workspace(pool, facts.id) as connection:
        await store.finish(connection, run.job, state="succeeded", result=result)
    job = await facts.read(f"/jobs/{run.job.id}")
    assert (job["state"], job["result"]) == ("succeeded", result)


@pytest.mark.parametrize(
    ("send", "pointer"),
    [
        ({"data": {"kind": "contacts"}}, "#/file"),
        ({"data": {}, "files": {"file": ("a.csv", GOOD)}}, "#/kind"),
        ({"data": {"kind": "planets"}, "files": {"file": ("a.csv", GOOD)}}, "#/kind"),
        ({"data": {"kind": "contacts", "strict": "maybe"}, "files": {"file": ("a.csv", GOOD)}}, "#/strict"),
        ({"data": {"kind": "contacts"}, "files": {"file": ("a.csv", "")}}, "#/file"),
        ({"data": {"kind": "contacts", "file": "text"}}, "#/file"),
    ],
)
async def test_a_bad_upload_names_its_field_and_leaves_no_job(
    facts: Workspace, send: dict[str, Any], pointer: str
) -> None:
    answer = await facts.call("POST", "/imports", **send)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await facts.items("/jobs") == []


async def test_an_upload_that_is_no_form_is_a_problem_too(facts: Workspace) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/csv"):
        answer = await facts.call("POST", "/imports", content=GOOD.encode(), headers={"content-type": kind})
        assert answer.status_code in {400, 415, 422}, kind
        assert answer.headers["content-type"] == "application/problem+json"
    assert await facts.items("/jobs") == []


async def test_jobs_are_listed_newest_first_and_belong_to_their_workspace(
    crm_of: Callable[[], Workspace], facts: Workspace
) -> None:
    ids = [(await upload(facts, GOOD)).json()["id"] for _ in range(5)]
    assert [job["id"] for job in await facts.items("/jobs", limit=2)] == ids[::-1]
    assert await facts.items("/jobs", kind="erase") == []
    stranger = crm_of()
    assert (await stranger.call("GET", f"/jobs/{ids[0]}")).json()["code"] == "job_not_found"
    assert (await stranger.call("DELETE", f"/jobs/{ids[0]}")).status_code == 404
    assert (await facts.read(f"/jobs/{ids[0]}"))["state"] == "queued"
