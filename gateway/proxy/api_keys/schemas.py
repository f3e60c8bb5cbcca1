"""API keys on the wire."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from gateway.proxy.api_keys.domain import ApiKey
from gateway.proxy.api_keys.usecases import Wish
from kit.wire import Instant, Storable

ScopeName = Literal["ml:read", "ml:write", "ml:admin"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Storable]

_WISH = {"name": "nightly export", "scopes": ["ml:read"], "expires_at": "2027-11-23T00:00:00Z"}
_KEY = {
    "id": "7d5f0a52-3c1e-4a1f-9f43-6d1c0a9b7e21",
    "name": "nightly export",
    "prefix": "rk_7Hq2Lx",
    "scopes": ["ml:read"],
    "user_id": None,
    "created_at": "2026-11-23T09:30:00Z",
    "created_by": "0b8f7c2e-5d7a-4d53-8a0f-2f1f4c0c9a10",
    "expires_at": "2027-11-23T00:00:00Z",
    "revoked_at": None,
    "last_used_at": "2026-11-24T04:00:00Z",
}
_SECRET = {"key": "rk_7Hq2Lx-this-is-an-example-and-opens-nothing", "last_used_at": None}


class KeyIn(BaseModel, extra="forbid", json_schema_extra={"examples": [_WISH]}):
    """The key to make."""

    name: Name = Field(description="what it is for, so that somebody knows later whether it is still needed")
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=3)] = Field(
        description="what it may do; never more than the caller may"
    )
    user_id: UUID | None = Field(default=None, description="the user it acts for; by default nobody in particular")
    expires_at: Instant | None = Field(default=None, description="when it stops by itself; by default never")

    def to_domain(self) -> Wish:
        scopes = tuple(sorted(set(self.scopes)))
        return Wish(name=self.name, scopes=scopes, user_id=self.user_id, expires_at=self.expires_at)


class KeyOut(BaseModel, json_schema_extra={"examples": [_KEY]}):
    """A key; its secret is never shown again."""

    id: UUID
    name: str
    prefix: str = Field(description="how the secret begins: enough to find it again")
    scopes: list[ScopeName]
    user_id: UUID | None
    created_at: datetime
    created_by: UUID | None = Field(description="the user who made it; null: a token of nobody in particular")
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute")

    @classmethod
    def from_domain(cls, key: ApiKey) -> Self:
        return cls.model_validate(asdict(key))


class NewKeyOut(KeyOut, json_schema_extra={"examples": [_KEY | _SECRET]}):
    """A new key and its secret: keep it, nobody can show it again."""

    key: str = Field(description="the secret: Authorization: Bearer <key>")

    @classmethod
    def of(cls, key: ApiKey, secret: str) -> Self:
        return cls.model_validate({**asdict(key), "key": secret})


class KeysOut(BaseModel):
    """A page of keys, newest first."""

    items: list[KeyOut]
    next_cursor: str | None = None
