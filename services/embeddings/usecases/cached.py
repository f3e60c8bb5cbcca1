"""What comparing people need not compute twice: the vector of a text, and who is near whom, as ids and numbers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from kit.cache import Look, Server, Shelf
from kit.db import Connection
from services.embeddings import store
from services.embeddings.domain import Anchor, Hit, Neighbour
from services.embeddings.model import EmbeddingModel


class Near(msgspec.Struct, array_like=True, frozen=True):
    """The nearest of a workspace to one text of one person, nearest first, and whether everybody was compared."""

    text: str  # its digest
    ids: list[UUID]
    similarities: list[float]
    exhaustive: bool


@dataclass(frozen=True, slots=True)
class Shelves:
    """What this service keeps in the cache for one model: vectors of what contacts say and of what is asked, lists, and
    whether everybody has a vector.
    """

    contacts: Shelf[bytes]
    queries: Shelf[bytes]  # no fact changes them
    near: Shelf[Near]
    complete: Shelf[bool]

    @classmethod
    def of(cls, server: Server, model: EmbeddingModel) -> Self:
        version = f"{model.name}-{model.dimensions}"
        queries = Shelf(server, version, bytes, follows_facts=False)
        return cls(Shelf(server, version, bytes), queries, Shelf(server, version, Near), Shelf(server, version, bool))


async def embed_text(shelf: Shelf[bytes], model: EmbeddingModel, workspace_id: UUID, text: str) -> NDArray[np.float32]:
    """Return the unit vector of a text; raise what the model raises."""
    name = "vector." + digest(workspace_id, text)
    look = await shelf.look(workspace_id, [name])
    if kept := look.found.get(name):
        vector = np.frombuffer(kept, np.float32)
        if vector.shape == (model.dimensions,):
            return vector
    made: NDArray[np.float32] = (await model.embed([text]))[0]
    await shelf.keep(look, {name: made.tobytes()})
    return made


def digest(workspace_id: UUID, text: str) -> str:
    """Return a name that tells nothing of the text, nor that another workspace has the same."""
    return hashlib.blake2b(text.encode(), key=workspace_id.bytes, digest_size=16).hexdigest()


def near_name(contact_id: UUID, limit: int) -> str:
    return f"near.{contact_id}.{limit}"


def near_of(look: Look[Near], anchor: Anchor) -> Near | None:
    """Return the list that was found, unless the person's text, or what is known of it, is another by now."""
    text = digest(look.workspace_id, anchor.text)
    return next((near for near in look.found.values() if anchor.status == "scored" and near.text == text), None)


def near(workspace_id: UUID, anchor: Anchor, hits: Sequence[Hit], *, exhaustive: bool) -> Near:
    text = digest(workspace_id, anchor.text)
    return Near(text, [hit.contact_id for hit in hits], [hit.similarity for hit in hits], exhaustive)


async def keep_near(shelf: Shelf[Near], look: Look[Near], anchor: Anchor, found: Near, *, limit: int) -> None:
    """Keep who is nearest to a person; an older vector's neighbours are not worth it."""
    if anchor.status == "scored":
        await shelf.keep(look, {near_name(anchor.profile.id, limit): found})


async def is_complete(shelf: Shelf[bool], connection: Connection, workspace_id: UUID, model: EmbeddingModel) -> bool:
    """Return whether every contact that can be compared has a vector: to find out, all of them are looked at."""
    name = f"complete.{'-'.join(model.fields)}"
    look = await shelf.look(workspace_id, [name])
    if look.found.get(name):
        return True
    complete = await store.is_complete(connection, workspace_id, model.name, model.fields)
    if complete:
        await shelf.keep(look, {name: True})
    return complete


async def people_of(connection: Connection, workspace_id: UUID, found: Near) -> list[Neighbour]:
    """Return the people of a list as they are now; one who is gone is not in it."""
    by_id = {person.id: person for person in await store.people(connection, workspace_id, found.ids)}
    return [
        Neighbour(by_id[contact_id], similarity)
        for contact_id, similarity in zip(found.ids, found.similarities, strict=True)
        if contact_id in by_id
    ]
