"""Follow the change feed: of a contact who is gone nothing stays, and whoever has a new tie gets a new list."""

from collections.abc import Iterable
from uuid import UUID

from kit import feed
from kit.db import Connection, Pool, workspace
from services.recommend.store import people, runs

PAGE = 1_000


async def follow_workspace(pool: Pool, workspace_id: UUID) -> None:
    """Deal with everything that is new; a batch and its cursor move are one transaction."""
    while True:
        async with workspace(pool, workspace_id) as connection:
            changes = await feed.read_changes(connection, workspace_id, limit=PAGE)
            if not changes:
                return
            await _forget(connection, workspace_id, _named(changes, "contacts", "delete"))
            links, interactions = (_named(changes, kind, "insert") for kind in ("links", "interactions"))
            if links or interactions:
                await runs.mark_outdated(connection, workspace_id, link_ids=links, interaction_ids=interactions)
            await feed.advance(connection, workspace_id, changes[-1])


def _named(changes: Iterable[feed.Change], kind: str, op: str) -> list[UUID]:
    return list(dict.fromkeys(one.entity_id for one in changes if one.kind == kind and one.op == op))


async def _forget(connection: Connection, workspace_id: UUID, ids: list[UUID]) -> None:
    gone = list(set(ids) - await people.present(connection, workspace_id, ids)) if ids else []
    if gone:
        await runs.drop_people_of(connection, workspace_id, gone)
        await people.drop_feedback_of(connection, workspace_id, gone)
