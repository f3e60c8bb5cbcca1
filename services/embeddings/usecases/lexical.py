"""Keep a workspace's lexical index fresh, whether the provider is there or not; what has not changed costs nothing."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from kit.db import Connection, Pool, workspace
from services.embeddings.domain import Profile
from services.embeddings.domain.search import Document, IndexedDocument, Lexicon
from services.embeddings.features import documents, postings
from services.embeddings.store import lexicon as index


async def refresh(
    connection: Connection, workspace_id: UUID, profiles: Sequence[Profile], *, gone: Sequence[UUID] = ()
) -> None:
    """Index contacts whose words have changed and forget those that are gone. Once in a transaction.

    Writers of one workspace take turns, and who is found gone in his turn is not indexed: one erased stays so.
    """
    known = await index.lexical_hashes(connection, workspace_id, [profile.id for profile in profiles])
    stale = [profile for profile in profiles if known.get(profile.id) != documents.lexical_hash(profile)]
    if not stale and not gone:
        return
    made = await _documents(connection, stale)
    totals = await index.lock_lexicon(connection, workspace_id)
    living = await index.living(connection, workspace_id, [one.contact_id for one in made])
    present = [one for one in made if one.contact_id in living]
    ids = [*(one.contact_id for one in made), *gone]
    await _write(
        connection, workspace_id, totals, await index.indexed_documents(connection, workspace_id, ids), present
    )
    dropped = [contact_id for contact_id in ids if contact_id not in living]
    if dropped:
        await index.drop_documents(connection, workspace_id, dropped)


async def drop_orphans(connection: Connection, workspace_id: UUID) -> None:
    """Forget everybody who is gone from the facts."""
    gone = await index.orphaned_documents(connection, workspace_id)
    if gone:
        await refresh(connection, workspace_id, [], gone=gone)


async def refresh_after(pool: Pool, workspace_id: UUID, after: UUID, *, page: int) -> None:
    """Index every contact behind one, by id: the provider has failed at it, and words need not wait."""
    last: UUID | None = after
    while last:
        async with workspace(pool, workspace_id) as connection:
            profiles = await index.profiles_after(connection, workspace_id, after=last, limit=page)
            await refresh(connection, workspace_id, profiles)
        last = profiles[-1].id if profiles else None


async def _documents(connection: Connection, profiles: Sequence[Profile]) -> list[Document]:
    stems: list[dict[str, int]] = [{} for _ in profiles]
    for stem in await index.stems(connection, [documents.spoken(profile) for profile in profiles]):
        stems[stem.position - 1][stem.lexeme] = stem.count
    return [documents.document(profile, said) for profile, said in zip(profiles, stems, strict=True)]


async def _write(
    connection: Connection,
    workspace_id: UUID,
    totals: Lexicon,
    before: Sequence[IndexedDocument],
    after: Sequence[Document],
) -> None:
    """Replace documents by others; a contact keeps its number."""
    numbers = {one.contact_id: one.number for one in before}
    new = [one.contact_id for one in after if one.contact_id not in numbers]
    numbers.update(zip(new, range(totals.next_number, totals.next_number + len(new)), strict=True))
    added = [(numbers[one.contact_id], one) for one in after]
    keys = {(term, one.number // postings.BLOCK) for one in before for term in one.terms}
    keys |= {(term, number // postings.BLOCK) for number, one in added for term in one.counts}
    kept = await index.postings_of_blocks(connection, workspace_id, sorted(keys))
    touched = np.array([one.number for one in before], np.int64)
    await index.put_postings(connection, workspace_id, postings.merge(kept, touched, added))
    await index.put_documents(connection, workspace_id, added)
    changed = replace(
        totals,
        documents=totals.documents + len(after) - len(before),
        words=totals.words + sum(one.words for one in after) - sum(one.words for one in before),
        grams=totals.grams + sum(one.grams for one in after) - sum(one.grams for one in before),
        next_number=totals.next_number + len(new),
    )
    await index.put_lexicon(connection, workspace_id, changed)
