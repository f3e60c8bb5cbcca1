"""`rapport key`: what is asked of the gateway, and what a person sees."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from rich.console import Console

from deploy import keys
from deploy.client import Api
from deploy.endpoint import Endpoint
from deploy.errors import StackError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY: dict[str, Any] = {
    "id": str(UUID(int=1)),
    "prefix": "rk_abcdef",
    "name": "export",
    "scopes": ["ml:read"],
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
}


class Gateway:
    """A gateway that notes what it is asked and shows one key on each page."""

    def __init__(self, *found: dict[str, Any]) -> None:
        self.found = found
        self.asked: list[tuple[str, str, Any]] = []
        endpoint = Endpoint("http://gateway", uuid4(), {})
        self.api = Api(endpoint, "token", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path, body))
        if request.method == "POST":
            return httpx.Response(201, json={**KEY, "key": "rk_abcdef-secret"})
        if request.method == "DELETE":
            return httpx.Response(404, json={"detail": "There is no such key.", "title": "Not found"})
        at = int(request.url.params.get("cursor", 0))
        more = str(at + 1) if at + 1 < len(self.found) else None
        return httpx.Response(200, json={"items": [self.found[at]], "next_cursor": more})


def test_a_new_key_is_asked_for_with_every_scope_unless_some_are_named() -> None:
    gateway = Gateway()
    user = uuid4()
    for scopes, ttl in (([], None), (["ml:read,ml:write"], 3600)):
        secret = keys.create(gateway.api, "export", scopes=scopes, user_id=user, lifetime_s=ttl, now=NOW)
        assert secret == "rk_abcdef-secret"
    first, second = (body for _, _, body in gateway.asked)
    assert first == {"name": "export", "scopes": ["ml:read", "ml:write", "ml:admin"], "user_id": str(user)}
    assert second["scopes"] == ["ml:read", "ml:write"]
    assert second["expires_at"] == "2026-11-23T13:00:00+00:00"


def test_an_unknown_scope_is_refused_before_anything_is_asked() -> None:
    gateway = Gateway()
    with pytest.raises(StackError, match="ml:all"):
        keys.create(gateway.api, "x", scopes=["ml:all"], user_id=None, lifetime_s=None, now=NOW)
    assert gateway.asked == []


def test_a_narrow_terminal_still_shows_whole_ids_and_every_page_what_became_of_the_keys() -> None:
    revoked = KEY | {"name": "old", "revoked_at": "2026-11-01T00:00:00Z"}
    ending = KEY | {"name": "trial", "expires_at": "2026-12-01T00:00:00Z", "last_used_at": "2026-11-20T10:00:00Z"}
    console = Console(file=io.StringIO(), width=40)
    keys.show(Gateway(KEY, revoked, ending).api, console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert [line.split()[0] for line in shown.splitlines()[::2]] == [KEY["id"]] * 3
    for words in ("in force", "revoked 2026-11-01", "until 2026-12-01", "2026-11-20 10:00", "never", "rk_abcdef"):
        assert words in shown


def test_a_key_that_is_not_there_is_one_line() -> None:
    with pytest.raises(StackError, match="no such key"):
        keys.revoke(Gateway().api, uuid4())
