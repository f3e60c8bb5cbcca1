"""The line of a request: JSON as every other line, together with others, and never held for long."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from starlette.types import Message, Receive, Scope, Send

from kit import logs
from kit.access import FLUSH_LINES, AccessLog, caller_fields
from kit.asgi import Edge
from kit.auth import Identity
from kit.testing import until

pytestmark = pytest.mark.usefixtures("logging_put_back")
WHO = Identity("gateway", uuid4(), uuid4(), frozenset())


@pytest.fixture
def access(capsys: pytest.CaptureFixture[str]) -> Iterator[AccessLog]:
    logs.configure("test")
    yield AccessLog("test")
    capsys.readouterr()


def _write(access: AccessLog, **changes: str) -> None:
    given = {"request_id": "request-0001", "traceparent": "00-a-b-01", "method": "GET", "route": "/things/{id}"}
    access.write(**(given | changes), status=200, seconds=0.01234, caller=caller_fields(WHO))


async def test_a_line_is_json_with_the_facts_of_the_request(
    access: AccessLog, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(access, route='/odd"\\route')
    access.flush()
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request", "method": "GET", "route": '/odd"\\route', "status": 200, "ms": 12.34, "service": "test",
        "workspace_id": str(WHO.workspace_id), "user_id": str(WHO.user_id), "request_id": "request-0001",
        "traceparent": "00-a-b-01", "level": "info",
    }  # fmt: skip


async def test_lines_go_out_together_by_themselves(access: AccessLog, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        _write(access)
    assert capsys.readouterr().err == ""

    async def written() -> str:
        return capsys.readouterr().err

    assert len((await until(written, timeout_s=2)).splitlines()) == 3


async def test_many_lines_do_not_wait(access: AccessLog, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(FLUSH_LINES):
        _write(access)
    assert len(capsys.readouterr().err.splitlines()) == FLUSH_LINES


async def test_a_server_that_ends_leaves_no_line_behind(capsys: pytest.CaptureFixture[str]) -> None:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})

    async def receive() -> Message:
        return {"type": "lifespan.shutdown"}

    async def send(_message: Message) -> None: ...

    logs.configure("test")
    edge = Edge(app, service="test")
    await edge({"type": "http", "method": "GET", "path": "/x", "headers": []}, receive, send)
    assert capsys.readouterr().err == ""
    await edge({"type": "lifespan"}, receive, send)
    assert json.loads(capsys.readouterr().err)["status"] == 204


async def test_a_level_above_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test", level="warning")
    access = AccessLog("test")
    _write(access)
    access.flush()
    assert capsys.readouterr().err == ""


async def test_people_get_the_line_at_once_and_in_their_form(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test", format="console")
    _write(AccessLog("test"))
    assert "/things/{id}" in capsys.readouterr().err
