"""The dashboard's files: who may run what in them, who may keep them, who may frame them, and what is not there."""

import base64
import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from gateway.proxy.settings import GatewaySettings
from tests.integration.gateway.conftest import Open
from tests.integration.gateway.parts import Client

NO_TOKEN = (b"authorization", b"")
PARENT = "https://crm.example.com"
INLINE = "self.__next_f.push([1,\"a < b && 'c'\"])"
PAGE = f'<!doctype html><script src="/_next/static/a.js"></script><script>{INLINE}</script><p>{"text " * 400}</p>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "dashboard/index.html": PAGE,
        "dashboard/import/index.html": PAGE,
        "dashboard/start.js": "let started",
        "_next/static/a.js": "let a = 1;" * 200,
        "404.html": "<!doctype html>nothing here",
        "index.html": "the root is the API's",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.fixture
def gateway(door: Open, service: str, folder: Path) -> str:
    return door({"churn": service}, dashboard_dir=folder, dashboard_parents=(PARENT,))


async def rules(client: Client, path: str) -> dict[str, str]:
    [policy] = (await client.get(path, NO_TOKEN)).values(b"content-security-policy")
    return dict(rule.strip().split(" ", 1) for rule in policy.decode().split(";"))


async def test_a_page_may_run_its_own_scripts_by_their_hash_and_nothing_else(gateway: str) -> None:
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    async with Client(gateway) as client:
        found = await rules(client, "/dashboard/")
    assert found["script-src"] == f"'self' 'sha256-{digest}'"
    assert found["default-src"] == "'none'"
    assert found["connect-src"] == found["style-src"] == "'self'"
    assert "unsafe" not in str(found)


async def test_nobody_may_frame_a_page_but_the_parents_that_are_named_and_only_where_it_says_so(
    gateway: str, door: Open, service: str, folder: Path
) -> None:
    alone = door({"churn": service}, dashboard_dir=folder)
    async with Client(gateway) as client, Client(alone) as other:
        assert (await rules(client, "/dashboard/"))["frame-ancestors"] == "'none'"
        assert (await rules(client, "/dashboard/?embed=1"))["frame-ancestors"] == PARENT
        assert (await rules(client, "/dashboard/?embed=0"))["frame-ancestors"] == "'none'"
        assert (await rules(other, "/dashboard/?embed=1"))["frame-ancestors"] == "'none'"


async def test_files_named_by_their_content_are_kept_and_pages_are_asked_for_again(gateway: str) -> None:
    async with Client(gateway) as client:
        script = await client.get("/_next/static/a.js", NO_TOKEN)
        assert script.values(b"cache-control") == [b"public, max-age=31536000, immutable"]
        page = await client.get("/dashboard/import/", NO_TOKEN)
        assert page.values(b"cache-control") == [b"no-cache"]
        [etag] = page.values(b"etag")
        again = await client.get("/dashboard/import/", NO_TOKEN, (b"if-none-match", etag))
        assert (again.status, again.body) == (304, b"")
        assert again.values(b"content-security-policy")


async def test_who_reads_gzip_is_sent_less(gateway: str) -> None:
    async with Client(gateway) as client:
        packed = await client.get("/dashboard/", NO_TOKEN, (b"accept-encoding", b"br, gzip"))
        assert packed.values(b"content-encoding") == [b"gzip"]
        assert gzip.decompress(packed.body).decode() == PAGE
        plain = await client.get("/dashboard/", NO_TOKEN)
        assert plain.body.decode() == PAGE
        assert plain.values(b"etag") != packed.values(b"etag")
        assert plain.values(b"vary") == [b"accept-encoding"]


@pytest.mark.parametrize(
    "path", ["/dashboard/nothing/", "/dashboard/../404.html", "/_next/static/b.js", "/dashboard/%2e%2e/index.html"]
)
async def test_what_is_not_there_is_said_by_a_page(gateway: str, path: str) -> None:
    async with Client(gateway) as client:
        answer = await client.get(path, NO_TOKEN)
    assert (answer.status, answer.body) == (404, b"<!doctype html>nothing here")
    assert answer.values(b"cache-control") == [b"no-cache"]


async def test_a_folder_without_its_slash_is_sent_on_with_its_query(gateway: str) -> None:
    async with Client(gateway) as client:
        answer = await client.get("/dashboard/import?job=1", NO_TOKEN)
        assert (answer.status, answer.values(b"location")) == (308, [b"/dashboard/import/?job=1"])
        assert (await client.get("/dashboard", NO_TOKEN)).values(b"location") == [b"/dashboard/"]


async def test_pages_are_read_only_and_the_rest_still_needs_a_token(gateway: str) -> None:
    async with Client(gateway) as client:
        assert (await client.get("/dashboard/", NO_TOKEN, method="HEAD")).status == 200
        assert (await client.ask("POST", "/dashboard/", b"")).problem["code"] == "method_not_allowed"
        for path in ("/", "/404.html", "/index.html", "/dashboards/"):
            assert (await client.get(path, NO_TOKEN)).problem["code"] == "token_missing"


async def test_without_a_build_there_is_no_dashboard(door: Open, service: str) -> None:
    async with Client(door({"churn": service})) as client:
        assert (await client.get("/dashboard/", NO_TOKEN)).problem["code"] == "token_missing"


@pytest.mark.parametrize(
    "parent", ["*", "https://a.example; script-src *", "crm.example.com", "https://a.example/path"]
)
def test_a_parent_is_an_origin_and_nothing_that_could_end_the_rule(key_files: Path, parent: str) -> None:
    given: dict[str, Any] = {
        "services": {"churn": "http://churn:1"},
        "signing_key_file": key_files / "gateway.pem",
        "jwt_secret": "x" * 32,
    }
    with pytest.raises(ValueError, match="dashboard_parents"):
        GatewaySettings(**given, dashboard_parents=(parent,))
