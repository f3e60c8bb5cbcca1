"""Asks for every stage that the night asks for by itself, one after the other, with progress."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import Progress

from deploy.client import Api, Job
from deploy.errors import StackError
from deploy.importing import bars

Results = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A job of a capability, and what it is called while it runs."""

    capability: str
    kind: str
    words: str
    takes_as_of: bool = False

    @property
    def name(self) -> str:
        return f"{self.capability}/{self.kind}"


STAGES = (
    Stage("crm", "graph", "Computing who knows whom", takes_as_of=True),
    Stage("embeddings", "embed", "Computing vectors"),
    Stage("recommendations", "train", "Learning who meets whom", takes_as_of=True),
    Stage("recommendations", "recommend", "Finding people to meet", takes_as_of=True),
    Stage("churn", "train", "Learning who drifts away", takes_as_of=True),
    Stage("churn", "predict", "Finding who drifts away", takes_as_of=True),
    Stage("sentiment", "analyze", "Reading how people feel", takes_as_of=True),
    Stage("embeddings", "cluster", "Finding interest clusters"),
)


def run(api: Api, console: Console, *, as_of: str | None = None, without: frozenset[str] = frozenset()) -> Results:
    """Run all stages but those named in `without`; return what each has to say, by its name.

    Those that know no past use the facts as they stand.
    """
    with bars(console) as progress:
        stages = (stage for stage in STAGES if stage.name not in without)
        return {stage.name: _run_stage(api, progress, stage, as_of) for stage in stages}


def _run_stage(api: Api, progress: Progress, stage: Stage, as_of: str | None) -> dict[str, Any]:
    bar = progress.add_task(stage.words, total=None)
    asked = {"kind": stage.kind} | ({"as_of": as_of} if as_of and stage.takes_as_of else {})
    started = Job.from_json(api.request("POST", f"/{stage.capability}/jobs", json=asked))
    job = api.wait_for(stage.capability, started, lambda job: progress.update(bar, completed=job.done, total=job.total))
    result = _succeeded(job, stage)
    progress.update(bar, completed=job.done, total=job.done)
    if missing := result.get("missing"):
        progress.console.print(f"{stage.words}: not enough data yet ({', '.join(missing)})")
    return result


def _succeeded(job: Job, stage: Stage) -> dict[str, Any]:
    if job.state != "succeeded":
        raise StackError(f"{stage.words} did not work: {job.error.get('detail') or job.state}")
    return job.result
