"""What every endpoint is given: who calls, the pool, the queue, the key of erasures."""

from typing import Annotated

from fastapi import Depends, Request

from kit.auth import Identity, require
from kit.db import Pool
from kit.jobs import Queue

PREFIX = "/api/ml/crm"


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


def queue_of(request: Request) -> Queue:
    queue: Queue = request.app.state.queue
    return queue


def erasure_key_of(request: Request) -> bytes:
    key: bytes = request.app.state.erasure_key
    return key


Reader = Annotated[Identity, Depends(require("ml:read"))]
Writer = Annotated[Identity, Depends(require("ml:write"))]
PoolDep = Annotated[Pool, Depends(pool_of)]
QueueDep = Annotated[Queue, Depends(queue_of)]
ErasureKeyDep = Annotated[bytes, Depends(erasure_key_of)]
