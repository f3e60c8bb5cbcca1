"""`rapport status`: is each process there and ready, and how busy are the queues."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.client import Api
from deploy.embedded import postgres, valkey
from deploy.embedded.home import Home
from deploy.embedded.program import answers, answers_http
from deploy.endpoint import Endpoint
from deploy.errors import StackError

CAPABILITIES = ("crm", "embeddings", "recommendations", "churn", "sentiment")
NEWEST_JOBS = 200


def show(home: Path, endpoint: Endpoint, api: Api, console: Console) -> bool:
    """Print the state of the stack; return whether everything in it is ready."""
    ready = asyncio.run(_ask_all(Home(home), endpoint.services))
    table = Table("service", "address", "ready")
    for name, address in endpoint.services.items():
        table.add_row(name, address, Text("yes", "green") if ready[name] else Text("no", "red"))
    console.print(table)
    console.print(Text(f"workspace {endpoint.workspace_id}"))
    for capability in CAPABILITIES:
        console.print(Text(f"jobs of {capability}: {_queue(api, capability)}"))
    return all(ready.values())


async def _ask_all(home: Home, services: dict[str, str]) -> dict[str, bool]:
    results = await asyncio.gather(*(_ask(home, name, address) for name, address in services.items()))
    return dict(zip(services, results, strict=True))


async def _ask(home: Home, name: str, address: str) -> bool:
    port = urlsplit(address).port or 0
    if name == "postgres":
        return await answers(lambda: postgres.is_ready(home, port))()
    if name == "valkey":
        return await answers(lambda: valkey.is_ready(home, port))()
    return await answers_http(port)()


def _queue(api: Api, capability: str) -> str:
    try:
        jobs = api.request("GET", f"/{capability}/jobs", params={"limit": NEWEST_JOBS})["items"]
    except (StackError, KeyError):
        return "not to be had at the moment"
    return _in_words(jobs)


def _in_words(jobs: Iterable[dict[str, Any]]) -> str:
    states = [str(job.get("state")) for job in jobs]
    counts = {state: states.count(state) for state in ("running", "queued", "succeeded", "failed", "cancelled")}
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "none yet"
