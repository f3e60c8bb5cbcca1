"""The document and its page: from files, fresh by ETag, and asking no other host for anything."""

import json
import re

from gateway.proxy.pages import Pages
from tests.integration.gateway.parts import Client

NO_TOKEN = (b"authorization", b"")


async def test_the_document_is_answered_to_whoever_has_a_token_whatever_services_are_up(gateway: str) -> None:
    async with Client(gateway) as client:
        answer = await client.get("/openapi.json")
        assert answer.values(b"content-type") == [b"application/json"]
        assert json.loads(answer.body)["openapi"].startswith("3.1")
        assert (await client.get("/openapi.json", NO_TOKEN)).problem["code"] == "token_missing"
        assert (await client.get("/openapi.json", method="POST")).problem["code"] == "method_not_allowed"


async def test_who_has_the_document_already_is_not_sent_it_again(gateway: str) -> None:
    async with Client(gateway) as client:
        [etag] = (await client.get("/openapi.json")).values(b"etag")
        again = await client.get("/openapi.json", (b"if-none-match", b'"old", W/' + etag))
        assert (again.status, again.body, again.values(b"etag")) == (304, b"", [etag])
        assert (await client.get("/openapi.json", (b"if-none-match", b'"old"'))).status == 200


async def test_the_page_and_all_its_parts_come_from_here(gateway: str) -> None:
    async with Client(gateway) as client:
        page = (await client.get("/docs", NO_TOKEN)).body.decode()
        parts = re.findall(r'(?:src|href)="(/[^"]+)"', page)
        assert set(parts) == Pages().open_to_all - {"/docs"}
        for path in parts:
            assert (await client.get(path, NO_TOKEN)).status == 200
    assert "://" not in page


async def test_a_page_may_run_and_ask_nothing_that_is_not_from_here(gateway: str) -> None:
    async with Client(gateway) as client:
        answer = await client.get("/docs", NO_TOKEN)
    [policy] = answer.values(b"content-security-policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.decode().split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy.decode()
    assert answer.values(b"x-content-type-options") == [b"nosniff"]
