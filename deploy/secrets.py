"""Creates the secrets and signing identities of one installation; never replaces one that exists.

`python -m deploy.secrets DIR` does the same for compose and Kubernetes.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SECRETS = (
    "postgres",
    "crm_owner",
    "crm",
    "embeddings_owner",
    "embeddings",
    "recommend_owner",
    "recommend",
    "churn_owner",
    "churn",
    "sentiment_owner",
    "sentiment",
    "gateway_owner",
    "gateway",
    "valkey",
    "jwt",
    "encoder",
    "crm_erasure",
)
IDENTITIES = ("gateway", "graph", "crm", "embeddings", "recommend", "churn", "sentiment")


def ensure(folder: Path) -> None:
    """Every secret of SECRETS, a key pair for each of IDENTITIES and the JWKS of their public halves."""
    private_folder(folder)
    private_folder(folder / "identity")
    for name in SECRETS:
        _create_once(folder / name, secrets.token_urlsafe(36).encode())
    for name in IDENTITIES:
        _create_once(folder / "identity" / f"{name}.pem", _new_key())
    _publish_keys(folder / "identity")


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text().strip()


def private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Replaces the file as a whole, so that a reader sees the old or the new content and nobody else either."""
    fresh = _written_beside(path, content)
    fresh.replace(path)


def _create_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    fresh = _written_beside(path, content)
    try:
        path.hardlink_to(fresh)  # unlike a rename, a link never replaces what another process made first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written_beside(path: Path, content: bytes) -> Path:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _publish_keys(folder: Path) -> None:
    """A service's next key, crm.2.pem, is published beside its first before it signs with it."""
    names = [path.stem for name in IDENTITIES for path in sorted(folder.glob(f"{name}*.pem")) if _is_of(name, path)]
    document = json.dumps({"keys": [_public_key(folder, name) for name in names]}, indent=2).encode()
    target = folder / "jwks.json"
    if not target.exists() or target.read_bytes() != document:
        write_private(target, document)


def _is_of(name: str, path: Path) -> bool:
    service, _, number = path.stem.partition(".")
    return service == name and (path.stem == name or number.isdecimal())


def _public_key(folder: Path, name: str) -> dict[str, str]:
    key = load_pem_private_key((folder / f"{name}.pem").read_bytes(), password=None)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "kid": name, "alg": "EdDSA", "use": "sig", "x": x}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.secrets DIR")
    ensure(Path(sys.argv[1]))
