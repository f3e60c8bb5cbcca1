"""The command line itself: help everywhere, bare tokens, errors in one line with exit code 1."""

import json
import sys
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from typer.testing import CliRunner

from deploy import cli, secrets

COMMANDS = ("up", "demo", "token", "import", "nightly", "model", "status", "key create", "key list", "key revoke")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as it is while a stack runs."""
    secrets.ensure(tmp_path / "secrets")
    endpoint = {"url": "http://127.0.0.1:1", "workspace_id": str(uuid4()), "services": {}}
    (tmp_path / "endpoint.json").write_text(json.dumps(endpoint))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["rapport", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    shown = CliRunner().invoke(cli.app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert "Usage" in shown.output


def test_a_token_is_printed_bare(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "token", "--home", str(home), "--scopes", "ml:read", "--ttl", "30m") == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    claims = jwt.decode(printed.strip(), (home / "secrets" / "jwt").read_text(), algorithms=["HS256"])
    assert claims["workspace_id"] == json.loads((home / "endpoint.json").read_text())["workspace_id"]
    assert claims["scope"] == "ml:read"


@pytest.mark.parametrize("arguments", [("token",), ("status",), ("nightly",), ("import", "contacts", "people.csv")])
def test_without_a_stack_one_line_says_what_to_do(
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments, "--home", str(tmp_path)) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "start it with `rapport up`" in captured.err


def test_a_home_that_cannot_be_written_is_one_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(monkeypatch, "up", "--home", str(tmp_path / "file" / "home")) == 1
    assert "cannot write to" in capsys.readouterr().err
