"""A file of every format goes through the endpoint and the worker's handler; the same file again changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.errors import Invalid
from kit.jobs import Run, store
from services.crm.jobs import run_import
from tests.conftest import ERASURE_KEY, House

CARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nORG:Engines\r\nitem1.EMAIL:ada@engine.example\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Garc=EDa;Jos=E9\r\nEND:VCARD\r\n"
)
FILES: dict[str, tuple[str, str]] = {
    "csv": ("contacts", "first_name,emails,custom.tier\nAda,ada@engine.example,1\nGrace,grace@navy.example,2\n"),
    "google": (
        "contacts",
        (
            "First Name,Last Name,File As,Labels,E-mail 1 - Value\nAda,Lovelace,,* mine ::: Pals,ada@engine.example\n"
            "Grace,Hopper,,,grace@navy.example\n"
        ),
    ),
    "linkedin": (
        "contacts",
        (
            'Notes:\n"About\nthis file"\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\n'
            "Ada,Lovelace,https://www.linkedin.com/in/ada,,Engines,Programmer,31 Jan 2026\n"
            "Grace,Hopper,https://www.linkedin.com/in/grace,,Navy,Admiral,1 Feb 2026\n"
        ),
    ),
    "hubspot": (
        "contacts",
        (
            "Record ID,First Name,Last Name,Email,Create Date\n1,Ada,L,ada@engine.example,2026-01-31 09:30\n"
            "2,Grace,H,grace@navy.example,2026-01-31 09:30\n"
        ),
    ),
    "salesforce": (
        "accounts",
        (
            "Id,IsDeleted,Name,Website,BillingCountry,OwnerId,CreatedDate\n"
            "001A,,Engines,engine.example,UK,005A,2026-01-31T09:30:00.000+0000\n001B,,Navy,navy.example,US,,\n"
        ),
    ),
    "vcard": ("contacts", CARDS),
    "json": ("users", '{"source": "s", "external_id": "1", "name": "Eve"}\n{"name": "Mallory"}\n'),
}
PEOPLE_OF_ENGINES = (
    "Id,IsDeleted,AccountId,LastName,FirstName,Email,SystemModstamp\n"
    "003A,,001A,Lovelace,Ada,ada@elsewhere.example,x\n003B,,001Z,Hopper,Grace,grace@elsewhere.example,x\n"
)


@pytest.fixture(scope="module")
async def pool(database: postgres.Server) -> AsyncIterator[Pool]:
    async with open_pool(database.conninfo("crm"), name="test", max_size=3) as pool:
        yield pool


async def import_file(
    crm: House, pool: Pool, workspace_id: UUID, kind: str, content: bytes | str, **form: str
) -> dict[str, Any]:
    """Send a file and run its job as the worker would; return the job's result."""
    answer = await crm.client.post(
        "/api/ml/crm/imports",
        data={"kind": kind, **form},
        files={"file": ("file", content)},
        headers=crm.token(workspace_id),
    )
    assert answer.status_code == 202, answer.text
    async with workspace(pool, workspace_id) as connection:
        job = await store.one(connection, workspace_id, UUID(answer.json()["id"]))
    assert job is not None
    return await run_import(Run(job, pool), erasure_key=ERASURE_KEY.encode())


async def rows(crm: House, workspace_id: UUID, kind: str) -> list[dict[str, Any]]:
    answer = await crm.client.get(f"/api/ml/crm/{kind}", headers=crm.token(workspace_id))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["created"], result["updated"], result["unchanged"], result["rejected"]


@pytest.mark.parametrize("file_format", FILES)
async def test_a_file_of_any_format_is_imported_once(
    crm: House, pool: Pool, workspace_id: UUID, file_format: str
) -> None:
    kind, content = FILES[file_format]
    first = await import_file(crm, pool, workspace_id, kind, content)
    assert (first["format"], counts(first), first["errors"]) == (file_format, (2, 0, 0, 0), [])
    before = await rows(crm, workspace_id, kind)
    assert file_format in {row["source"] for row in before}
    again = await import_file(
        crm, pool, workspace_id, kind, content.encode("utf-16"), format=file_format, strict="true"
    )
    assert (again["format"], counts(again)) == (file_format, (0, 0, 2, 0))
    assert await rows(crm, workspace_id, kind) == before


