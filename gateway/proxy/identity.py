"""Who stands at the door: checks the token or key shown outside and exchanges it for a token that counts inside.

What was shown outside never goes further. Verified tokens are remembered by hash until they expire, with the inside
tokens made for them; nothing is remembered of a token that was refused.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import jwt

from gateway.proxy.api_keys.domain import is_api_key
from gateway.proxy.keys import Key, Keyring, KeysUnavailable
from kit.auth import SCOPES, Identity, Signer
from kit.errors import Unauthenticated, Unavailable

LEEWAY_S = 10
MAX_TOKEN_BYTES = 16 * 1024
REMEMBERED_TOKENS = 10_000
KEYS_RETRY_AFTER_S = 10
FOREVER = 2**53  # an expiry may be any integer, which a float may not
EXCHANGED_LIFETIME_S = 30  # of the 60 s an inside token lives: what is sent has at least half of it left


@dataclass(slots=True)
class Caller:
    """A verified token: whom it names, until when, and the inside tokens made for it by service."""

    identity: Identity
    expires_at: float
    digest: bytes = b""
    exchanged: dict[str, tuple[float, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a token must say beside being genuine."""

    audience: str | None = None
    issuer: str | None = None
    workspace_claim: str = "workspace_id"


class Doorkeeper:
    """Verifies outside tokens and signs inside ones; API keys are `recognise`d by whoever keeps them."""

    def __init__(
        self,
        keys: Keyring,
        signer: Signer,
        expected: Expectations,
        *,
        recognise: Callable[[str], Awaitable[Caller]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keys = keys
        self._recognise = recognise
        self._signer = signer
        self._expected = expected
        self._clock = clock
        self._callers: OrderedDict[bytes, Caller] = OrderedDict()

    def remembered(self, token: str) -> Caller | None:
        """Return the caller of a token that was verified before and has not expired."""
        digest = _digest(token)
        caller = self._callers.get(digest)
        if caller is None or caller.expires_at <= self._clock():
            return None
        self._callers.move_to_end(digest)
        return caller

    async def verify(self, token: str) -> Caller:
        """Return the caller; raise Unauthenticated with a code that says what is wrong with the token."""
        if is_api_key(token):
            return await self._recognise(token)
        caller = self.remembered(token)
        if caller is not None:
            return caller
        caller = self._caller(await self._claims(token))
        caller.digest = _digest(token)
        self._callers[caller.digest] = caller
        if len(self._callers) > REMEMBERED_TOKENS:
            self._callers.popitem(last=False)
        return caller

    def exchange(self, caller: Caller, service: str) -> bytes:
        """Return the value of the Authorization header for a service."""
        made_at, header = caller.exchanged.get(service, (-math.inf, b""))
        now = self._clock()
        if not 0 <= now - made_at < EXCHANGED_LIFETIME_S:
            header = b"Bearer " + self._signer.token(caller.identity, service).encode()
            caller.exchanged[service] = (now, header)
        return header

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_BYTES:
            raise Unauthenticated("The token is too long.", code="invalid_token")
        try:
            head = jwt.get_unverified_header(token)
            if "crit" in head:
                raise Unauthenticated("The token asks for an extension that is not known here.", code="invalid_token")
            algorithm, kid = str(head.get("alg")), head.get("kid")
            key = await self.keys.find(algorithm, str(kid) if kid is not None else None)
            if key is None:
                raise Unauthenticated("No key here fits the token.", code="unknown_key")
            return self._decode(token, key)
        except KeysUnavailable as error:
            detail = "The issuer's keys cannot be had; try again."
            raise Unavailable(detail, code="keys_unavailable", retry_after_s=KEYS_RETRY_AFTER_S) from error
        except jwt.PyJWTError as error:
            raise _refusal(error) from error
        except (ValueError, TypeError, OverflowError, RecursionError) as error:  # from inside the parsers
            raise Unauthenticated("The token cannot be read.", code="invalid_token") from error

    def _decode(self, token: str, key: Key) -> dict[str, Any]:
        expected = self._expected
        claims: dict[str, Any] = jwt.decode(
            token,
            key.material,
            algorithms=[key.algorithm],
            audience=expected.audience,
            issuer=expected.issuer,
            leeway=LEEWAY_S,
            options={
                "require": ["exp"],
                "verify_aud": expected.audience is not None,
                "verify_iss": expected.issuer is not None,
                "verify_sub": False,
            },
        )
        return claims

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        workspace_id = _uuid(_claim(claims, self._expected.workspace_claim))
        if workspace_id is None:
            detail = f"The token's claim {self._expected.workspace_claim} is not the id of a workspace."
            raise Unauthenticated(detail, code="workspace_missing")
        identity = Identity(
            issuer=self._signer.service,
            workspace_id=workspace_id,
            user_id=_uuid(claims.get("sub")),
            scopes=_scopes(claims) & SCOPES,
        )
        return Caller(identity, float(min(int(claims["exp"]), FOREVER)))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _refusal(error: jwt.PyJWTError) -> Unauthenticated:
    match error:
        case jwt.ExpiredSignatureError():
            return Unauthenticated("The token has expired.", code="token_expired")
        case jwt.ImmatureSignatureError():
            return Unauthenticated("The token is not valid yet.", code="token_not_yet_valid")
        case jwt.InvalidAudienceError():
            return Unauthenticated("The token is meant for someone else.", code="wrong_audience")
        case jwt.InvalidIssuerError():
            return Unauthenticated("The token comes from an issuer that is not believed here.", code="wrong_issuer")
        case jwt.MissingRequiredClaimError():
            return Unauthenticated(f"The token has no {error.claim}.", code="claim_missing")
    return Unauthenticated("The token is not valid here.", code="invalid_token")


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its dotted path; a claim whose own name has dots (a URL, say) is found as well."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _uuid(value: Any) -> UUID | None:
    """Return a UUID written in its one usual form; `UUID` itself takes braces, prefixes and stray hyphens."""
    if not isinstance(value, str):
        return None
    try:
        parsed = UUID(value)
    except ValueError:
        return None
    return parsed if str(parsed) == value.lower() else None


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for name in ("scope", "scopes"):
        value = claims.get(name)
        words = value.split() if isinstance(value, str) else value
        if isinstance(words, list):
            found.update(word for word in words if isinstance(word, str))
    return frozenset(found)
