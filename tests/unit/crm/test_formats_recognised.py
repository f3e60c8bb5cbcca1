"""What a file is, told by its content; and what becomes of one that is nothing known, or not readable at all."""

import io

import pytest

from kit.errors import Invalid
from services.crm.schemas.files.formats import open_file
from tests.unit.crm.opened import items, opened

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nEND:VCARD\n"
FORMATS_OF_CONTACTS = "csv, google, hubspot, json, linkedin, salesforce, vcard"


@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        ("first_name,Shoe Size\nAda,38\n", "csv"),
        ("\n\nbegin:vcard\nVERSION:3.0\nFN:Ada\nEND:VCARD\n", "vcard"),
        (CARD, "vcard"),
        ('\n {"source": "s", "external_id": "1"}\n', "json"),
    ],
)
def test_the_content_says_what_a_file_is(content: str, file_format: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert opened(content.encode(encoding)).format == file_format


@pytest.mark.parametrize(
    ("content", "kind", "file_format", "reason"),
    [
        ("Shoe Size,Colour\n38,red\n", "contacts", "auto", "No format is known"),
        ("first_name;last_name\nAda;Lovelace\n", "contacts", "auto", "No format is known"),
        ("\n \n", "contacts", "auto", "no line"),
        ('[{"first_name": "Ada"}]', "contacts", "auto", "No format is known"),
        ("PK\x03\x04 a spreadsheet", "contacts", "auto", "No format is known"),
        ("Id,IsDeleted,Name,StageName,Amount,SystemModstamp\n006A,,Deal,Won,1,x\n", "accounts", "auto", "Salesforce"),
        ("Id,CampaignId,LastName,FirstName,CreatedById\n00vA,701A,L,A,005A\n", "contacts", "auto", "Salesforce"),
        ("Record ID,First Name,Email\n1,Ada,a@b.c\n", "accounts", "auto", "contacts, not accounts"),
        ("Id,Name,BillingCity\n001A,E,London\n", "contacts", "auto", "accounts, not contacts"),
        (CARD, "users", "auto", "contacts, not users"),
        ("Record ID,First Name,Email\n1,Ada,a@b.c\n", "contacts", "google", "that of a hubspot file"),
        ("first_name\nAda\n", "contacts", "linkedin", "No format is known"),
        ("first_name\nAda\n", "contacts", "excel", "no format 'excel'"),
    ],
)
def test_an_unknown_file_is_refused_with_what_is_known(content: str, kind: str, file_format: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(content, kind, file_format)
    assert refused.value.code == "unknown_format"
    assert reason in refused.value.detail
    [where] = refused.value.fields
    assert where.allowed is not None
    if kind == "contacts":
        assert where.allowed["formats"] == FORMATS_OF_CONTACTS
        assert FORMATS_OF_CONTACTS in refused.value.detail
        assert "first_name" in where.allowed["columns"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"first_name\nAda\n\xff\n", 3),
        (b"first_name\nAda\nJos\xc3\n", 3),
        (b"first_name\nAda\nJos\xc3", 3),
        (b"first_name\n" + "Ада\n".encode("cp1251"), 2),
        ("first_name\nAda\n".encode("utf-32"), 1),
        ("first_name\nAda\n".encode("utf-16") + b"\x00", 3),
        ("first_name\nAda\n".encode("utf-16") + b"\x00\xdc\x00\x00", 3),
        (CARD.encode() + "BEGIN:VCARD\nVERSION:3.0\nFN:José\nEND:VCARD\n".encode("latin-1"), 7),
        (b'{"source": "s"}\n{"source": "\xff"}\n', 2),
    ],
)
def test_a_file_in_another_encoding_is_refused_by_its_first_such_line(content: bytes, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        opened(content)
    assert refused.value.code == "bad_encoding"
    assert f"Line {line} " in refused.value.detail


def test_lines_are_counted_and_characters_cut_in_two_by_the_pieces_are_whole() -> None:
    file = opened("first_name\nŁódź\n🙂\n")
    assert file.size == 3
    assert [item.patch["first_name"] for item in items("first_name\nŁódź\n🙂\n".encode("utf-16"))] == ["Łódź", "🙂"]


def test_a_file_can_be_opened_again_from_wherever_it_was_left() -> None:
    spool = io.BytesIO(CARD.encode())
    first, second = (list(open_file(spool, "contacts")) for _ in range(2))
    assert first == second
