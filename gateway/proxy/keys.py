"""Keys that outside tokens are checked with, each tied to the one algorithm its type allows.

A shared secret serves HS256 only and a public key never serves HS256, so a token cannot choose how it is checked.
Keys by JWKS come from a file or a URL and are looked up again when a token names one that is not there.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt

from kit.logs import describe, get_logger

# key type and curve → algorithm; `oct` is missing on purpose: a secret has no place in a public document
ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
MIN_RSA_BITS = 2048
MIN_INTERVAL_S = 10.0
MAX_AGE_S = 600.0
MAX_JWKS_BYTES = 256 * 1024
FETCH_TIMEOUT_S = 5.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the algorithm it may be used with."""

    algorithm: str
    material: Any


class KeysUnavailable(Exception):
    """The document of keys cannot be had or read."""


Load = Callable[[], Awaitable[bytes]]


def parse_jwks(document: bytes) -> dict[str | None, Key]:
    """Return the usable signing keys by kid; raise KeysUnavailable when the document holds none."""
    try:
        entries = json.loads(document)["keys"]
        found = [(entry.get("kid"), key) for entry in entries if (key := _key(entry)) is not None]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise KeysUnavailable("not a JWKS document") from error
    if not found:
        raise KeysUnavailable("no key for RS256, ES256 or EdDSA in it")
    return dict(found)


def _key(entry: Mapping[str, Any]) -> Key | None:
    algorithm = ALGORITHMS.get((entry.get("kty", ""), entry.get("crv")))
    if algorithm is None or entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        material = jwt.PyJWK(dict(entry), algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if algorithm == "RS256" and material.key_size < MIN_RSA_BITS:
        return None
    return Key(algorithm, material.public_key() if hasattr(material, "public_key") else material)


class Keyring:
    """Finds the key of a token: the shared secret, or one of the issuer's published keys."""

    def __init__(self, *, secret: bytes | None, load: Load | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = Key("HS256", secret) if secret is not None else None
        self._load = load
        self._clock = clock
        self._published: dict[str | None, Key] = {}
        self._loaded_at = float("-inf")
        self._tried_at = float("-inf")
        self._loading = asyncio.Lock()

    @property
    def ready(self) -> bool:
        return self._load is None or bool(self._published)

    async def find(self, algorithm: str, kid: str | None) -> Key | None:
        """Return the key for a token's algorithm and kid, or None; looks published keys up again if need be.

        Raises KeysUnavailable while published keys could never be had.
        """
        if algorithm == "HS256":
            return self._secret
        if self._load is None or algorithm not in ALGORITHMS.values():
            return None
        aged = self._clock() - self._loaded_at > MAX_AGE_S and not self._loading.locked()
        if aged or self._published_key(algorithm, kid) is None:
            await self.refresh()
        if not self._published:
            raise KeysUnavailable
        return self._published_key(algorithm, kid)

    async def refresh(self) -> None:
        """Load the published keys, at most once in MIN_INTERVAL_S; the old ones stay when that fails."""
        async with self._loading:
            if self._load is None or self._clock() - self._tried_at < MIN_INTERVAL_S:
                return
            self._tried_at = self._clock()
            try:
                self._published = parse_jwks(await self._load())
                self._loaded_at = self._clock()
            except (KeysUnavailable, httpx.HTTPError, OSError) as error:
                log.warning("jwks_unavailable", **describe(error))

    def _published_key(self, algorithm: str, kid: str | None) -> Key | None:
        if kid is not None:
            key = self._published.get(kid)
            return key if key is not None and key.algorithm == algorithm else None
        fitting = [key for key in self._published.values() if key.algorithm == algorithm]
        return fitting[0] if len(fitting) == 1 else None


def from_file(path: Path) -> Load:
    async def load() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return load


def from_url(url: str, transport: httpx.AsyncBaseTransport | None = None) -> Load:
    async def load() -> bytes:
        async with (
            httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, transport=transport) as client,
            asyncio.timeout(FETCH_TIMEOUT_S),
            client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
        ):
            answer.raise_for_status()
            document = b""
            async for chunk in answer.aiter_bytes():
                document += chunk
                if len(document) > MAX_JWKS_BYTES:
                    raise KeysUnavailable("larger than a document of keys may be")
            return document

    return load
