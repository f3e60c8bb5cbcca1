"""What people tell us: that a tone is another, and what tags mean here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit.auth import Identity
from kit.db import Pool, workspace
from kit.errors import NotFound
from services.sentiment.domain import Correction, RelationshipLabel
from services.sentiment.features.relationship import DEFAULTS, tag_key
from services.sentiment.store import facts, tones

MEANING_DIGITS = 6  # smaller ones are beyond what the column can hold


@dataclass(frozen=True, slots=True)
class TagMeaning:
    """What a tag says here, and who says so."""

    tag: str
    value: float
    own: bool


async def correct(
    pool: Pool, who: Identity, contact_id: UUID, correction_id: UUID, label: RelationshipLabel, now: datetime
) -> bool:
    """Keep what a relationship's tone is said to be; return False where this correction is there already."""
    async with workspace(pool, who.workspace_id) as connection:
        if not await facts.present(connection, who.workspace_id, [contact_id]):
            raise NotFound("There is no such contact in this workspace.", code="contact_not_found")
        kept = await tones.of(connection, who.workspace_id, [contact_id])
        given = kept[0].overall if kept else None
        correction = Correction(correction_id, contact_id, label, given, now, who.user_id)
        return await tones.put_correction(connection, who.workspace_id, correction)


async def meanings(pool: Pool, workspace_id: UUID) -> list[TagMeaning]:
    """Return what every tag says here, in the order of the alphabet."""
    async with workspace(pool, workspace_id) as connection:
        own = await tones.own_tags(connection, workspace_id)
    return [TagMeaning(tag, value, tag in own) for tag, value in sorted({**DEFAULTS, **own}.items())]


async def replace_meanings(pool: Pool, workspace_id: UUID, values: Mapping[str, float]) -> list[TagMeaning]:
    """Let the workspace's own tags be these and no others; return what every tag says from now on."""
    rounded = {tag_key(tag): round(value, MEANING_DIGITS) for tag, value in values.items()}
    async with workspace(pool, workspace_id) as connection:
        await tones.replace_tags(connection, workspace_id, rounded)
    return await meanings(pool, workspace_id)
