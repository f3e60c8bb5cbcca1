"""`rapport import` against a gateway that is played by a function: what it sends, waits for, shows and returns."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from rich.console import Console

from deploy import client, importing
from deploy.client import Api
from deploy.endpoint import Endpoint
from deploy.errors import StackError

JOB_ID = "6a1f2a60-3a52-4a0c-8d0e-0f6f5e1f6f11"
ENDPOINT = Endpoint("http://127.0.0.1:1", uuid4(), {})
Answer = tuple[int, dict[str, Any]]


def job(state: str, done: int = 0, total: int | None = None, **rest: Any) -> Answer:
    progress = {"done": done, "total": total}
    return 202, {"id": JOB_ID, "kind": "import", "state": state, "progress": progress, **rest}


class Gateway:
    """Gives the prepared answers in turn and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        status, content = self.answers.pop(0)
        return httpx.Response(status, json=content)


@pytest.fixture
def people(tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_text("first_name\nAnna\n")
    return str(path)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "POLL_FIRST_S", 0.001)
    monkeypatch.setattr(client, "POLL_LONGEST_S", 0.001)


@pytest.fixture
def screen() -> Iterator[Console]:
    with io.StringIO() as text:
        yield Console(file=text, width=120)


def shown(screen: Console) -> str:
    text = screen.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def run(gateway: Callable[[httpx.Request], httpx.Response], screen: Console, *files: str, strict: bool = False) -> bool:
    with Api(ENDPOINT, "token", transport=httpx.MockTransport(gateway)) as api:
        return importing.import_files(api, "contacts", list(files), strict=strict, console=screen)


def test_it_sends_the_file_and_follows_the_job_to_its_end(people: str, screen: Console) -> None:
    counts = {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "errors": [], "errors_omitted": 0}
    gateway = Gateway(job("queued"), job("running", 0, 1), job("succeeded", 1, 1, result=counts))
    assert run(gateway, screen, people)
    first, second, third = gateway.asked
    assert (first.method, first.url.path) == ("POST", "/api/ml/crm/imports")
    assert b'name="kind"\r\n\r\ncontacts' in first.content
    assert b'name="strict"\r\n\r\nfalse' in first.content
    assert b"first_name\nAnna" in first.content
    assert first.headers["authorization"] == "Bearer token"
    assert second.url.path == third.url.path == f"/api/ml/crm/jobs/{JOB_ID}"
    assert "people.csv: 1 created, 0 updated, 0 unchanged, 0 rejected" in shown(screen)


def test_bad_rows_are_shown_and_fail_only_a_strict_import(people: str, screen: Console) -> None:
    errors = [{"line": 7, "column": "emails", "reason": "not an address"}]
    counts = {"created": 1, "rejected": 3, "errors": errors, "errors_omitted": 2}
    assert run(Gateway(job("succeeded", result=counts)), screen, people)
    for word in ("7", "emails", "not an address", "and 2 more"):
        assert word in shown(screen)
    assert not run(Gateway(job("succeeded", result=counts)), screen, people, strict=True)


def test_a_failed_job_says_why(people: str, screen: Console) -> None:
    gateway = Gateway(job("failed", error={"code": "bad_header", "detail": "The first line is not a header."}))
    assert not run(gateway, screen, people)
    assert "not imported. The first line is not a header." in shown(screen)


def test_a_refused_request_is_one_line_with_its_fields(people: str, screen: Console) -> None:
    problem = {"title": "Invalid", "detail": "No such kind.", "errors": [{"pointer": "#/kind", "detail": "bad"}]}
    with pytest.raises(StackError, match=r"No such kind. \(#/kind: bad\)"):
        run(Gateway((422, problem)), screen, people)


def test_an_answer_that_is_no_problem_document_is_told_by_its_status(people: str, screen: Console) -> None:
    with pytest.raises(StackError, match="answered with 500"):
        run(lambda _: httpx.Response(500, text="<html>"), screen, people)


def test_a_service_that_starts_again_meanwhile_is_waited_for(people: str, screen: Console) -> None:
    gateway = Gateway(job("queued"), (503, {"title": "Unavailable"}), job("succeeded", result={"created": 1}))
    assert run(gateway, screen, people)


def test_a_missing_file_stops_everything_before_the_first_request(people: str, screen: Console) -> None:
    gateway = Gateway()
    with pytest.raises(StackError, match=r"no file nowhere\.csv"):
        run(gateway, screen, people, "nowhere.csv")
    assert not gateway.asked


def test_standard_input_is_sent_too(screen: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"first_name\nIvan\n")))
    gateway = Gateway(job("succeeded", result={"created": 1}))
    assert run(gateway, screen, "-")
    assert b"Ivan" in gateway.asked[0].content


def test_a_stack_that_is_gone_is_said_to_be(people: str, screen: Console) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(StackError, match="rapport status"):
        run(refuse, screen, people)


def test_a_packed_file_is_sent_unpacked_under_its_own_name(people: str, screen: Console) -> None:
    packed = Path(f"{people}.gz")
    packed.write_bytes(gzip.compress(Path(people).read_bytes()))
    gateway = Gateway(job("succeeded", result={"created": 1}))
    assert run(gateway, screen, str(packed))
    assert b'filename="people.csv"' in gateway.asked[0].content
    assert b"first_name\nAnna" in gateway.asked[0].content
    assert "people.csv: 1 created" in shown(screen)


@pytest.mark.parametrize("content", [b"first_name\nAnna\n", gzip.compress(b"first_name\nAnna\n")[:-5]])
def test_what_is_no_whole_gzip_file_is_not_sent(tmp_path: Path, screen: Console, content: bytes) -> None:
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(content)
    gateway = Gateway()
    with pytest.raises(StackError, match="not a whole gzip file"):
        run(gateway, screen, str(packed))
    assert not gateway.asked


def test_the_format_is_sent_and_the_one_that_was_told_is_shown(people: str, screen: Console) -> None:
    counts = {"created": 2, "format": "google", "unresolved_references": {"account_id": 1}}
    gateway = Gateway(job("succeeded", result=counts), job("succeeded", result=counts))
    assert run(gateway, screen, people)
    assert b'name="format"\r\n\r\nauto' in gateway.asked[0].content
    with Api(ENDPOINT, "token", transport=httpx.MockTransport(gateway)) as api:
        importing.import_files(api, "contacts", [people], strict=False, console=screen, file_format="google")
    assert b'name="format"\r\n\r\ngoogle' in gateway.asked[1].content
    assert "people.csv (google): 2 created" in shown(screen)
    assert "1 row was imported without account_id: it is not here yet." in shown(screen)


def test_a_file_of_no_known_format_is_answered_with_what_there_is(people: str, screen: Console) -> None:
    where = {"pointer": "#/file", "detail": "A file of contacts is one of these.", "allowed": {"formats": "csv, vcard"}}
    error = {"detail": "No format is known.", "errors": [where]}
    assert not run(Gateway(job("failed", error=error)), screen, people)
    assert "A file of contacts is one of these." in shown(screen)
    assert "formats: csv, vcard" in shown(screen)
