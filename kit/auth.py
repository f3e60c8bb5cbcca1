"""Identity inside the house: a 60-second Ed25519 token signed by the caller's own key, checked by every service.

What a person outside shows (JWT of the CRM, API key) is the gateway's affair; it exchanges that for one of these.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import Request
from jwt.types import Options
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.errors import Forbidden, Unauthenticated

TOKEN_LIFETIME_S = 60
CLOCK_SKEW_S = 5
SCOPES = frozenset({"ml:read", "ml:write", "ml:admin"})
OPEN_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls: the service that signed, the workspace it acts in, the person it acts for."""

    issuer: str
    workspace_id: UUID
    user_id: UUID | None
    scopes: frozenset[str]


class Signer:
    """Signs for one service with its own private key."""

    def __init__(self, service: str, private_key_pem: bytes) -> None:
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"the signing key of {service} must be Ed25519, not {type(key).__name__}")
        self.service = service
        self._key = key

    def token(self, identity: Identity, audience: str) -> str:
        """Return a token for one service that lives TOKEN_LIFETIME_S; the issuer is always this service."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.service,
            "aud": audience,
            "iat": now,
            "exp": now + TOKEN_LIFETIME_S,
            "workspace_id": str(identity.workspace_id),
            "scope": " ".join(sorted(identity.scopes)),
        }
        if identity.user_id is not None:
            claims["sub"] = str(identity.user_id)
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.service})


class Verifier:
    """Checks tokens meant for one service; remembers the good ones by hash until they expire."""

    _OPTIONS: ClassVar[Options] = {"require": ["iss", "aud", "iat", "exp", "workspace_id"], "verify_sub": False}

    def __init__(self, jwks: Mapping[str, Any], audience: str, *, cache_size: int = 10_000) -> None:
        self._keys = {key["kid"]: jwt.PyJWK(key, algorithm="EdDSA") for key in jwks["keys"]}
        self._audience = audience
        self._cache: dict[bytes, tuple[float, Identity]] = {}
        self._cache_size = cache_size

    def verify(self, token: str) -> Identity:
        """Return the caller; raise Unauthenticated with a code that says which check failed."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        cached = self._cache.get(digest)
        if cached and cached[0] > time.time():
            return cached[1]
        claims = self._decode(token)
        identity = _identity(claims)
        if len(self._cache) >= self._cache_size:
            self._cache.clear()
        self._cache[digest] = (float(claims["exp"]), identity)
        return identity

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self._keys.get(str(kid))
            if key is None:
                raise Unauthenticated("The token's key is unknown here.", code="unknown_key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=self._audience,
                leeway=CLOCK_SKEW_S,
                options=self._OPTIONS,
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired.", code="token_expired") from error
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("The token is not valid here.", code="invalid_token") from error
        if claims["iss"] != kid:
            raise Unauthenticated("The token's issuer did not sign it.", code="invalid_token")
        return claims


def _identity(claims: Mapping[str, Any]) -> Identity:
    try:
        subject = claims.get("sub")
        return Identity(
            issuer=str(claims["iss"]),
            workspace_id=UUID(str(claims["workspace_id"])),
            user_id=UUID(str(subject)) if subject is not None else None,
            scopes=frozenset(str(claims.get("scope", "")).split()) & SCOPES,
        )
    except ValueError as error:
        raise Unauthenticated("The token's workspace or subject is not a UUID.", code="invalid_token") from error


def read_signer(service: str, path: Path) -> Signer:
    return Signer(service, path.read_bytes())


def read_verifier(audience: str, jwks_path: Path) -> Verifier:
    return Verifier(json.loads(jwks_path.read_text()), audience)


class Authenticate:
    """ASGI middleware: no path but health is reached without a valid token, known or not."""

    def __init__(self, app: ASGIApp, verifier: Verifier) -> None:
        self._app = app
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            scope["identity"] = self._verifier.verify(bearer_token(scope))
        await self._app(scope, receive, send)


def bearer_token(scope: Scope) -> str:
    """Return the bearer token of a request; raise Unauthenticated when there is none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            if scheme.lower() == "bearer" and token.strip():
                return str(token.strip())
    raise Unauthenticated("Send a token: Authorization: Bearer <token>.", code="token_missing")


@dataclass(frozen=True, slots=True)
class Required:
    """A dependency that gives the caller's identity, or raises Forbidden without the scope."""

    scope: str

    async def __call__(self, request: Request) -> Identity:
        identity: Identity = request.scope["identity"]
        if self.scope not in identity.scopes:
            raise Forbidden(f"This needs the scope {self.scope}.", code="scope_missing", extra={"scope": self.scope})
        return identity


def require(scope: str) -> Required:
    """Return what an endpoint depends on to be called with this scope only."""
    return Required(scope)
