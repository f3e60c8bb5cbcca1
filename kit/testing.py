"""What tests of every service share: keys, callers, and waiting for what happens elsewhere."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI

from kit.auth import SCOPES, Identity, Signer

Answer = TypeVar("Answer")


class Keys:
    """A key pair for each service, made for one run of the tests."""

    def __init__(self, *services: str) -> None:
        self._private = {service: Ed25519PrivateKey.generate() for service in services}
        self.jwks: dict[str, Any] = {"keys": [self._public(service) for service in services]}

    def pem(self, service: str) -> bytes:
        return self._private[service].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def signer(self, service: str) -> Signer:
        return Signer(service, self.pem(service))

    def _public(self, service: str) -> dict[str, str]:
        raw = self._private[service].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return {"kty": "OKP", "crv": "Ed25519", "kid": service, "alg": "EdDSA", "use": "sig", "x": x}


def caller(workspace_id: UUID, *scopes: str, user_id: UUID | None = None) -> Identity:
    """Return who the gateway would say is calling; with every scope unless some are named."""
    return Identity("gateway", workspace_id, user_id, frozenset(scopes) or SCOPES)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Run an app's lifespan and give a client to it, without a network and without a token."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client,
    ):
        yield client


async def until(look: Callable[[], Awaitable[Answer | None]], *, timeout_s: float = 20.0) -> Answer:
    """Return what `look` finds once it finds something; fail when it has not in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = await look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing after {timeout_s} s: {look}")
        await asyncio.sleep(0.05)
