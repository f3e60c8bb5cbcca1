"""`rapport demo`: puts the sample into a running stack and shows the first answer."""

import hashlib
import os
import shlex
import shutil
import sys
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy import endpoint, tokens
from deploy.client import Api, Job
from deploy.embedded import workspace
from deploy.embedded.home import DEFAULT_HOME, Home
from deploy.errors import StackError
from deploy.importing import bars, import_file
from deploy.sample import CONTACTS, WORKSPACE_ID, WORKSPACE_NAME

SHOWN_PERSON = "20"  # Jeff Dasovich: most of his mail is about one subject, California's power crisis
SHOWN_LIMIT = 3
LIFETIME = "12h"
PAGE = 200


def run(home: Home, console: Console, stopped: Event) -> str:
    """Import the sample where it is missing, wait for its vectors, show who is alike; return the path asked."""
    with Api(endpoint.find(home.root), _token(home, WORKSPACE_ID), stopped=stopped) as api:
        if _is_there(home, api):
            console.print("The sample is already there.")
        else:
            _import(home, api, console)
        _embed(api, console)
        person = _find_person(api)
        path = f"/similar/{person['id']}"
        console.print(_table(person, api.get(path, limit=SHOWN_LIMIT)["items"]))
    return f"{path}?limit={SHOWN_LIMIT}"


def invite(home: Home, console: Console, *, path: str, sample: bool) -> None:
    """Say what to do now: the address, a token, a request to try. Nothing is wrapped, so that it can be copied."""
    found = endpoint.find(home.root)
    token_again = f"{_command()} token{_home_option(home)}"
    lines = [
        Text.assemble(("\nRapport is ready at ", "bold"), (found.url, "bold cyan")),
        Text(f"\nA token for 12 hours (`{token_again}` makes another):\n{_token(home, found.workspace_id)}"),
        Text(f'\ncurl -H "Authorization: Bearer $({token_again})" "{found.url}/api/ml{path}"'),
    ]
    if not sample:
        lines.append(Text(f"\nImport your people: {_command()} import contacts FILE.csv{_home_option(home)}"))
    lines.append(Text(f"\nThe logs are in {home.logs}. Stop with Ctrl-C."))
    for line in lines:
        console.print(line, soft_wrap=True)


def _command() -> str:
    """How this very command is called from here."""
    called = Path(sys.argv[0])
    found = shutil.which("rapport")
    if found is not None and Path(found).resolve() == called.resolve():
        return "rapport"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)


def _home_option(home: Home) -> str:
    is_found_anyway = home.root == DEFAULT_HOME and "RAPPORT_HOME" not in os.environ
    return "" if is_found_anyway else f" --home {shlex.quote(str(home.root))}"


def _token(home: Home, workspace_id: UUID) -> str:
    lifetime_s = tokens.seconds(LIFETIME)
    return tokens.sign(home.root, workspace_id, user_id=None, scopes=tokens.SCOPES, lifetime_s=lifetime_s)


def _is_there(home: Home, api: Api) -> bool:
    """Whether this very sample was imported and its workspace still has people."""
    return workspace.sample_digest(home) == _digest() and bool(api.get("/crm/contacts", limit=1)["items"])


def _digest() -> str:
    return hashlib.sha256(CONTACTS.read_bytes()).hexdigest()


def _import(home: Home, api: Api, console: Console) -> None:
    api.request("PUT", "/crm/workspace", json={"name": WORKSPACE_NAME})
    if not import_file(api, "contacts", str(CONTACTS), strict=True, console=console):
        raise StackError("the sample could not be imported: the rows above say why")
    workspace.remember_sample(home, WORKSPACE_ID, _digest())


def _find_person(api: Api) -> dict[str, Any]:
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/crm/contacts", limit=PAGE, **cursor)
        for contact in page["items"]:
            if (contact["source"], contact["external_id"]) == ("enron", SHOWN_PERSON):
                found: dict[str, Any] = contact
                return found
        if not page.get("next_cursor"):
            raise StackError("the sample is incomplete: delete the file `sample` in the home and run the demo again")
        cursor = {"cursor": page["next_cursor"]}


def _embed(api: Api, console: Console) -> None:
    with bars(console) as progress:
        task = progress.add_task("Computing vectors", total=None)
        started = Job.from_json(api.request("POST", "/embeddings/jobs", json={"kind": "embed"}))
        job = api.wait_for(
            "embeddings", started, lambda job: progress.update(task, completed=job.done, total=job.total)
        )
    if job.state != "succeeded":
        raise StackError(f"the vectors could not be computed: {job.error.get('detail') or job.state}")


def _table(person: dict[str, Any], similar: list[dict[str, Any]]) -> Table:
    name = f"{person['first_name']} {person['last_name']}"
    table = Table("name", "organization", "title", "similarity", title=f"Who is like {name}, {person['title']}?")
    for item in similar:
        cells = (f"{item['first_name']} {item['last_name']}", item["organization"], item["title"])
        table.add_row(*(Text(cell or "") for cell in cells), f"{item['similarity']:.2f}")
    return table
