"""`rapport model`: the embedding models of a workspace, seen, added, switched and removed."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.client import Api, Job
from deploy.errors import StackError
from deploy.importing import bars

PATH = "/embeddings/models"
STATES = {
    "embedding": "being filled",
    "ready": "ready to serve",
    "serving": "serves",
    "removing": "being removed",
}


def show(api: Api, console: Console) -> None:
    """Print what serves, how far the others are, and what could be added."""
    found = api.get(PATH)
    contacts = api.get("/embeddings/readiness")["items"][0]["optimal"]
    table = Table("model", "dimensions", "state", "contacts with a vector")
    for item in found["items"]:
        state = STATES[item["state"]] + ("" if item["configured"] else ", but not configured any more")
        table.add_row(Text(item["name"]), item["version"], Text(state), f"{item['vectors']:,} of {contacts:,}")
    console.print(table)
    if found["available"]:
        console.print(Text(f"To be had: {', '.join(found['available'])}"))


def add(api: Api, console: Console, name: str, *, wait: bool) -> None:
    """Begin to make the vectors of a model; with `wait`, until they are there."""
    started = Job.from_json(api.request("POST", PATH, json={"name": name}))
    if wait:
        _wait(api, console, started, f"Making vectors of {name}")
        console.print(Text(f"{name} is ready: let it serve with `rapport model switch {name}`"))
    else:
        console.print(Text(f"{name} is being filled: `rapport model list` says how far it is"))


def switch(api: Api, console: Console, name: str) -> None:
    """Let a model serve, from the next request on."""
    version = _find(api, name)["version"]
    api.request("POST", f"{PATH}/{name}/versions/{version}/promote")
    console.print(Text(f"{name} serves"))


def remove(api: Api, console: Console, name: str, *, wait: bool) -> None:
    """Remove a model that does not serve, with its vectors."""
    started = Job.from_json(api.request("DELETE", f"{PATH}/{name}"))
    if wait:
        _wait(api, console, started, f"Removing vectors of {name}")
    console.print(Text(f"{name} is {'removed' if wait else 'being removed'}"))


def _find(api: Api, name: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = api.get(PATH)["items"]
    found = next((item for item in items if item["name"] == name), None)
    if found is None:
        there = ", ".join(item["name"] for item in items) or "none yet"
        raise StackError(f"the workspace has no model {name}; there is {there}")
    return found


def _wait(api: Api, console: Console, started: Job, words: str) -> None:
    with bars(console) as progress:
        task = progress.add_task(words, total=None)
        job = api.wait_for(
            "embeddings", started, lambda job: progress.update(task, completed=job.done, total=job.total)
        )
    if job.state != "succeeded":
        raise StackError(f"{words} did not work: {job.error.get('detail') or job.state}")
