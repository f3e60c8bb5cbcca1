"""The home: one stack at a time, ports that stay, and the workspace that is meant."""

import json
import socket
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from deploy import endpoint
from deploy.embedded import workspace
from deploy.embedded.home import LOOPBACK, Home, free_ports, is_free, kept_port, locked
from deploy.errors import StackError


def test_a_second_stack_in_the_same_home_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with locked(home), pytest.raises(StackError, match="already running"), locked(home):
        pass
    with locked(home):
        pass


def test_free_ports_differ() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20


def test_a_port_is_kept_until_somebody_else_has_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    port = kept_port(home, "postgres")
    assert kept_port(home, "postgres") == port
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)
        assert kept_port(home, "postgres") != port


def test_the_workspace_meant_is_this_homes_own_unless_only_the_sample_was_imported(tmp_path: Path) -> None:
    home, sample, filled = Home(tmp_path), uuid4(), set[UUID]()
    own = workspace.own(home)
    assert workspace.meant(home, filled.__contains__) == own
    workspace.remember_sample(home, sample, "digest")
    assert workspace.sample_digest(home) == "digest"
    assert workspace.meant(home, filled.__contains__) == sample
    filled.add(own)
    assert workspace.meant(home, filled.__contains__) == own


def test_a_running_demo_means_the_samples_workspace(tmp_path: Path) -> None:
    home, sample = Home(tmp_path), uuid4()
    home.endpoint.write_text(json.dumps({"url": "http://x", "workspace_id": str(uuid4()), "services": {}}))
    workspace.mean(home, sample)
    assert endpoint.find(tmp_path).workspace_id == sample


def test_without_a_running_stack_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="rapport up"):
        endpoint.find(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"url": "x", "workspace_id": "y", "services": {}}'])
def test_a_damaged_endpoint_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "endpoint.json").write_text(content)
    with pytest.raises(StackError, match="damaged"):
        endpoint.find(tmp_path)


def test_an_endpoint_is_read(tmp_path: Path) -> None:
    workspace_id = "6a1f2a60-3a52-4a0c-8d0e-0f6f5e1f6f11"
    content = {"url": "http://127.0.0.1:8000", "workspace_id": workspace_id, "services": {"crm": "http://x"}}
    (tmp_path / "endpoint.json").write_text(json.dumps(content))
    found = endpoint.find(tmp_path)
    assert (found.url, found.workspace_id, found.services) == (content["url"], UUID(workspace_id), content["services"])
