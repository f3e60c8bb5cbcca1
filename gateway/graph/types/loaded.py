"""Fields that come from a batch: what the answer at hand says is said at once, the rest is loaded with that of others.

Resolvers here are no coroutines: each notes its key when its field is met, so that a whole level is one call.
"""

from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import strawberry
from graphql import FieldNode

from gateway.graph.reading import Reading
from gateway.graph.rest import Document, Part
from gateway.graph.texts import said
from kit.errors import NotFound, UpstreamFailed

Made = TypeVar("Made")


def reading_of(info: strawberry.Info) -> Reading:
    reading: Reading = info.context
    return reading


def told(known: Mapping[str, Any], name: str, load: Callable[[], "Future[Document | None]"], what: str) -> Any:
    """Return a value that is known, or what will be known of it; a row that is gone is NotFound."""
    return known[name] if name in known else _field(load(), name, what)


async def _field(row: "Future[Document | None]", name: str, what: str) -> Any:
    document = await row
    if document is None:
        code = f"{what}_not_found"
        raise NotFound(said(code), code=code)
    if name not in document:
        raise UpstreamFailed(said("upstream_failed", service="crm"), extra={"service": "crm"})
    return document[name]


async def made(row: Awaitable[Document | None], part: Part, read: Callable[[Document], Made]) -> Made | None:
    """Return what `read` makes of a loaded answer; None where there is none, UpstreamFailed where it cannot be read."""
    document = await row
    try:
        return None if document is None else read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise UpstreamFailed(said("upstream_failed", service=part), extra={"service": part}) from error


def asks_for(info: strawberry.Info, *names: str) -> bool:
    """Whether one of some fields is asked for below this one; what is in fragments counts as asked for."""
    nodes = info._raw_info.field_nodes  # noqa: SLF001 strawberry's own selected_fields copies every argument
    below = [one for node in nodes if node.selection_set for one in node.selection_set.selections]
    return any(not isinstance(one, FieldNode) or one.name.value in names for one in below)
