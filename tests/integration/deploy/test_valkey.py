"""The embedded Valkey, for real: it asks for its password and keeps what it holds through a restart."""

from pathlib import Path

import pytest
from valkey import Valkey
from valkey.exceptions import AuthenticationError

from deploy.embedded import valkey


def test_it_keeps_its_keys_through_a_restart(tmp_path: Path) -> None:
    with valkey.running(tmp_path) as server, Valkey.from_url(server.url) as client:
        client.set("kept", "1", ex=60)
    with valkey.running(tmp_path) as server, Valkey.from_url(server.url) as client:
        assert client.get("kept") == b"1"
        assert client.config_get("maxmemory") == {"maxmemory": str(256 * 1024 * 1024)}


def test_it_refuses_who_does_not_know_the_password(tmp_path: Path) -> None:
    with (
        valkey.running(tmp_path) as server,
        Valkey(port=server.port) as client,
        pytest.raises(AuthenticationError),
    ):
        client.get("anything")


def test_its_password_is_only_in_a_private_file(tmp_path: Path) -> None:
    with valkey.running(tmp_path) as server:
        password = server.home.secret("valkey")
        assert password not in " ".join(valkey.command(server.home, server.port))
        assert (server.home.valkey / "valkey.conf").stat().st_mode & 0o777 == 0o600
