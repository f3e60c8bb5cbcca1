"""Tables read column by column give the rows, and the complaints, that they give when read row by row."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from services.crm.domain import BadRow, Item
from services.crm.schemas.files import table
from services.crm.schemas.files.table import TableFile
from tests.unit.crm.opened import opened

ID = "0192f0c1-7d3a-7c00-8000-000000000001"
CELLS = {
    "id": ["", "", ID, "no id"],
    "id.source": ["", "", "own"],
    "id.external_id": ["", "", "7"],
    "source": ["", "gmail", " gmail ", "s" * 51],
    "external_id": ["", "1", "2", " 3 ", "nul\x00", "e" * 201],
    "external_id.source": ["", "x"],
    "first_name": ["", "Ada", "Ада", "n" * 201],
    "emails": ["", "a@b", "a@b; c@d;a@b", "no address", ";"],
    "tags": ["", "x;y;x", "t" * 101],
    "influence_score": ["", "0.5", "1", "2", "nan", "half"],
    "community_id": ["", "7", "7.5"],
    "community_id.source": ["", "x"],
    "account_id": ["", ID, "no id"],
    "account_id.source": ["", "own"],
    "account_id.external_id": ["", "7"],
    "created_at": ["", "2026-01-02T03:04:05+03:00", "2026-01-02T03:04:05", "2026", "0001-01-01T00:00:00Z"],
    "custom.tier": ["", "1"],
    "unheard_of": ["", "x"],
    "contact_id": ["", ID, "no id"],
    "contact_id.source": ["", "own", "s" * 51],
    "contact_id.external_id": ["", "7", "8"],
    "counterpart_id.source": ["", "own"],
    "counterpart_id.external_id": ["", "7", "9"],
    "kind": ["", "email", "call", "Email"],
    "direction": ["", "in", "out", "up"],
    "occurred_at": ["", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05+05:30", "12", "9999-12-31T23:59:59Z"],
    "summary": ["", "Re: prices", "a\nb"],
}
OF = {
    "contacts": [name for name in CELLS if not name.startswith(("contact_id", "counterpart", "kind", "direction"))],
    "interactions": [name for name in CELLS if not name.startswith(("emails", "tags", "first", "account", "created"))],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a kind and a table of it that mostly has ids, with rows of every length."""
    kind = draw(st.sampled_from(sorted(OF)))
    names = draw(st.lists(st.sampled_from(OF[kind]), min_size=1, max_size=8, unique=True))
    names += [] if "external_id" in names or draw(st.integers(0, 9)) == 0 else ["external_id"]
    row = st.tuples(*[st.sampled_from(CELLS[name]) for name in names], st.sampled_from(["", "one more"]))
    length = st.just(len(names)) | st.integers(min_value=0, max_value=len(names) + 1)
    rows = draw(st.lists(st.tuples(row, length), max_size=12))
    text = io.StringIO()
    csv.writer(text).writerows([names, *[cells[:size] for cells, size in rows]])
    return kind, text.getvalue()


def one_by_one(kind: str, text: str) -> list[Item | BadRow]:
    file = opened(text, kind, "csv")
    assert isinstance(file, TableFile)
    return list(replace(file, layout=replace(file.layout, in_columns=False)))


@given(tables())
def test_both_ways_of_reading_a_table_give_the_same(drawn: tuple[str, str]) -> None:
    kind, text = drawn
    try:
        expected = one_by_one(kind, text)
    except Invalid:
        return  # no known column in the header
    assert list(opened(text, kind, "csv")) == expected


def test_rows_that_are_plainly_good_are_not_read_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "external_id,emails,whatever\n1,a@b,x\n2,c@d;e@f\n3,,\n"
    expected = one_by_one("contacts", text)
    monkeypatch.setattr(table, "read_row", None)
    assert list(opened(text, "contacts", "csv")) == expected


def test_long_rows_are_held_fewer_at_a_time() -> None:
    long = "n" * (table.GROUP_CHARACTERS // 4)
    groups = list(table._groups((line, [long]) for line in range(20)))
    assert [len(group) for group in groups] == [5, 5, 5, 5]
