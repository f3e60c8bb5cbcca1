"""What is computed from the facts, stage by stage: asked for as jobs, with a bar for each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console

from deploy.client import Api, Job
from deploy.errors import StackError
from deploy.importing import bars


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of job of one capability; `timed`: it can be asked for as of another time."""

    capability: str
    kind: str
    words: str
    timed: bool = True


GRAPH = Stage("crm", "graph", "Computing who knows whom")
VECTORS = Stage("embeddings", "embed", "Computing vectors", timed=False)
PEOPLE = Stage("recommendations", "recommend", "Computing whom everybody should meet")
LEARNING = Stage("recommendations", "train", "Learning who meets whom")

# In the order of the night: each may need what those before it have made.
NIGHT = (GRAPH, VECTORS, PEOPLE)


def run_night(api: Api, console: Console, as_of: datetime | None) -> None:
    """Run every stage of the night, one after the other; raise StackError at the first that does not work."""
    for stage in NIGHT:
        compute(api, console, stage, as_of=as_of)


def compute(api: Api, console: Console, stage: Stage, *, as_of: datetime | None = None) -> dict[str, Any]:
    """Ask for a job and wait for it; return its result."""
    asked = {"kind": stage.kind} | ({"as_of": as_of.isoformat()} if as_of and stage.timed else {})
    with bars(console) as progress:
        task = progress.add_task(stage.words, total=None)
        started = Job.from_json(api.request("POST", f"/{stage.capability}/jobs", json=asked))
        job = api.wait_for(
            stage.capability, started, lambda job: progress.update(task, completed=job.done, total=job.total)
        )
    if job.state != "succeeded":
        raise StackError(f"{stage.words} did not work: {job.error.get('detail') or job.state}")
    return job.result
