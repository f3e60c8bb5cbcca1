"""An issuer with one key of each published kind, and claims that are good until a test spoils them."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.gateway.tokens import Issuer


def _published(kid: str, algorithm: str, key: Any) -> dict[str, Any]:
    public: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return public | {"kid": kid, "use": "sig", "alg": algorithm}


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    keys = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "ed": Ed25519PrivateKey.generate(),
    }
    algorithms = {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}
    document = {"keys": [_published(kid, algorithms[kid], key) for kid, key in keys.items()]}
    return Issuer(keys, json.dumps(document).encode())


@pytest.fixture
def claims() -> Callable[..., dict[str, Any]]:
    """Return what makes good claims; a keyword replaces one, None takes it away."""

    def make(**changes: Any) -> dict[str, Any]:
        good = {"sub": str(uuid4()), "workspace_id": str(uuid4()), "scope": "ml:read", "exp": int(time.time()) + 600}
        return {name: value for name, value in (good | changes).items() if value is not None}

    return make
