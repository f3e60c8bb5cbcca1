"""Tokens that the gateway believes, and the errors a person gets for what cannot be one."""

from pathlib import Path
from uuid import UUID

import jwt
import pytest

from deploy import secrets, tokens
from deploy.errors import StackError

WORKSPACE = UUID("6a1f2a60-3a52-4a0c-8d0e-0f6f5e1f6f11")
USER = UUID("0d6c7d1c-5b1c-4b0a-9a39-6c2f1a3c2b10")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    secrets.ensure(tmp_path / "secrets")
    return tmp_path


def read(home: Path, token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, secrets.read(home / "secrets", "jwt"), algorithms=["HS256"])
    return claims


def test_a_token_names_workspace_user_scopes_and_end(home: Path) -> None:
    claims = read(home, tokens.sign(home, WORKSPACE, user_id=USER, scopes=["ml:read,ml:write"], lifetime_s=60))
    assert claims["workspace_id"] == str(WORKSPACE)
    assert claims["sub"] == str(USER)
    assert claims["scope"] == "ml:read ml:write"
    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 60


def test_by_default_it_may_do_everything_and_acts_for_nobody(home: Path) -> None:
    claims = read(home, tokens.sign(home, WORKSPACE, user_id=None, scopes=[], lifetime_s=60))
    assert claims["scope"] == "ml:read ml:write ml:admin"
    assert "sub" not in claims


def test_an_unknown_scope_is_refused(home: Path) -> None:
    with pytest.raises(StackError, match="unknown scope ml:everything"):
        tokens.sign(home, WORKSPACE, user_id=None, scopes=["ml:everything"], lifetime_s=60)


def test_without_an_installation_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="rapport up"):
        tokens.sign(tmp_path, WORKSPACE, user_id=None, scopes=[], lifetime_s=60)


@pytest.mark.parametrize(("text", "length"), [("90s", 90), ("30m", 1800), ("12h", 43_200), (" 7D ", 604_800)])
def test_a_lifetime_is_read(text: str, length: int) -> None:
    assert tokens.seconds(text) == length


@pytest.mark.parametrize("text", ["", "12", "0h", "-1h", "1.5h", "9999d", "h", "12h30m"])
def test_what_is_no_lifetime_is_refused(text: str) -> None:
    with pytest.raises(StackError, match="lifetime"):
        tokens.seconds(text)
