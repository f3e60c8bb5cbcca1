"""What of a head passes the gateway, in which direction, and byte for byte."""

import math
from typing import Any

import pytest

from gateway.proxy.connection import Head
from gateway.proxy.headers import Request, inward, outward
from kit.asgi import RawHeaders

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _inward(*headers: tuple[bytes, bytes], **changes: Any) -> Request:
    scope = {
        "method": "GET",
        "raw_path": b"/api/ml/churn/%D0%90",
        "query_string": b"a=1&a=%20",
        "headers": list(headers),
        "request_id": "request-1",
        "traceparent": TRACE,
        "scheme": "http",
        "client": ("192.0.2.7", 4711),
    }
    return inward(scope | changes, authority=b"churn:8000", authorization=b"Bearer inside")


def _lines(request: Request) -> list[bytes]:
    return request.head.split(b"\r\n")[1:-1]


def test_the_target_passes_unchanged() -> None:
    assert _inward().head.startswith(b"GET /api/ml/churn/%D0%90?a=1&a=%20 HTTP/1.1\r\nhost: churn:8000\r\n")
    assert _inward(query_string=b"").head.startswith(b"GET /api/ml/churn/%D0%90 HTTP/1.1\r\n")


def test_what_the_gateway_says_itself_is_said_once() -> None:
    lines = _lines(_inward())
    for line in (
        b"authorization: Bearer inside",
        b"x-request-id: request-1",
        b"traceparent: " + TRACE.encode(),
        b"x-forwarded-for: 192.0.2.7",
        b"x-forwarded-proto: http",
    ):
        assert lines.count(line) == 1


@pytest.mark.parametrize(
    "name",
    [
        b"authorization", b"host", b"cookie", b"expect", b"x-request-id", b"forwarded", b"x-real-ip",
        b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-anything", b"connection", b"keep-alive", b"te",
        b"trailer", b"upgrade", b"proxy-authorization", b"proxy-connection",
    ],
)  # fmt: skip
def test_what_a_client_may_not_say_stays_outside(name: bytes) -> None:
    assert b"sentinel" not in _inward((name, b"sentinel")).head


def test_headers_that_connection_names_are_for_this_hop_only() -> None:
    request = _inward((b"connection", b"close, X-Private"), (b"x-private", b"sentinel"), (b"x-public", b"1"))
    assert b"sentinel" not in request.head
    assert b"x-public: 1" in _lines(request)


def test_connection_cannot_strip_what_the_gateway_says() -> None:
    request = _inward((b"connection", b"authorization, x-request-id, traceparent, x-forwarded-for"))
    assert _lines(request) == _lines(_inward())


def test_other_headers_pass_as_bytes_in_order_and_as_often_as_they_came() -> None:
    headers = [(b"accept-language", b"ru"), (b"x-name", b"Andr\xe9"), (b"if-none-match", b'"a"'), (b"x-name", b"\xff")]
    assert _lines(_inward(*headers))[1:5] == [
        b"accept-language: ru", b"x-name: Andr\xe9", b'if-none-match: "a"', b"x-name: \xff",
    ]  # fmt: skip


def test_trace_state_passes_only_with_the_trace_it_belongs_to() -> None:
    state = (b"tracestate", b"vendor=1")
    assert b"tracestate: vendor=1" in _lines(_inward((b"traceparent", TRACE.encode()), state))
    for other in (b"garbage", TRACE.replace("b7", "c8").encode()):
        lines = _lines(_inward((b"traceparent", other), state))
        assert not any(line.startswith(b"tracestate") for line in lines)
    assert not any(line.startswith(b"tracestate") for line in _lines(_inward(state)))


@pytest.mark.parametrize(
    ("headers", "framing"),
    [
        ([], "none"),
        ([(b"content-length", b"0")], "none"),
        ([(b"content-length", b"12")], "length"),
        ([(b"transfer-encoding", b"chunked")], "chunked"),
    ],
)
def test_framing_of_the_body_is_taken_from_the_head(headers: RawHeaders, framing: str) -> None:
    request = _inward(*headers)
    assert request.framing == framing
    assert b"transfer-encoding" not in request.head


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ((), b"x-timeout-ms: 30000\r\n"),
        ((b"1500",), b"x-timeout-ms: 1500\r\n"),
        ((b"0",), b"x-timeout-ms: 0\r\n"),
        ((b"90000",), b"x-timeout-ms: 30000\r\n"),
        ((b"900", b"700"), b"x-timeout-ms: 700\r\n"),
        ((b"soon",), b"x-timeout-ms: 30000\r\n"),
    ],
)
def test_a_service_is_told_who_stops_waiting_first(sent: tuple[bytes, ...], told: bytes) -> None:
    request = _inward(*((b"x-timeout-ms", value) for value in sent))
    assert request.time_left(30.0) == told
    assert b"x-timeout-ms" not in request.head


def test_of_a_time_that_has_not_begun_only_the_clients_is_told() -> None:
    assert _inward().time_left(math.inf) == b""
    assert _inward((b"x-timeout-ms", b"1500")).time_left(math.inf) == b"x-timeout-ms: 1500\r\n"


def test_an_empty_body_stays_declared() -> None:
    assert b"content-length: 0" in _lines(_inward((b"content-length", b"0"), method="PUT"))
    assert not any(line.startswith(b"content-length") for line in _lines(_inward()))


def test_only_a_read_without_a_body_may_be_repeated() -> None:
    assert _inward(method="GET").repeatable
    assert _inward(method="HEAD").repeatable
    assert not _inward((b"content-length", b"3"), method="GET").repeatable
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert not _inward(method=method).repeatable


def test_an_answers_headers_pass_but_for_those_of_the_hop() -> None:
    kept = [(b"set-cookie", b"a=1"), (b"content-length", b"2"), (b"set-cookie", b"b=2"), (b"x-name", b"\xe9")]
    hop = [(b"connection", b"x-hop"), (b"x-hop", b"1"), (b"transfer-encoding", b"chunked"), (b"keep-alive", b"5")]
    own = [(b"server", b"uvicorn"), (b"date", b"now"), (b"x-request-id", b"other"), (b"traceparent", b"other")]
    assert outward(Head(200, [*hop, *kept, *own], bodiless=False)) == kept


@pytest.mark.parametrize("status", [204, 304])
def test_a_length_without_a_body_is_not_declared(status: int) -> None:
    headers = [(b"content-length", b"5"), (b"etag", b'"a"')]
    assert outward(Head(status, headers, bodiless=True)) == [(b"etag", b'"a"')]
    assert outward(Head(200, headers, bodiless=True)) == headers
