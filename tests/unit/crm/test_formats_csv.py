"""CSV files as people send them: every line is an item or is reported, and the same row is the same person."""

import io
from itertools import islice
from typing import Any

import pytest

from kit.errors import Invalid
from services.crm.domain import BadRow, Item
from services.crm.schemas.files.formats import open_file
from services.crm.schemas.files.identity import RowFile
from services.crm.schemas.files.table import COLUMNS_LIMIT, ROW_CHARACTERS


def opened(text: str, kind: str = "contacts") -> RowFile:
    return open_file(io.BytesIO(text.encode()), kind, "csv")


def items(text: str, kind: str = "contacts") -> list[Item]:
    rows = list(opened(text, kind))
    assert not [row for row in rows if isinstance(row, BadRow)]
    return [row for row in rows if isinstance(row, Item)]


def bad(text: str) -> list[BadRow]:
    return [row for row in opened(text) if isinstance(row, BadRow)]


def patches(text: str, kind: str = "contacts") -> list[dict[str, Any]]:
    return [dict(item.patch) for item in items(text, kind)]


def test_a_byte_order_mark_and_a_spreadsheets_line_ends_are_no_part_of_the_data() -> None:
    row = {"source": "csv", "external_id": "7", "first_name": "Ада"}
    for end in ("\n", "\r\n", "\r"):
        assert patches(f"\ufeffExternal_ID , FIRST_NAME{end}7,Ада{end}") == [row]


def test_quoted_cells_keep_commas_quotes_and_lines() -> None:
    [row] = patches('external_id,notes\n7,"said ""hi"", then\nleft"\n')
    assert row["notes"] == 'said "hi", then\nleft'


def test_items_are_numbered_by_the_line_they_begin_on() -> None:
    text = 'external_id,notes\n1,"two\nlines"\n\n , \n2,x\n'
    assert [item.index for item in items(text)] == [2, 6]


def test_an_empty_cell_says_nothing_and_a_missing_one_neither() -> None:
    assert patches("external_id,title,notes\n7,,\n8\n") == [
        {"source": "csv", "external_id": "7"},
        {"source": "csv", "external_id": "8"},
    ]


def test_list_cells_are_split_and_custom_columns_gathered() -> None:
    [row] = patches("external_id,emails,tags,custom.tier,custom.city,whatever\n7,a@b ; c@d;,x; ;y,1,Łódź,z\n")
    assert (row["emails"], row["tags"], row["custom"]) == (["a@b", "c@d"], ["x", "y"], {"tier": "1", "city": "Łódź"})


def test_unknown_columns_are_listed_as_a_report_can_hold_them() -> None:
    assert opened("external_id,Shoe Size,\x00odd\n").ignored_columns == ("Shoe Size", "\N{REPLACEMENT CHARACTER}odd")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "\n",
        "shoe size,colour",
        "first_name,First_Name",
        "first_name;last_name",
        "custom",
        "custom.",
        '"first_name',
        "x," * COLUMNS_LIMIT + "first_name",
    ],
)
def test_a_file_whose_first_line_is_no_header_is_refused(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(f"{header}\nAda,Lovelace\n")
    assert refused.value.code == "bad_header"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("7,not an address,1", "emails", "e-mail address"),
        ("7,a@b,0.5,more", None, "4 cells"),
        ("7,a@b,many", "influence_score", "number"),
        ("7,a@b,NaN", "influence_score", "finite"),
        (f"{'7' * 201},a@b,0", "external_id", "200"),
        ("7\x00,a@b,0", "external_id", "NUL"),
        ('7,"a@b"x,0', None, "not CSV"),
        (f"7,{'a' * 140_000}@b,0", None, "not CSV"),
        (",,0.5", None, "external_id"),
    ],
)
def test_a_bad_row_is_reported_by_line_and_column_without_its_content_and_the_next_is_read(
    line: str, column: str | None, reason: str
) -> None:
    [before, wrong, after] = list(opened(f"external_id,emails,influence_score\n1,x@y,0\n{line}\n2,x@y,0\n"))
    assert isinstance(before, Item)
    assert isinstance(after, Item)
    assert isinstance(wrong, BadRow)
    assert (wrong.line, wrong.column) == (3, column)
    assert reason in wrong.reason
    assert "a@b" not in wrong.reason
    assert "not an address" not in wrong.reason


