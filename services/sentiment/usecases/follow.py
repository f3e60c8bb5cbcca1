"""Follow the change feed: who changed, or with whom something passed, is computed anew; of the gone nothing stays."""

from datetime import datetime
from uuid import UUID

from kit import feed
from kit.db import Pool, workspace
from services.sentiment.store import facts, runs, tones
from services.sentiment.usecases.run import refresh
from services.sentiment.usecases.serving import Serving

PAGE = 1_000


async def follow_workspace(pool: Pool, workspace_id: UUID, serving: Serving, now: datetime) -> None:
    """Deal with everything that is new; a batch and its cursor move are one transaction."""
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
            if not changes:
                return
            cards = {change.entity_id for change in changes if change.kind == "contacts"}
            passed = [change.entity_id for change in changes if change.kind == "interactions"]
            changed = cards | (await facts.changed_contacts(connection, workspace_id, passed) if passed else set())
            there = await facts.present(connection, workspace_id, list(changed)) if changed else set()
            if gone := list(changed - there):
                await runs.drop_tones_of(connection, workspace_id, gone)
                await runs.drop_history_of(connection, workspace_id, gone)
                await tones.drop_corrections_of(connection, workspace_id, gone)
            run = await runs.current(connection, workspace_id)
            if run is not None and there:
                await refresh(connection, workspace_id, run, sorted(there), serving, now)
            await feed.advance(connection, workspace_id, changes[-1])
