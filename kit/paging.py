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
        where = FieldError("#/cursor", "Not a cursor of this list.", "query", {"expected": "next_cursor of a page"})
        raise Invalid("The cursor is not valid.", code="invalid_cursor", fields=[where])
    return key


def _checked(cursor: str | None) -> str | None:
    if cursor is not None:
        decode_cursor(cursor)
    return cursor


Cursor = Annotated[
    str | None, Query(max_length=64, description="next_cursor of the page before"), AfterValidator(_checked)
]
