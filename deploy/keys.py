"""`rapport key`: makes, shows and revokes the API keys of a workspace."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table

from deploy import tokens
from deploy.client import Api

PAGE = 200


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
    """Print every key of the workspace, newest first."""
    table = Table("id", "begins", "name", "scopes", "state", "last used")
    for key in _all(api):
        table.add_row(
            key["id"], key["prefix"], key["name"], " ".join(key["scopes"]), _state(key), key["last_used_at"] or "never"
        )
    console.print(table)


def revoke(api: Api, key_id: UUID) -> None:
    api.request("DELETE", f"/keys/{key_id}")


def _all(api: Api) -> Iterable[dict[str, Any]]:
    page = api.get("/keys", limit=PAGE)
    yield from page["items"]
    while page["next_cursor"]:
        page = api.get("/keys", limit=PAGE, cursor=page["next_cursor"])
        yield from page["items"]


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"]:
        return f"revoked {key['revoked_at']}"
    return f"until {key['expires_at']}" if key["expires_at"] else "in force"
