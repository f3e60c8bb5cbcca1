"""What every endpoint is given: who calls, the pool, the queue."""

from typing import Annotated

from fastapi import Depends, Request

from kit.auth import Identity, require
from kit.db import Pool
from kit.jobs import Queue


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


def queue_of(request: Request) -> Queue:
    queue: Queue = request.app.state.queue
    return queue


Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
PoolDep = Annotated[Pool, Depends(pool_of)]
QueueDep = Annotated[Queue, Depends(queue_of)]
