"""Types of the wire: what they let through PostgreSQL can store, what they refuse is named."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from kit.wire import JSON_LIMIT_BYTES, Instant, JsonObject, Pushed, Rejected, Storable

Text = Annotated[str, Storable]

text, document, instant = TypeAdapter(Text), TypeAdapter(JsonObject), TypeAdapter(Instant)


class Row(BaseModel, extra="forbid"):
    name: Text


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_every_character_of_any_script_is_kept(value: str) -> None:
    assert text.validate_python(value) == value


@pytest.mark.parametrize("value", ["\x00", "a\x00b", "\ud800", "\udfff\ud800", 5, None, b"\xff", ["a"]])
def test_text_that_cannot_be_stored_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        text.validate_python(value)


def nested(levels: int) -> dict[str, Any]:
    inner: Any = {}
    for _ in range(levels):
        inner = [inner]
    return {"a": inner}


@pytest.mark.parametrize(
    "value",
    [
        {"x": float("nan")},
        {"x": [float("-inf")]},
        {"x": "a\x00"},
        {"a\x00": 1},
        {"x": "\ud800"},
        {"\ud800": 1},
        nested(8),
        nested(100_000),
        {"x": "ж" * (JSON_LIMIT_BYTES // 2)},
        [],
    ],
    ids=["NaN", "Infinity", "NUL", "NUL key", "surrogate", "surrogate key", "deep", "very deep", "long", "no object"],
)
def test_json_that_cannot_be_stored_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        document.validate_python(value)


@pytest.mark.parametrize("value", [{}, nested(7), {"path": "C:\\u0000"}, {"имя": "🙂"}, {"x": "a" * 16_000}])
def test_json_within_its_limits_is_kept(value: dict[str, Any]) -> None:
    assert document.validate_python(json.loads(json.dumps(value))) == value


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)),  # noqa: DTZ001 the offset comes beside it
    st.integers(-1439, 1439),
)
def test_an_instant_is_kept_in_utc_whatever_its_offset(local: datetime, offset_minutes: int) -> None:
    sent = local.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))
    kept = instant.validate_python(sent.isoformat())
    assert kept == sent
    assert kept.tzinfo is UTC


@pytest.mark.parametrize(
    "value", ["2026-01-01T00:00:00", "2026-01-01", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "now", 1e300, "∞"]
)
def test_an_instant_without_a_zone_or_out_of_any_life_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        instant.validate_python(value)


@pytest.mark.parametrize("value", ["2001", " 1763889600 ", 2001, 1763889600.5, True])
def test_a_bare_number_is_no_instant(value: object) -> None:
    with pytest.raises(ValidationError, match="as RFC 3339 writes it"):
        instant.validate_python(value)


def test_a_bad_item_of_a_batch_is_kept_in_its_place_with_its_pointer() -> None:
    good, bad, strange = TypeAdapter(list[Pushed[Row]]).validate_python([{"name": "Ада"}, {"name": "a\x00"}, 7])
    assert good == Row(name="Ада")
    assert isinstance(bad, Rejected)
    assert isinstance(strange, Rejected)
    assert [(field.pointer, field.detail) for field in (*bad.fields, *strange.fields)] == [
        ("#/name", "must not contain the NUL character"),
        ("#", "Send a JSON object."),
    ]
