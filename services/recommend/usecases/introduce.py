"""Who can introduce the caller, or one of his colleagues, to a contact or to somebody at an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kit.auth import Identity
from kit.db import Pool, workspace
from kit.errors import FieldError, Invalid, NotFound
from kit.texts import Language
from services.recommend.domain import Introduction
from services.recommend.features.introductions import rank
from services.recommend.store import people


async def introductions(
    pool: Pool,
    who: Identity,
    *,
    contact_id: UUID | None,
    account_id: UUID | None,
    language: Language,
    limit: int,
    now: datetime,
) -> Sequence[Introduction]:
    """Return the best ways of two ties, the caller's own and his colleagues', the best first.

    Raises Invalid unless exactly one of the two is named, NotFound where it is not there.
    """
    if (contact_id is None) == (account_id is None):
        fields = [FieldError(f"#/{name}", "Name one of the two.", "query") for name in ("contact_id", "account_id")]
        raise Invalid("Name a contact or an account.", code="contact_or_account", fields=fields)
    async with workspace(pool, who.workspace_id) as connection:
        if not await people.place_is_there(connection, who.workspace_id, contact_id=contact_id, account_id=account_id):
            kind = "contact" if contact_id else "account"
            raise NotFound(f"There is no such {kind} in this workspace.", code=f"{kind}_not_found")
        ways = await people.ways(
            connection,
            who.workspace_id,
            contact_id=contact_id,
            account_id=account_id,
            user_id=who.user_id,
            as_of=now,
        )
    return rank(ways, as_of=now, language=language, limit=limit)
