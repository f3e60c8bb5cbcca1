"""Wait until every service that follows the change feed has let go of an erased row."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from kit.auth import SCOPES, Identity
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import ServiceClient

ASK_EVERY_S = 0.5
PATIENCE_S = 60.0


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
        answer = await client.get_json(service, f"/api/ml/{service}/erasures/{row_id}", who)
    except (Unavailable, UpstreamTimeout, UpstreamFailed):
        return False
    return answer.get("erased") is True
