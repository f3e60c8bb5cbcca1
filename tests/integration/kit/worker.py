"""A worker of its own process, as operations would run it, for tests that kill it: `python -m … <conninfo>`."""

import asyncio
import sys
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from kit import logs
from kit.db import Pool, open_pool
from kit.errors import NotFound
from kit.jobs import Queue, Run

QUEUE = "rehearsal"
PERSONAL = "Ada Lovelace, +44 20 7946 0000"


async def count(run: Run) -> dict[str, Any]:
    """Take as many steps as asked, a tenth of a second each; say where an earlier run had got to."""
    for step in range(run.job.arguments["steps"]):
        await run.progress(step + 1, run.job.arguments["steps"])
        await asyncio.sleep(0.1)
    return {"earlier_run_did": run.job.done}


async def stumble(run: Run) -> dict[str, Any]:
    """Fail once by a fault that quotes a person, then succeed."""
    if run.job.done == 0:
        await run.progress(1)
        raise ValueError(PERSONAL)
    return {}


async def refuse(_run: Run) -> dict[str, Any]:
    raise NotFound("There is no such thing.", code="no_such_thing", extra={"hint": "look elsewhere"})


async def follow(_workspace_id: UUID) -> None:
    """Take longer than any test waits."""
    await asyncio.sleep(600)


def make_queue(conninfo: str) -> Queue:
    queue = Queue(QUEUE, SecretStr(conninfo), dead_after_s=2.0, graceful_stop_s=0.5)
    for kind, handler in {"count": count, "stumble": stumble, "refuse": refuse}.items():
        queue.handle(kind, handler)
    return queue


def make_pool(conninfo: str) -> Pool:
    return open_pool(conninfo, name="rehearsal", max_size=6)


async def main() -> None:
    logs.configure("rehearsal")
    queue = make_queue(sys.argv[1])
    queue.follow(follow)
    async with make_pool(sys.argv[1]) as pool:
        await queue.work(pool, concurrency=4)


if __name__ == "__main__":
    asyncio.run(main())
