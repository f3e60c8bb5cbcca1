"""Tokens that must not be believed, inside and outside, each with one thing wrong."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from kit.testing import Keys

Header = str | None  # of Authorization
OUTSIDE_SECRET = "a shared secret of more than thirty-two bytes"
OUTSIDE_AUDIENCE = "rapport"


@dataclass(frozen=True)
class Inside:
    """What the services believe: EdDSA, signed by a caller whose public key is known."""

    keys: Keys
    audience: str

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {"iss": "gateway", "aud": self.audience, "iat": now, "exp": now + 60, "workspace_id": str(uuid4())}
        return _present({**good, "scope": "ml:read ml:write ml:admin", **changes})

    def signed(self, claims: dict[str, Any], *, by: str = "gateway", kid: str = "gateway") -> str:
        return _bearer(jwt.encode(claims, _private(self.keys, by), "EdDSA", headers={"kid": kid}))


@dataclass(frozen=True)
class Outside:
    """What a gateway believes: HS256 by a shared secret, or EdDSA by a key that the issuer publishes."""

    keys: Keys
    inside: Inside
    published: bool

    def claims(self, **changes: Any) -> dict[str, Any]:
        good = {"aud": OUTSIDE_AUDIENCE, "exp": int(time.time()) + 60, "workspace_id": str(uuid4())}
        return _present({**good, "scope": "ml:read ml:write ml:admin", **changes})

    def signed(self, claims: dict[str, Any], *, by: str = "issuer") -> str:
        if self.published:
            return _bearer(jwt.encode(claims, _private(self.keys, by), "EdDSA", headers={"kid": "issuer"}))
        secret = OUTSIDE_SECRET if by == "issuer" else f"not {OUTSIDE_SECRET}"
        return _bearer(jwt.encode(claims, secret, "HS256"))


BAD_TO_ANYONE: dict[str, Callable[[], Header]] = {
    "no token": lambda: None,
    "an empty token": lambda: "Bearer",
    "another scheme": lambda: f"Basic {base64.b64encode(b'me:me').decode()}",
    "garbage": lambda: "Bearer garbage",
    "three parts of garbage": lambda: "Bearer a.b.c",
}
BAD_INSIDE: dict[str, Callable[[Inside], Header]] = {
    "expired": lambda to: to.signed(to.claims(iat=int(time.time()) - 120, exp=int(time.time()) - 60)),
    "never expiring": lambda to: to.signed(to.claims(exp=None)),
    "a stranger's signature": lambda to: to.signed(to.claims(), by="stranger"),
    "a stranger's own key": lambda to: to.signed(to.claims(iss="stranger"), by="stranger", kid="stranger"),
    "another service's name": lambda to: to.signed(to.claims(iss="crm")),
    "alg none": lambda to: unsigned(to.claims(), kid="gateway"),
    "the public key as a secret": lambda to: signed_with_public_key(to.claims(), to.keys, "gateway"),
    "meant for another service": lambda to: to.signed(to.claims(aud="somebody")),
    "meant for nobody": lambda to: to.signed(to.claims(aud=None)),
    "no workspace": lambda to: to.signed(to.claims(workspace_id=None)),
    "a workspace that is none": lambda to: to.signed(to.claims(workspace_id="*")),
    "spoilt after signing": lambda to: spoilt(to.signed(to.claims())),
    "an outside token": lambda to: Outside(to.keys, to, published=False).signed(to.claims()),
}
BAD_OUTSIDE: dict[str, Callable[[Outside], Header]] = {
    "expired": lambda to: to.signed(to.claims(exp=int(time.time()) - 60)),
    "never expiring": lambda to: to.signed(to.claims(exp=None)),
    "a stranger's signature": lambda to: to.signed(to.claims(), by="stranger"),
    "alg none": lambda to: unsigned(to.claims(), kid="issuer"),
    "the public key as a secret": lambda to: signed_with_public_key(to.claims(), to.keys, "issuer"),
    "meant for somebody else": lambda to: to.signed(to.claims(aud="somebody")),
    "meant for nobody": lambda to: to.signed(to.claims(aud=None)),
    "no workspace": lambda to: to.signed(to.claims(workspace_id=None)),
    "a workspace that is none": lambda to: to.signed(to.claims(workspace_id="*")),
    "spoilt after signing": lambda to: spoilt(to.signed(to.claims())),
    "an inside token": lambda to: to.inside.signed(to.inside.claims()),
    "the gateway's own signature": lambda to: to.inside.signed(to.claims()),
}


def unsigned(claims: dict[str, Any], *, kid: str) -> str:
    return _bearer(jwt.encode(claims, "", "none", headers={"kid": kid}))


def signed_with_public_key(claims: dict[str, Any], keys: Keys, kid: str) -> str:
    """Return HS256 under the public key's PEM: what a verifier accepts that lets a token choose its algorithm."""
    pem = _private(keys, kid).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": "HS256", "typ": "JWT", "kid": kid}
    parts = b".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    return _bearer((parts + b"." + _base64(hmac.digest(pem, parts, hashlib.sha256))).decode())


def spoilt(header: str) -> str:
    """Give a good token another workspace without signing it anew."""
    head, claims, signature = header.split(".")
    inside = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed = _base64(json.dumps(inside | {"workspace_id": str(uuid4())}).encode()).decode()
    return f"{head}.{changed}.{signature}"


def _present(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}


def _private(keys: Keys, service: str) -> Any:
    return load_pem_private_key(keys.pem(service), password=None)


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _bearer(token: str) -> str:
    return f"Bearer {token}"
