"""What an API key is: whose, for what, until when; and how its secret is made, shown and recognised."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MARK = "rk_"
SECRET_BYTES = 32
SHOWN_CHARACTERS = len(MARK) + 6


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. The secret is not in it: nobody can show it a second time."""

    id: UUID
    workspace_id: UUID
    user_id: UUID | None
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: UUID | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def is_api_key(token: str) -> bool:
    """Tell a key from a JWT, which begins with the base64 of a brace."""
    return token.startswith(MARK)


def digest(token: str) -> bytes:
    """Return the hash a key is found by: plain SHA-256, for there are 256 random bits and no word to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
