"""JSON Lines: each line is an item of a push, or a bad row."""

import json

import pytest

from services.crm.domain import BadRow, Item
from tests.unit.crm.opened import bad, items, opened, patches

ADA = {"source": "s", "external_id": "1", "first_name": "Ada", "emails": ["ada@engine.example"], "custom": {"a": [1]}}


def test_a_line_is_read_as_a_push_reads_it() -> None:
    cleared = {**ADA, "title": None}
    assert patches(f"{json.dumps(ADA)}\r\n\n{json.dumps(cleared)}") == [ADA, cleared]
    link = {"contact_a": {"source": "s", "external_id": "1"}, "contact_b": {"source": "s", "external_id": "2"}}
    assert patches(json.dumps(link), "links") == [link]
    run = {"source": "s", "external_id": "1", "findings": {"x": 1}, "ran_at": "2026-01-31T09:30:00Z"}
    assert patches(json.dumps(run), "research_runs") == [run]


def test_a_row_without_an_id_is_known_again() -> None:
    [first] = items('{"emails": ["Ada@b.org"], "title": "x"}')
    [again] = items('{"title": "y", "emails": ["ada@b.ORG"]}')
    [null, other] = items('{"emails": null, "last_name": "A"}\n{"emails": null, "last_name": "B"}')
    assert first.reference == again.reference
    assert first.reference.source == "json"
    assert null.reference != other.reference


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ('{"source": "s", "external_id": "2"', None, "not JSON"),
        ("[1]", None, "not a JSON object"),
        ('{"source": "s", "external_id": "2", "influence_score": NaN}', None, "not JSON"),
        ('{"source": "s", "external_id": "2", "custom": ' + '{"a":' * 100_000 + "}" * 100_000 + "}", None, "not JSON"),
        ('{"source": "s", "external_id": "2", "community_id": ' + "9" * 10_000 + "}", None, "not JSON"),
        ('{"source": "s", "external_id": "2", "emails": ["a@b", "nobody"]}', "emails", "e-mail"),
        ('{"source": "s", "external_id": "2", "shoe_size": 38}', "shoe_size", "xtra"),
        ('{"source": "s", "external_id": "2", "created_at": "0001-01-01T00:00:00Z"}', "created_at", "1900"),
        ('{"source": "s", "external_id": "2", "created_at": "9999-12-31T23:59:59Z"}', "created_at", "2200"),
        ('{"source": "s", "external_id": "2", "sh\\u0000oe": 38}', "sh\N{REPLACEMENT CHARACTER}oe", "xtra"),
        ('{"source": "s", "external_id": "\\u0000"}', "external_id", "NUL"),
        ('{"title": "nobody in particular"}', None, "external_id"),
        ('{"source": "s", "external_id": "2", "notes": "' + "x" * (1024 * 1024) + '"}', None, "1,048,576 characters"),
    ],
)
def test_a_bad_line_is_reported_and_the_next_is_read(line: str, column: str | None, reason: str) -> None:
    before, wrong, after = opened(f"{json.dumps(ADA)}\n{line}\n{json.dumps(ADA)}\n")
    assert isinstance(before, Item)
    assert isinstance(after, Item)
    assert isinstance(wrong, BadRow)
    assert (wrong.line, wrong.column) == (2, column)
    assert reason in wrong.reason
    assert "nobody" not in wrong.reason


def test_nothing_is_taken_from_a_document_of_many_lines() -> None:
    assert [row.line for row in bad(json.dumps({"items": [ADA]}, indent=1), file_format="json")][:2] == [1, 2]
