"""`rapport key`: makes, shows and revokes the API keys of a workspace."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.text import Text

from deploy import tokens
from deploy.client import Api


def create(
    api: Api, name: str, *, scopes: list[str], user_id: UUID | None, lifetime_s: int | None, now: datetime
) -> str:
    """Make a key and return its secret, which nobody can show again."""
    wish: dict[str, Any] = {"name": name, "scopes": tokens.checked(scopes)}
    if user_id is not None:
        wish["user_id"] = str(user_id)
    if lifetime_s is not None:
        wish["expires_at"] = (now.astimezone(UTC) + timedelta(seconds=lifetime_s)).isoformat()
    return str(api.request("POST", "/keys", json=wish)["key"])


def show(api: Api, console: Console) -> None:
    """Print every key of the workspace, newest first; no line is wrapped, so that an id can be copied and cut out."""
    found = list(api.items("/keys"))
    for key in found:
        console.print(Text.assemble(key["id"], "  ", (key["name"], "bold")), soft_wrap=True)
        parts = (f"{key['prefix']}…", " ".join(key["scopes"]), _state(key), f"last used {_minute(key['last_used_at'])}")
        console.print(Text(f"    {', '.join(parts)}"), soft_wrap=True)
    if not found:
        console.print("No keys yet: `rapport key create NAME` makes one.")


def revoke(api: Api, key_id: UUID) -> None:
    api.request("DELETE", f"/keys/{key_id}")


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"]:
        return f"revoked {_minute(key['revoked_at'])}"
    return f"until {_minute(key['expires_at'])}" if key["expires_at"] else "in force"


def _minute(instant: str | None) -> str:
    return "never" if instant is None else f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M} UTC"
