"""Opaque cursors: the key of the last row shown, so that a page costs the same wherever it stands."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator

from kit.errors import FieldError, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_BIGINT = 2**63 - 1

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description=f"items a page, at most {MAX_LIMIT}")]


def encode_cursor(last_id: UUID) -> str:
    return base64.urlsafe_b64encode(last_id.bytes).decode().rstrip("=")


def decode_cursor(cursor: str) -> UUID:
    """Return the key inside a cursor; raise Invalid for anything that this API did not hand out."""
    try:
        key = UUID(bytes=base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (ValueError, binascii.Error):
        key = None
    if key is None or encode_cursor(key) != cursor:
        raise _not_ours()
    return key


def encode_number(last: int) -> str:
    """Return the cursor of a list that is in the order of a bigint."""
    return encode_cursor(UUID(int=last))


def decode_number(cursor: str) -> int:
    """Return the bigint inside a cursor; raise Invalid for a cursor of another list."""
    number = decode_cursor(cursor).int
    if number > MAX_BIGINT:
        raise _not_ours()
    return number


def _not_ours() -> Invalid:
    where = FieldError("#/cursor", "Not a cursor of this list.", "query", {"expected": "next_cursor of a page"})
    return Invalid("The cursor is not valid.", code="invalid_cursor", fields=[where])


def _checked(cursor: str | None) -> str | None:
    if cursor is not None:
        decode_cursor(cursor)
    return cursor


Cursor = Annotated[
    str | None, Query(max_length=64, description="next_cursor of the page before"), AfterValidator(_checked)
]
