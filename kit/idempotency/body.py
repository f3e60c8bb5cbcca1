"""A request's body on its way: its beginning read ahead, all of it hashed as it passes, never held as a whole."""

import hashlib
from email.message import Message as Headers

from starlette.types import Message, Receive, Scope

READ_AHEAD_BYTES = 64 * 1024


class Body:
    """What is received, and the fingerprint of the request it belongs to."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        media_type, boundary = _content_type(scope)
        self._hash = hashlib.sha256()
        for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], media_type.encode()):
            self._hash.update(part + b"\0")
        self._boundary, self._rest = boundary, b""
        self._receive = receive
        self._ahead: list[Message] = []
        self._ended = False

    @property
    def fingerprint(self) -> bytes | None:
        """Of operation and body; None while more of it is to come."""
        if not self._ended:
            return None
        whole = self._hash.copy()
        whole.update(self._rest)
        return whole.digest()

    async def read_ahead(self) -> None:
        """Read a body that is short; of a long one only the beginning."""
        taken_bytes = 0
        while not self._ended and taken_bytes < READ_AHEAD_BYTES:
            message = await self._next()
            self._ahead.append(message)
            if message["type"] != "http.request":
                return
            taken_bytes += len(message.get("body", b""))

    async def receive(self) -> Message:
        """Give what was read ahead, then what comes."""
        return self._ahead.pop(0) if self._ahead else await self._next()

    async def drain(self) -> None:
        """Take what is left, to know what it was."""
        while not self._ended and (await self._next())["type"] == "http.request":
            pass

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._pass(message.get("body", b""))
            self._ended = not message.get("more_body", False)
        return message

    def _pass(self, piece: bytes) -> None:
        """Hash a piece; the boundary of a form, which every sender draws anew, counts as any other boundary."""
        if self._boundary:
            *parts, last = (self._rest + piece).split(self._boundary)
            for part in parts:
                self._hash.update(part + b"\0")
            kept = max(0, len(last) - len(self._boundary) + 1)
            piece, self._rest = last[:kept], last[kept:]
        self._hash.update(piece)


def _content_type(scope: Scope) -> tuple[str, bytes]:
    """Return a request's media type, and the boundary of its parts if it is a form of some."""
    headers = Headers()
    headers["content-type"] = next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"), ""
    )
    boundary = headers.get_boundary() if headers.get_content_maintype() == "multipart" else None
    return headers.get_content_type(), (boundary or "").encode("latin-1", "replace")
