"""`rapport demo`: puts the sample into a running stack and shows the first answer."""

import os
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy import endpoint, pipeline, summary, tokens
from deploy.client import Api
from deploy.embedded import workspace
from deploy.embedded.home import DEFAULT_HOME, Home
from deploy.errors import StackError
from deploy.pipeline import compute
from deploy.sample import WORKSPACE_ID
from deploy.sample.load import digest, load
from deploy.sample.shift import days_until

SHOWN_PERSON = "20"  # Jeff Dasovich: most of his mail is about one subject, California's power crisis
SHOWN_LIMIT = 3
LIFETIME = "12h"


def run(home: Home, console: Console, stopped: Event) -> str:
    """Import the sample where it is missing, wait for what is computed from it, show it; return the path asked."""
    with Api(endpoint.find(home.root), _token(home, WORKSPACE_ID), stopped=stopped) as api:
        if _is_there(home, api):
            console.print("The sample is already there.")
        else:
            day = workspace.sample_day(home, datetime.now(UTC).date())
            load(api, console, days=days_until(day))
            workspace.remember_sample(home, WORKSPACE_ID, digest())
        graph = compute(api, console, pipeline.GRAPH)
        for stage in (pipeline.VECTORS, pipeline.LEARNING, pipeline.PEOPLE):
            compute(api, console, stage)
        console.print(summary.tell(api, graph))
        person = _find_person(api)
        console.print(_table(person, api.get(f"/similar/{person['id']}", limit=SHOWN_LIMIT)["items"]))
        found = api.get("/recommendations/contacts", contact_id=person["id"], limit=SHOWN_LIMIT)
        console.print(summary.people_to_meet(person, found))
    return f"/recommendations/contacts?contact_id={person['id']}&limit={SHOWN_LIMIT}"


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
    return workspace.sample_digest(home) == digest() and bool(api.get("/crm/contacts", limit=1)["items"])


def _find_person(api: Api) -> dict[str, Any]:
    found: list[dict[str, Any]] = api.get("/crm/contacts", source="enron", external_id=SHOWN_PERSON)["items"]
    if not found:
        raise StackError("the sample is incomplete: delete the file `sample` in the home and run the demo again")
    return found[0]


def _table(person: dict[str, Any], similar: list[dict[str, Any]]) -> Table:
    name = f"{person['first_name']} {person['last_name']}"
    table = Table("name", "organization", "title", "similarity", title=f"Who is like {name}, {person['title']}?")
    for item in similar:
        cells = (f"{item['first_name']} {item['last_name']}", item["organization"], item["title"])
        table.add_row(*(Text(cell or "") for cell in cells), f"{item['similarity']:.2f}")
    return table
