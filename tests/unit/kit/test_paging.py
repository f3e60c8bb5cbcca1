"""Cursors: what was handed out leads back, anything else is refused by name."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from kit.paging import MAX_BIGINT, decode_cursor, decode_number, encode_cursor, encode_number


@given(st.uuids())
def test_a_cursor_leads_back_to_its_row(last: UUID) -> None:
    assert decode_cursor(encode_cursor(last)) == last


@given(st.integers(0, MAX_BIGINT))
def test_a_cursor_of_numbers_leads_back_to_its_number(last: int) -> None:
    assert decode_number(encode_number(last)) == last


@given(st.text(max_size=64) | st.text("ABCDabcd0189-_+/= ", max_size=30))
def test_anything_else_is_the_one_row_it_encodes_or_refused(text: str) -> None:
    try:
        found = decode_cursor(text)
    except Invalid as error:
        refused = error
    else:
        assert encode_cursor(found) == text
        return
    assert (refused.code, refused.fields[0].pointer, refused.fields[0].place) == ("invalid_cursor", "#/cursor", "query")


@given(st.integers(MAX_BIGINT + 1, 2**128 - 1))
def test_a_cursor_of_ids_is_refused_where_numbers_are_paged(key: int) -> None:
    with pytest.raises(Invalid):
        decode_number(encode_cursor(UUID(int=key)))
