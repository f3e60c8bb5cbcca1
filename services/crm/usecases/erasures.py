"""Erase a row, and wait until every service that follows the change feed has let go of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from kit.auth import SCOPES, Identity
from kit.db import Connection
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import ServiceClient
from kit.jobs import Job, Queue
from services.crm import store
from services.crm.store import erasures
from services.crm.usecases.facts import Kind, read_one
from services.crm.usecases.ownership import refuse_if_elsewhere
from services.crm.usecases.suppressions import suppress

# Services whose capability, and so the path of what they answer, has another name than theirs (SPEC §4).
CAPABILITY = {"recommend": "recommendations", "icp": "icp-score"}

ASK_EVERY_S = 0.5
PATIENCE_S = 5.0  # of one attempt: the worker has other work too
MENTIONS_REPORTED = 200


async def erase(
    connection: Connection, queue: Queue, who: Identity, kind: Kind, row_id: UUID, erasure_key: bytes
) -> Job:
    """Delete a row with its history and ask for the job that waits until every service has let go of it.

    The job knows ids only: of the row, and of the texts of others that mention a person.
    """
    await refuse_if_elsewhere(connection, kind.name)
    arguments: dict[str, Any] = {"kind": kind.name, "id": str(row_id)}
    if kind.is_person:  # a long look at everybody's texts, before the other writers have to wait
        arguments["mentions"] = await _mentions(connection, who.workspace_id, row_id)
    await store.open_for_writing(connection, who.workspace_id)
    if kind.is_person:
        await suppress(connection, who.workspace_id, erasure_key, row_id)
    await read_one(connection, who.workspace_id, kind, row_id)
    await store.delete(connection, who.workspace_id, kind.table, row_id)
    return await queue.enqueue(connection, who.workspace_id, "erase", arguments, alone_with=str(row_id))


async def _mentions(connection: Connection, workspace_id: UUID, contact_id: UUID) -> dict[str, Any]:
    found = await erasures.mentions(connection, workspace_id, contact_id, limit=MENTIONS_REPORTED)
    total = sum({one.kind: one.total for one in found}.values())
    items = [{"kind": one.kind, "id": str(one.id)} for one in found]
    return {"items": items, "omitted": total - len(items)}


async def confirm(
    client: ServiceClient,
    workspace_id: UUID,
    row_id: UUID,
    progress: Callable[[int, int], Awaitable[None]],
    *,
    ask_every_s: float = ASK_EVERY_S,
    patience_s: float = PATIENCE_S,
) -> list[str]:
    """Return the services that confirmed, all of them; raise Unavailable when one has not within `patience_s`."""
    who = Identity("crm", workspace_id, None, SCOPES)
    waiting, confirmed = list(client.services), list[str]()
    try:
        async with asyncio.timeout(patience_s):
            while waiting:
                if await _confirms(client, waiting[0], who, row_id):
                    confirmed.append(waiting.pop(0))
                    await progress(len(confirmed), len(client.services))
                else:
                    await asyncio.sleep(ask_every_s)
    except TimeoutError as error:
        raise Unavailable(f"{waiting[0]} has not confirmed yet.", code="erasure_unconfirmed") from error
    return confirmed


async def _confirms(client: ServiceClient, service: str, who: Identity, row_id: UUID) -> bool:
    """Ask one service; one that is away just now has not confirmed yet."""
    try:
        answer = await client.get_json(service, f"/api/ml/{CAPABILITY.get(service, service)}/erasures/{row_id}", who)
    except (Unavailable, UpstreamTimeout, UpstreamFailed):
        return False
    return answer.get("erased") is True
