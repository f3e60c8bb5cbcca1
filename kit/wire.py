"""Types of the wire that are safe to store: text PostgreSQL takes, instants that survive time zones, bounded JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from kit.errors import FieldError, field_errors

JSON_LIMIT_BYTES = 16_384
JSON_LIMIT_DEPTH = 8


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("must not contain unpaired surrogates") from None
    return text


def _bounded(document: dict[str, Any]) -> dict[str, Any]:
    if _deeper_than(JSON_LIMIT_DEPTH, document):
        raise ValueError(f"must not be nested deeper than {JSON_LIMIT_DEPTH}")
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError("must not contain NaN or Infinity") from None
    if len(_storable(text).encode()) > JSON_LIMIT_BYTES:
        raise ValueError(f"must have at most {JSON_LIMIT_BYTES} bytes as JSON")
    if "\\u0000" in text.replace("\\\\", ""):  # an escaped backslash before u0000 is only text
        raise ValueError("must not contain the NUL character")
    return document


def _deeper_than(levels: int, value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_deeper_than(levels - 1, part) for part in inner)


# Behind a type's own limits, as the last annotation: pydantic counts the "items" of what a function returns.
Storable = AfterValidator(_storable)
JsonObject = Annotated[dict[str, Any], AfterValidator(_bounded)]


def _written(instant: Any) -> Any:
    """Refuse bare numbers, which pydantic takes for seconds since 1970: "2001" would be half past midnight then."""
    if not isinstance(instant, str | datetime) or (isinstance(instant, str) and instant.strip().isdecimal()):
        raise ValueError("must be a time as RFC 3339 writes it, such as 2026-11-23T09:30:00Z")
    return instant


# A year that any time zone keeps within four digits, and that no person's history leaves; in UTC, for PostgreSQL
# takes no offset beyond 15:59:59.
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda instant: instant.astimezone(UTC)),
    BeforeValidator(_written),
]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item of a batch that breaks its rules; the others go on."""

    fields: tuple[FieldError, ...]


def _keep_errors(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        return Rejected(tuple(field_errors(error.errors(include_url=False, include_input=False))))


Item = TypeVar("Item", bound=BaseModel)

# Validates to the item, or to a Rejected in its place.
Pushed = Annotated[Item, WrapValidator(_keep_errors)]