async def test_two_imports_of_one_file_at_once_make_each_person_once(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    both = await asyncio.gather(*(import_file(crm, pool, workspace_id, *FILES["vcard"]) for _ in range(2)))
    assert sorted(counts(result) for result in both) == [(0, 0, 2, 0), (2, 0, 0, 0)]
    assert len(await rows(crm, workspace_id, "contacts")) == 2


async def test_salesforces_people_find_their_accounts_whenever_these_come(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    alone = await import_file(crm, pool, workspace_id, "contacts", PEOPLE_OF_ENGINES, strict="true")
    assert (counts(alone), alone["unresolved_references"]) == ((2, 0, 0, 0), {"account_id": 2})
    assert counts(await import_file(crm, pool, workspace_id, "contacts", PEOPLE_OF_ENGINES)) == (0, 0, 2, 0)
    firms = await import_file(crm, pool, workspace_id, *FILES["salesforce"])
    assert firms["unresolved_references"] == {"owner_user_id": 1}
    tied = await import_file(crm, pool, workspace_id, "contacts", PEOPLE_OF_ENGINES)
    assert (counts(tied), tied["unresolved_references"]) == ((0, 1, 1, 0), {"account_id": 1})
    [engines] = [row for row in await rows(crm, workspace_id, "accounts") if row["external_id"] == "001A"]
    tied_to = {row["external_id"]: row["account_id"] for row in await rows(crm, workspace_id, "contacts")}
    assert tied_to == {"003A": engines["id"], "003B": None}


async def test_what_passed_between_people_names_them_by_their_source_and_id(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    await import_file(crm, pool, workspace_id, *FILES["hubspot"])
    header = "contact_id.source,contact_id.external_id,kind,direction,occurred_at\n"
    content = f"{header}hubspot,1,email,in,2026-01-31T09:30:00Z\nhubspot,9,email,in,2026-01-31T09:30:00Z\n"
    result = await import_file(crm, pool, workspace_id, "interactions", content)
    assert counts(result) == (1, 0, 0, 1)
    [error] = result["errors"]
    assert (error["line"], error["column"]) == (3, "contact_id")


async def test_bad_cards_are_reported_and_with_strict_nothing_is_imported(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    content = CARDS + "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut off\r\nNOTE:in the mid"
    with pytest.raises(Invalid) as refused:
        await import_file(crm, pool, workspace_id, "contacts", content, strict="true")
    assert refused.value.code == "rows_rejected"
    assert await rows(crm, workspace_id, "contacts") == []
    result = await import_file(crm, pool, workspace_id, "contacts", content)
    assert counts(result) == (2, 0, 0, 1)
    assert result["errors"] == [
        {"line": 11, "column": None, "reason": "the card has no end: the file is cut off"},
    ]


async def test_an_unknown_format_is_refused_at_once_and_an_unknown_file_by_its_job(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    answer = await crm.client.post(
        "/api/ml/crm/imports",
        data={"kind": "contacts", "format": "excel"},
        files={"file": ("file", b"x")},
        headers=crm.token(workspace_id),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/format"
    with pytest.raises(Invalid) as refused:
        await import_file(crm, pool, workspace_id, "contacts", "Shoe Size\n38\n")
    assert refused.value.code == "unknown_format"


async def test_the_real_address_books_go_in_and_change_nothing_the_second_time(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    places = [parent / "shared/data" for parent in Path(__file__).parents]
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        pytest.skip("skipped: no data")
    books = sorted((folder / "vcards").glob("*.vcf"))
    sheets = [("accounts", "Account"), ("contacts", "Contact"), ("contacts", "Lead")]
    files = [("contacts", path) for path in books] + [
        (kind, folder / f"salesforce-sample/{name}.csv") for kind, name in sheets
    ]
    for kind, path in files:
        first = await import_file(crm, pool, workspace_id, kind, path.read_bytes())
        again = await import_file(crm, pool, workspace_id, kind, path.read_bytes())
        assert (first["rejected"], first["errors"]) == (0, []), path.name
        assert counts(again)[:2] == (0, 0), path.name
