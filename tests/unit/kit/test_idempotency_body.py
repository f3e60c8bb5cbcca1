"""What makes two requests the same: operation and body, however it came in pieces; not a form's boundary."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.idempotency.body import READ_AHEAD_BYTES, Body

FORM = b"--%b\r\nContent-Disposition: form-data; name=file\r\n\r\nfirst_name\nAda\n\r\n--%b--\r\n"


def body_of(pieces: Sequence[bytes], *, content_type: str = "application/json", **changes: Any) -> Body:
    rest = list(pieces)

    async def receive() -> dict[str, Any]:
        piece = rest.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(rest)}

    headers = [(b"content-type", content_type.encode())]
    scope = {"method": "POST", "path": "/things", "query_string": b"", "headers": headers}
    return Body(scope | changes, receive)


async def fingerprint(pieces: Sequence[bytes], **changes: Any) -> bytes:
    body = body_of(pieces, **changes)
    await body.read_ahead()
    await body.drain()
    assert body.fingerprint is not None
    return body.fingerprint


async def form(boundary: bytes, *, cut: Sequence[int] = ()) -> bytes:
    whole = FORM % (boundary, boundary)
    edges = [0, *sorted(min(at, len(whole)) for at in cut), len(whole)]
    pieces = [whole[start:end] for start, end in pairwise(edges)]
    return await fingerprint(pieces, content_type=f"multipart/form-data; boundary={boundary.decode()}")


async def test_the_same_in_other_pieces_is_the_same() -> None:
    assert await fingerprint([b"abc"]) == await fingerprint([b"a", b"", b"bc"]) != await fingerprint([b"abd"])


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/others"},
        {"query_string": b"x=1"},
        {"content_type": "text/plain"},
    ],
    ids=str,
)
async def test_another_operation_is_another_request(changes: dict[str, Any]) -> None:
    assert await fingerprint([b"abc"]) != await fingerprint([b"abc"], **changes)


async def test_a_form_with_another_boundary_is_the_same_form() -> None:
    assert await form(b"one") == await form(b"a-much-longer-one-0123456789")


async def test_a_form_with_other_content_is_another() -> None:
    mine = [(FORM % (b"x", b"x")).replace(b"Ada", b"Eve")]
    assert await fingerprint(mine, content_type="multipart/form-data; boundary=x") != await form(b"x")


@given(cut=st.lists(st.integers(0, 120), max_size=8), boundary=st.text("ab-", min_size=1, max_size=8))
async def test_a_boundary_cut_in_two_is_still_a_boundary(cut: list[int], boundary: str) -> None:
    assert await form(boundary.encode(), cut=cut) == await form(boundary.encode())


async def test_a_long_body_is_not_read_before_it_is_passed_on() -> None:
    pieces = [b"x" * READ_AHEAD_BYTES, b"y" * READ_AHEAD_BYTES, b"z"]
    body = body_of(pieces)
    await body.read_ahead()
    assert body.fingerprint is None
    passed = [(await body.receive())["body"] for _ in pieces]
    assert passed == pieces
    assert body.fingerprint == await fingerprint(pieces)
