"""A wrong setting stops the gateway at its start, with its name and without its value."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.proxy.settings import GatewaySettings, address
from gateway.proxy.upstream import Address
from tests.unit.gateway.tokens import SECRET


def _settings(**changes: Any) -> GatewaySettings:
    good: dict[str, Any] = {
        "services": {"crm": "http://127.0.0.1:8001"},
        "signing_key_file": Path("x.pem"),
        "jwt_secret": SECRET,
    }
    return GatewaySettings(**{name: value for name, value in (good | changes).items() if value is not None})


def test_services_come_as_json_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SERVICES", '{"crm": "http://127.0.0.1:8001", "icp": "https://icp.internal/"}')
    monkeypatch.setenv("GATEWAY_SIGNING_KEY_FILE", "gateway.pem")
    monkeypatch.setenv("GATEWAY_JWT_SECRET", SECRET)
    settings = GatewaySettings()
    assert settings.services == {"crm": "http://127.0.0.1:8001", "icp": "https://icp.internal/"}
    assert settings.workspace_claim == "workspace_id"


def test_a_misspelt_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_JWT_AUDIENSE", "rapport")
    with pytest.raises(ValidationError, match="GATEWAY_JWT_AUDIENSE"):
        _settings()


@pytest.mark.parametrize(
    "services",
    [
        {"billing": "http://127.0.0.1:1"}, {"crm": "127.0.0.1:8001"}, {"crm": "ftp://127.0.0.1"}, {"crm": "http://"},
        {"crm": "http://h/prefix"}, {"crm": "http://h?x=1"}, {"crm": "http://user:word@h"}, {"crm": "http://h:99999"},
        {"crm": "http://h:0"},
    ],
)  # fmt: skip
def test_an_address_is_a_known_service_and_a_bare_origin(services: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        _settings(services=services)


@pytest.mark.parametrize(
    "changes",
    [
        {"jwt_secret": None},
        {"jwt_secret": "short"},
        {"jwt_jwks_file": "a.json", "jwt_jwks_url": "https://issuer.example/jwks"},
        {"jwt_jwks_url": "file:///etc/passwd"},
        {"connect_timeout_s": 0},
    ],
)
def test_who_is_believed_must_be_clear(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        _settings(**changes)
    assert "short" not in str(refusal.value).replace("too short", "")


@pytest.mark.parametrize("url", ["", "127.0.0.1:6379", "http://:word@127.0.0.1"])
def test_an_address_of_redis_says_so_and_a_wrong_one_is_not_repeated(url: str) -> None:
    assert _settings(redis_url="redis://:word@127.0.0.1:6379/0").redis_url is not None
    with pytest.raises(ValidationError, match="redis_url") as refusal:
        _settings(redis_url=url)
    assert "word" not in str(refusal.value)


def test_a_secret_and_published_keys_may_stand_side_by_side() -> None:
    assert _settings(jwt_jwks_url="https://issuer.example/jwks").jwt_secret is not None


@pytest.mark.parametrize(
    ("url", "expected", "authority"),
    [
        ("http://crm:8000", Address("crm", 8000), b"crm:8000"),
        ("http://crm/", Address("crm", 80), b"crm"),
        ("https://crm", Address("crm", 443, tls=True), b"crm"),
        ("http://[::1]:8000", Address("::1", 8000), b"[::1]:8000"),
    ],
)
def test_an_address_becomes_host_port_and_authority(url: str, expected: Address, authority: bytes) -> None:
    assert address(url) == expected
    assert address(url).authority == authority
