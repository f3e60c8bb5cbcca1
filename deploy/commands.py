"""What the subcommands of `rapport` that need the stack or the gateway do."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from rich.console import Console

from deploy import demo, endpoint, importing, keys, models, pipeline, status, tokens
from deploy.client import Api
from deploy.embedded import stack
from deploy.embedded.home import Home


def serve(root: Path, port: int, *, sample: bool, logs: bool, exit_when_ready: bool) -> None:
    """Run the stack until it is told to stop; with the sample in it if asked."""
    console = Console()

    async def then(home: Home) -> None:
        stopped = threading.Event()
        try:
            await asyncio.to_thread(_welcome, home, console, stopped, sample=sample)
        finally:
            stopped.set()  # the thread cannot be cancelled: it looks at this wherever it waits

    asyncio.run(stack.serve(root, port, then, show_logs=logs, exit_when_ready=exit_when_ready))


def import_files(
    root: Path, workspace_id: UUID | None, kind: str, files: list[str], *, strict: bool, file_format: str
) -> bool:
    """Return whether everything was taken as asked."""
    with _api(root, workspace_id) as api:
        return importing.import_files(api, kind, files, strict=strict, console=Console(), file_format=file_format)


def run_nightly(root: Path, workspace_id: UUID | None, as_of: str | None) -> None:
    with _api(root, workspace_id) as api:
        pipeline.run(api, Console(), as_of=as_of)


def show_status(root: Path) -> bool:
    """Return whether everything is ready."""
    with _api(root, None) as api:
        return status.show(root, endpoint.find(root), api, Console())


def create_key(
    root: Path, workspace_id: UUID | None, name: str, *, scopes: list[str], user_id: UUID | None, lifetime_s: int | None
) -> str:
    """Return the secret of a new API key."""
    with _api(root, workspace_id) as api:
        return keys.create(api, name, scopes=scopes, user_id=user_id, lifetime_s=lifetime_s, now=datetime.now(UTC))


def list_keys(root: Path, workspace_id: UUID | None) -> None:
    with _api(root, workspace_id) as api:
        keys.show(api, Console())


def revoke_key(root: Path, workspace_id: UUID | None, key_id: UUID) -> None:
    with _api(root, workspace_id) as api:
        keys.revoke(api, key_id)


def show_models(root: Path, workspace_id: UUID | None) -> None:
    with _api(root, workspace_id) as api:
        models.show(api, Console())


def add_model(root: Path, workspace_id: UUID | None, name: str, *, wait: bool) -> None:
    with _api(root, workspace_id) as api:
        models.add(api, Console(), name, wait=wait)


def switch_model(root: Path, workspace_id: UUID | None, name: str) -> None:
    with _api(root, workspace_id) as api:
        models.switch(api, Console(), name)


def remove_model(root: Path, workspace_id: UUID | None, name: str, *, wait: bool) -> None:
    with _api(root, workspace_id) as api:
        models.remove(api, Console(), name, wait=wait)


def _api(root: Path, workspace_id: UUID | None) -> Api:
    found = endpoint.find(root)
    workspace_id = workspace_id or found.workspace_id
    day_s = tokens.UNITS_S["d"]
    return Api(found, tokens.sign(root, workspace_id, user_id=None, scopes=tokens.SCOPES, lifetime_s=day_s))


def _welcome(home: Home, console: Console, stopped: threading.Event, *, sample: bool) -> None:
    unasked = demo.Invitation("/crm/contacts?limit=3")
    demo.invite(home, console, demo.run(home, console, stopped) if sample else unasked, sample=sample)
