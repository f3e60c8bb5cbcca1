"""Follow the change feed: of a contact who is gone nothing stays, neither as who asks nor as whom to meet."""

from uuid import UUID

from kit import feed
from kit.db import Pool, workspace
from services.recommend.store import people, runs

PAGE = 1_000


async def follow_workspace(pool: Pool, workspace_id: UUID) -> None:
    """Deal with everything that is new; a batch and its cursor move are one transaction."""
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
            if not changes:
                return
            ids = {change.entity_id for change in changes if change.kind == "contacts" and change.op == "delete"}
            gone = list(ids - await people.present(connection, workspace_id, list(ids))) if ids else []
            if gone:
                await runs.drop_people_of(connection, workspace_id, gone)
                await people.drop_feedback_of(connection, workspace_id, gone)
            await feed.advance(connection, workspace_id, changes[-1])
