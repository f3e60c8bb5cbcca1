"""Secrets: made once, private, never replaced, and believed by the kit that reads them."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from deploy import secrets
from deploy.embedded.home import REPOSITORY
from kit.auth import Identity, Signer, Verifier


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_made_once_and_kept(tmp_path: Path) -> None:
    secrets.ensure(tmp_path)
    first = contents(tmp_path)
    secrets.ensure(tmp_path)
    assert contents(tmp_path) == first
    assert {*secrets.SECRETS, "identity/jwks.json", *(f"identity/{name}.pem" for name in secrets.IDENTITIES)} == {
        *first
    }


def test_every_secret_is_another_and_long(tmp_path: Path) -> None:
    secrets.ensure(tmp_path)
    values = [secrets.read(tmp_path, name) for name in secrets.SECRETS]
    assert len(set(values)) == len(values)
    assert min(map(len, values)) >= 32


def test_only_their_owner_may_look(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    secrets.ensure(folder)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_lost_secret_is_made_again_and_the_others_stay(tmp_path: Path) -> None:
    secrets.ensure(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "identity" / "crm.pem").unlink()
    secrets.ensure(tmp_path)
    changed = {name for name, content in contents(tmp_path).items() if content != before[name]}
    assert changed == {"identity/crm.pem", "identity/jwks.json"}


def test_the_kit_believes_what_these_identities_sign(tmp_path: Path) -> None:
    secrets.ensure(tmp_path)
    keys = json.loads((tmp_path / "identity" / "jwks.json").read_text())
    identity = Identity("gateway", uuid4(), None, frozenset({"ml:read"}))
    token = Signer("gateway", (tmp_path / "identity" / "gateway.pem").read_bytes()).token(identity, "crm")
    assert Verifier(keys, "crm").verify(token) == identity


def test_a_next_key_is_published_beside_the_first_until_either_is_removed(tmp_path: Path) -> None:
    secrets.ensure(tmp_path)
    folder = tmp_path / "identity"
    (folder / "crm.2.pem").write_bytes((folder / "crm.pem").read_bytes())
    for odd in ("crm.old.pem", "crmx.pem", "crm..pem"):
        (folder / odd).write_text("not a key")
    secrets.ensure(tmp_path)
    kids = [key["kid"] for key in json.loads((folder / "jwks.json").read_text())["keys"]]
    assert kids == ["gateway", "graph", "crm.2", "crm", "embeddings", "recommend", "churn", "sentiment"]


def test_it_runs_alone_for_containers(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    command = [sys.executable, "-m", "deploy.secrets", str(folder)]
    subprocess.run(command, check=True, cwd=REPOSITORY)  # noqa: S603  our own module
    assert (folder / "identity" / "jwks.json").exists()
