"""Signs the tokens that the gateway of this installation believes (HS256)."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import jwt

from deploy import secrets
from deploy.errors import StackError

SCOPES = ("ml:read", "ml:write", "ml:admin")
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST_S = 366 * UNITS_S["d"]
_DURATION = re.compile(r"(\d{1,9})\s*([smhd])")


def sign(home: Path, workspace_id: UUID, *, user_id: UUID | None, scopes: Sequence[str], lifetime_s: int) -> str:
    """Return a token for one workspace; without a user it acts for nobody in particular."""
    issued = int(time.time())
    claims: dict[str, object] = {
        "workspace_id": str(workspace_id),
        "scope": " ".join(checked(scopes)),
        "iat": issued,
        "exp": issued + lifetime_s,
    }
    if user_id is not None:
        claims["sub"] = str(user_id)
    return jwt.encode(claims, _secret(home), algorithm="HS256")


def seconds(text: str) -> int:
    """Read a duration such as 90s, 30m, 12h, 7d."""
    match = _DURATION.fullmatch(text.strip().lower())
    length = int(match[1]) * UNITS_S[match[2]] if match else 0
    if not 0 < length <= LONGEST_S:
        raise StackError(f"{text!r} is not a lifetime: write 90s, 30m, 12h or 7d, up to a year")
    return length


def checked(scopes: Sequence[str]) -> list[str]:
    words = [word for scope in scopes for word in scope.replace(",", " ").split()]
    if unknown := [word for word in words if word not in SCOPES]:
        raise StackError(f"unknown scope {', '.join(unknown)}: there are {', '.join(SCOPES)}")
    return words or list(SCOPES)


def _secret(home: Path) -> str:
    try:
        return secrets.read(home / "secrets", "jwt")
    except FileNotFoundError:
        raise StackError(f"{home} holds no installation yet: make one with `rapport up`") from None
    except PermissionError:
        raise StackError(f"the secrets in {home} belong to another user: run this as that user") from None
