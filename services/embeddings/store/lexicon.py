"""Rows of the lexical index: documents, postings and totals, as they are written and as a search reads them."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.rows import class_row

from kit.db import Connection, copy_rows, load_query
from services.embeddings.domain import Profile
from services.embeddings.domain.search import (
    Candidate,
    Document,
    IndexedDocument,
    Lexicon,
    LookedUp,
    Posting,
    Sayers,
    Stem,
)
from services.embeddings.features.documents import is_gram
from services.embeddings.features.postings import ENTRY

# Entries of n-grams that a search reads: of more, those left out are the n-grams that tell least.
MOST_GRAMS = 100_000

Row = TypeVar("Row")

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def stems(connection: Connection, texts: Sequence[str]) -> list[Stem]:
    """Return the stems of each text; positions count from 1. Give folded words: of marks PostgreSQL makes terms too."""
    return await _rows(connection, Stem, _query("stems"), {"texts": list(texts)})


async def lock_lexicon(connection: Connection, workspace_id: UUID) -> Lexicon:
    """Return a workspace's totals and hold them until the transaction ends."""
    rows = await _rows(connection, Lexicon, _query("lock_lexicon"), {"workspace_id": workspace_id})
    return rows[0]


async def put_lexicon(connection: Connection, workspace_id: UUID, lexicon: Lexicon) -> None:
    parameters = {
        "workspace_id": workspace_id,
        "documents": lexicon.documents,
        "words": lexicon.words,
        "grams": lexicon.grams,
        "next_number": lexicon.next_number,
    }
    await connection.execute(_query("put_lexicon"), parameters)


async def lexical_hashes(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Return from what each contact was indexed; those that were not are left out."""
    cursor = await connection.execute(_query("lexical_hashes"), {"workspace_id": workspace_id, "ids": list(ids)})
    return dict(await cursor.fetchall())


async def indexed_documents(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[IndexedDocument]:
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    return await _rows(connection, IndexedDocument, _query("indexed_documents"), parameters)


async def living(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the contacts are still there."""
    cursor = await connection.execute(_query("living"), {"workspace_id": workspace_id, "ids": list(ids)})
    return {row[0] for row in await cursor.fetchall()}


async def orphaned_documents(connection: Connection, workspace_id: UUID) -> list[UUID]:
    cursor = await connection.execute(_query("orphaned_documents"), {"workspace_id": workspace_id})
    return [row[0] for row in await cursor.fetchall()]


async def postings_of_blocks(
    connection: Connection, workspace_id: UUID, keys: Iterable[tuple[str, int]]
) -> list[Posting]:
    """Return the postings under these terms and blocks, as far as there are any."""
    return await _rows(connection, Posting, _query("postings_of_blocks"), _keys(workspace_id, list(keys)))


async def put_postings(connection: Connection, workspace_id: UUID, postings: Sequence[Posting]) -> None:
    """Replace blocks; those without entries are dropped. Once in a transaction."""
    await connection.execute(_query("make_incoming_postings"))
    rows = ((one.term, one.block, one.entries) for one in postings if one.entries)
    await copy_rows(connection, _query("copy_incoming_postings"), ("text", "int4", "bytea"), rows)
    await connection.execute(_query("merge_incoming_postings"), {"workspace_id": workspace_id})
    empty = [(one.term, one.block) for one in postings if not one.entries]
    if empty:
        await connection.execute(_query("drop_postings"), _keys(workspace_id, empty))


async def put_documents(connection: Connection, workspace_id: UUID, documents: Sequence[tuple[int, Document]]) -> None:
    """Keep documents under their numbers. Once in a transaction."""
    await connection.execute(_query("make_incoming_documents"))
    rows = (
        (one.contact_id, number, one.content_hash, one.words, one.grams, list(one.counts)) for number, one in documents
    )
    types = ("uuid", "int4", "bytea", "int4", "int4", "text[]")
    await copy_rows(connection, _query("copy_incoming_documents"), types, rows)
    await connection.execute(_query("merge_incoming_documents"), {"workspace_id": workspace_id})


async def drop_documents(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    await connection.execute(_query("drop_documents"), {"workspace_id": workspace_id, "ids": list(ids)})


async def look_up(
    connection: Connection, workspace_id: UUID, model: str, terms: Iterable[str], *, most: int = MOST_GRAMS
) -> LookedUp:
    """Return a workspace's totals and everybody who says one of the terms; all is 0 before anything is indexed.

    Of n-grams the rarest, of at most `most` entries in all.
    """
    asked = set(terms)
    grams = {term for term in asked if is_gram(term)}
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "terms": list(asked - grams),
        "grams": list(grams),
        "most": most * ENTRY.itemsize,
    }
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_query("postings"), parameters)
        rows = await cursor.fetchall()
    indexed, *totals = rows[0][:6]
    said = [Sayers(*row[7:]) for row in rows if row[7] is not None]
    return LookedUp(Lexicon(*totals), said, indexed=indexed, left_out=frozenset(rows[0][6]))


async def candidates(
    connection: Connection,
    workspace_id: UUID,
    model: str,
    embedding: NDArray[np.float32] | None,
    *,
    ids: Sequence[UUID],
    numbers: Sequence[int],
) -> list[Candidate]:
    """Return who of these is there, in no order."""
    parameters = {
        "workspace_id": workspace_id,
        "model": model,
        "embedding": None if embedding is None else HalfVector(embedding),
        "ids": list(ids),
        "numbers": list(numbers),
    }
    return await _rows(connection, Candidate, _query("candidates"), parameters)


async def found(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[Profile]:
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    return await _rows(connection, Profile, _query("found"), parameters)


async def profiles_after(connection: Connection, workspace_id: UUID, *, after: UUID, limit: int) -> list[Profile]:
    """Return the next contacts by id."""
    parameters = {"workspace_id": workspace_id, "after": after, "limit": limit}
    return await _rows(connection, Profile, _query("profiles_after"), parameters)


def _keys(workspace_id: UUID, keys: Sequence[tuple[str, int]]) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "terms": [term for term, _ in keys], "blocks": [block for _, block in keys]}


async def _rows(connection: Connection, kind: type[Row], query: LiteralString, parameters: dict[str, Any]) -> list[Row]:
    """Return rows in binary form: postings are bytes, which as text are twice as long."""
    async with connection.cursor(row_factory=class_row(kind), binary=True) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()