def test_a_quote_that_never_ends_names_every_line_it_swallowed() -> None:
    [wrong] = bad('external_id,notes\n1,ok\n2,"open\n3,lost\n4,lost\n')
    assert wrong.line == 3
    assert "lines 3 to 5 were skipped" in wrong.reason


def test_two_people_with_one_office_address_stay_two() -> None:
    ada, bob, office = items("first_name,emails\nAda,office@b.org\nBob,office@b.org\n,office@b.org\n")
    assert len({ada.reference, bob.reference, office.reference}) == 3


def test_a_row_without_an_id_is_known_again_by_its_address_and_name_or_by_its_name() -> None:
    [first] = items("first_name,emails,title\nAda,Ada@B.org;a@home.org,x\n")
    [again] = items("emails,notes,first_name\nada@b.ORG,y, ADA\n")
    [other] = items("first_name,emails\nAda,other@b.org\n")
    [named] = items("first_name,last_name,organization\nAda,Lovelace,Analytical\n")
    [named_again] = items("organization,last_name,first_name,title\nAnalytical,LOVELACE,ada,x\n")
    [user] = items("name\nAda\n", "users")
    assert first.reference == again.reference
    assert named.reference == named_again.reference
    assert len({first.reference, other.reference, named.reference, user.reference}) == 4
    assert first.reference.source == "csv"


def test_the_identity_of_a_row_never_changes_between_versions() -> None:
    [item] = items("emails\nada@b.org\n")
    assert item.reference.external_id == "row-b83b264ed53e19cceb0b3c2e5f1981c6"


def test_cells_cannot_be_shifted_from_one_name_into_another() -> None:
    [one, two] = items("first_name,last_name,organization\nAda,Lovelace,\nAda,,Lovelace\n")
    assert one.reference != two.reference


def test_a_cell_as_large_as_a_file_is_one_bad_row_and_what_follows_is_read() -> None:
    huge = "x" * (3 * ROW_CHARACTERS)
    [wrong, after] = list(opened(f"external_id,notes\n1,{huge}\n2,short\n"))
    assert isinstance(wrong, BadRow)
    assert isinstance(after, Item)
    assert (wrong.line, after.index) == (2, 3)
    assert "1,048,576 characters" in wrong.reason


def test_a_row_of_a_million_columns_is_one_bad_row_even_over_many_lines() -> None:
    wide, tall = "," * 1_000_000, '"\n",' * 300_000
    first, second = islice(opened(f"external_id,notes\n1{wide}\n2,{tall}\n"), 2)
    assert (first.line, first.reason) == (2, "1000001 cells, but the header names 2 columns")
    assert second.line == 3
    assert "characters" in second.reason


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_date_beyond_any_persons_history_is_a_bad_row(year: str) -> None:
    [wrong] = bad(f"external_id,created_at\n1,{year}-12-31T23:59:59Z\n")
    assert wrong.column == "created_at"


def test_rows_of_other_files_are_named_by_their_source_and_id() -> None:
    text = (
        "contact_id.source,contact_id.external_id,user_id.source,user_id.external_id,kind,direction,occurred_at\n"
        "google,7,s,8,email,in,2026-01-31T09:30:00Z\n"
    )
    [row] = patches(text, "interactions")
    assert row["contact_id"] == {"source": "google", "external_id": "7"}
    assert row["user_id"] == {"source": "s", "external_id": "8"}
    [link] = patches(
        "contact_a.source,contact_a.external_id,contact_b.source,contact_b.external_id\na,1,b,2\n", "links"
    )
    assert link["contact_b"] == {"source": "b", "external_id": "2"}
