"""What of a request's head goes inward and what of an answer's head goes outward.

Bytes stay bytes: a name or value is dropped or passed on, never decoded and written anew.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from gateway.proxy.connection import Head
from kit import deadline
from kit.asgi import RawHeaders

HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection",
        b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip

# The gateway writes these itself, or they were meant for the gateway alone.
NOT_INWARD = HOP_BY_HOP | {
    b"host", b"content-length", b"expect", b"authorization", b"cookie", b"x-request-id", b"traceparent",
    b"forwarded", b"x-real-ip", deadline.RAW_HEADER,
}  # fmt: skip
FORWARDED = b"x-forwarded-"

# The gateway's own server adds `server` and `date`; request id and trace are stamped by the edge.
NOT_OUTWARD = HOP_BY_HOP | {b"server", b"date", b"x-request-id", b"traceparent"}

ORDINARY, NOTHING = [b"keep-alive"], frozenset[bytes]()  # what many say of a connection, and what that names
Framing = Literal["none", "length", "chunked"]


@dataclass(slots=True)  # one is made for each request: frozen costs it a microsecond
class Request:
    """A request as it goes inward, but for the framing of its body and the last line of its head."""

    method: str
    framing: Framing
    declared_bytes: bytes
    head: bytes
    client_waits_ms: float = math.inf

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice is the same as sending it once, and nothing of it is used up."""
        return self.method in {"GET", "HEAD"} and self.framing == "none"

    def time_left(self, gateway_waits_s: float) -> bytes:
        """Return the header that tells a service how long its answer is awaited, by the client or the gateway."""
        left_ms = min(gateway_waits_s * 1e3, self.client_waits_ms)
        return b"" if left_ms == math.inf else b"x-timeout-ms: %d\r\n" % left_ms


def inward(scope: Scope, *, authority: bytes, authorization: bytes) -> Request:
    """Build the request for a service: what the client may say, and what only the gateway may."""
    headers: RawHeaders = scope["headers"]
    dropped = _named_by_connection(headers)
    traced = scope["traceparent"].encode()
    length, chunked, keeps_trace = b"", False, False
    lines = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (scope["method"].encode(), _target(scope), authority)]
    tracestate = []
    for name, value in headers:
        if name in NOT_INWARD:
            if name == b"content-length":
                length = value
            elif name == b"transfer-encoding":
                chunked = True
            elif name == b"traceparent":
                keeps_trace = value == traced
        elif name == b"tracestate":
            tracestate.append(b"tracestate: %b\r\n" % value)
        elif not name.startswith(FORWARDED) and name not in dropped:
            lines.append(b"%b: %b\r\n" % (name, value))
    if keeps_trace:  # the state belongs to the parent it came with
        lines += tracestate
    lines.append(_own(scope, authorization, traced))
    framing: Framing = "chunked" if chunked else "length" if length.strip(b"0") else "none"
    if length and framing == "none":
        lines.append(b"content-length: 0\r\n")
    return Request(scope["method"], framing, length, b"".join(lines), _client_waits_ms(headers))


def outward(head: Head) -> RawHeaders:
    """Return the headers of an answer for the client."""
    dropped = _named_by_connection(head.headers)
    if head.status in {204, 304}:  # some servers refuse a length without a body, which a 304 may declare
        dropped |= {b"content-length"}
    return [(name, value) for name, value in head.headers if name not in NOT_OUTWARD and name not in dropped]


def _client_waits_ms(headers: RawHeaders) -> float:
    values = [value for name, value in headers if name == deadline.RAW_HEADER]
    if not values:
        return math.inf
    return min((ms for ms in map(deadline.stated_ms, values) if ms is not None), default=math.inf)


def _own(scope: Scope, authorization: bytes, traceparent: bytes) -> bytes:
    client = scope.get("client")
    forwarded_for = b"x-forwarded-for: %b\r\n" % client[0].encode() if client else b""
    return b"authorization: %b\r\nx-request-id: %b\r\ntraceparent: %b\r\nx-forwarded-proto: %b\r\n%b" % (
        authorization, scope["request_id"].encode(), traceparent, scope["scheme"].encode(), forwarded_for,
    )  # fmt: skip


def _target(scope: Scope) -> bytes:
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return b"%b?%b" % (path, query) if query else path


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """Return the headers that Connection declares to be for this hop only (RFC 9110, 7.6.1)."""
    names = [value for name, value in headers if name == b"connection"]
    if not names or names == ORDINARY:
        return NOTHING
    return frozenset(name.strip().lower() for name in b",".join(names).split(b","))
