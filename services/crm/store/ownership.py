"""Whose the facts are, asked of the views themselves, so that no setting can disagree with them."""

from functools import partial
from pathlib import Path

from kit.db import Connection, load_query

_query = partial(load_query, Path(__file__).parents[1] / "sql")


async def is_elsewhere(connection: Connection, kind: str) -> bool:
    """Return whether `crm.{kind}` shows another CRM's rows and not those of our own table."""
    row = await (await connection.execute(_query("owned_elsewhere"), {"kind": kind})).fetchone()
    return row is not None and bool(row[0])
