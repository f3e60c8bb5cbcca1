"""`rapport demo`: puts the sample into a running stack and shows the first answer."""

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from rich.console import Console, Group
from rich.text import Text

from deploy import answers, endpoint, pipeline, summary, tokens
from deploy.client import Api
from deploy.embedded import workspace
from deploy.embedded.home import DEFAULT_HOME, Home
from deploy.embedded.table import DASHBOARD
from deploy.errors import StackError
from deploy.sample import WORKSPACE_ID, reveal
from deploy.sample.load import digest, load
from deploy.sample.shift import days_until

SHOWN_PERSON = "20"  # Jeff Dasovich: most of his mail is about one subject, California's power crisis
LIFETIME = "12h"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What to try: a path of the API, and whose eyes to see the dashboard with."""

    path: str
    user_id: UUID | None = None


def run(home: Home, console: Console, stopped: Event) -> Invitation:
    """Import the sample where it is missing, wait for what is computed from it, show it; return what to try."""
    with Api(endpoint.find(home.root), _token(home, WORKSPACE_ID), stopped=stopped) as api:
        if _is_there(home, api):
            console.print("The sample is already there.")
        else:
            day = workspace.sample_day(home, datetime.now(UTC).date())
            load(api, console, days=days_until(day))
            workspace.remember_sample(home, WORKSPACE_ID, digest())
        workspace.mean(home, WORKSPACE_ID)
        results = pipeline.run(api, console, without=_standing(api))
        person = _find_person(api)
        console.print(summary.tell(api, results["crm/graph"]))
        console.print(answers.similar(api, person), answers.search(api), answers.clusters(api))
        console.print(answers.people_to_meet(api, person), answers.drifting(api, person))
        console.print(_revealed(home, api))
        user_id = _user_of(api, person)
        console.print(answers.feelings(api), answers.relationships(api))
    return Invitation(f"/recommendations/contacts?contact_id={person['id']}&limit={answers.PEOPLE_SHOWN}", user_id)


def invite(home: Home, console: Console, invitation: Invitation, *, sample: bool) -> None:
    """Say what to do now: the address, a token, a request to try. Nothing is wrapped, so that it can be copied."""
    found = endpoint.find(home.root)
    token_again = f"{_command()} token{_home_option(home)}"
    lines = [
        Text.assemble(("\nRapport is ready at ", "bold"), (found.url, "bold cyan")),
        _dashboard(home, found, invitation.user_id),
        Text(f"Its API, to try in a browser with the token below: {found.url}/docs"),
        Text(f"\nA token for 12 hours (`{token_again}` makes another):\n{_token(home, found.workspace_id)}"),
        Text(f'\ncurl -H "Authorization: Bearer $({token_again})" "{found.url}/api/ml{invitation.path}"'),
    ]
    if not sample:
        lines.append(Text(f"\nImport your people: {_command()} import contacts FILE.csv{_own_option(home, found)}"))
    lines.append(Text(f"\nThe logs are in {home.logs}. Stop with Ctrl-C."))
    for line in lines:
        console.print(line, soft_wrap=True)


def _dashboard(home: Home, found: endpoint.Endpoint, user_id: UUID | None) -> Text:
    """Say where the dashboard is; what follows # stays in the browser."""
    if not (DASHBOARD / "404.html").exists():
        return Text("\nThe dashboard is not built: `make web` builds it, the next start serves it.")
    link = f"{found.url}/dashboard/#token={_token(home, found.workspace_id, user_id)}"
    return Text.assemble("\nThe dashboard, signed in for 12 hours:\n", (link, "cyan"))


def _command() -> str:
    """How this very command is called from here."""
    called = Path(sys.argv[0])
    found = shutil.which("rapport")
    if found is not None and Path(found).resolve() == called.resolve():
        return "rapport"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)


def _own_option(home: Home, found: endpoint.Endpoint) -> str:
    """Where the sample is all there is, its workspace is meant: name the one of one's own."""
    is_sample = found.workspace_id == WORKSPACE_ID
    return (f" --workspace {workspace.own(home)}" if is_sample else "") + _home_option(home)


def _home_option(home: Home) -> str:
    is_found_anyway = home.root == DEFAULT_HOME and "RAPPORT_HOME" not in os.environ
    return "" if is_found_anyway else f" --home {shlex.quote(str(home.root))}"


def _token(home: Home, workspace_id: UUID, user_id: UUID | None = None) -> str:
    lifetime_s = tokens.seconds(LIFETIME)
    return tokens.sign(home.root, workspace_id, user_id=user_id, scopes=tokens.SCOPES, lifetime_s=lifetime_s)


def _revealed(home: Home, api: Api) -> Group:
    """What was said of the users' ties at the cutoff, against what came after it."""
    days = days_until(workspace.sample_day(home, datetime.now(UTC).date()))
    people = list(api.items("/crm/contacts"))
    cards = {user["contact_id"] for user in api.items("/crm/users")}
    egos = [one for one in people if one["id"] in cards]
    return reveal.tell(reveal.compare(api, people, egos, days), len(egos))


def _is_there(home: Home, api: Api) -> bool:
    """Whether this very sample was imported and its workspace still has people."""
    return workspace.sample_digest(home) == digest() and bool(api.get("/crm/contacts", limit=1)["items"])


def _standing(api: Api) -> frozenset[str]:
    """The stages whose outcome is there: what was learnt stands until next week, clusters and risks until the night."""
    clustered = api.get("/clusters")["status"] == "scored"
    learnt = {name: bool(api.get(f"/{name}/models")["items"]) for name in ("recommendations", "churn")}
    standing = {"embeddings/cluster": clustered, **{f"{name}/train": stands for name, stands in learnt.items()}}
    # An import asks for risks by itself, half-way and by the shipped model: those do not stand.
    predicted = _is_of_today(api.get("/churn/jobs", kind="predict", limit=1)["items"])
    standing["churn/predict"] = learnt["churn"] and predicted
    return frozenset(stage for stage, stands in standing.items() if stands)


def _is_of_today(jobs: Sequence[dict[str, Any]]) -> bool:
    """Whether the newest job of a kind did its work within a day."""
    ended = [datetime.fromisoformat(job["finished_at"]) for job in jobs if job["state"] == "succeeded"]
    return any(datetime.now(UTC) - at < timedelta(days=1) for at in ended)


def _find_person(api: Api) -> dict[str, Any]:
    found: list[dict[str, Any]] = api.get("/crm/contacts", source="enron", external_id=SHOWN_PERSON)["items"]
    if not found:
        raise StackError("the sample is incomplete: delete the file `sample` in the home and run the demo again")
    return found[0]


def _user_of(api: Api, person: dict[str, Any]) -> UUID | None:
    """Return the user whose own card this is."""
    users = api.get("/crm/users", limit=200)["items"]
    return next((UUID(user["id"]) for user in users if user["contact_id"] == person["id"]), None)
