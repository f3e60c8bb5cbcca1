"""What the fields of one request are loaded from: the batches of the REST API, and what its lists said beside."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import strawberry

from gateway.graph import rest
from gateway.graph.loaders import NEIGHBOURS, Loader, Turns
from gateway.graph.rest import Answer, Call, Document, Rest, of_item
from kit.errors import RapportError

Known: TypeAlias = Mapping[str, Any]  # what an answer says of a contact or account, by the REST API's names
Neighbours: TypeAlias = list[tuple[float, Known]]
Found: TypeAlias = dict[UUID, Document | RapportError]
Explained: TypeAlias = tuple[UUID, bool]  # whose score, and whether with its reasons

ROWS_LIMIT, SCORES_LIMIT, EXPLAINED_LIMIT, ANCHORS_LIMIT = 1_000, 1_000, 200, 500
# What a list says of itself that has no field: it goes into the extensions of the answer, so that nothing is silent.
STANDING = {
    "status": "status",
    "missing": "missing",
    "degraded": "degraded",
    "exhaustive": "exhaustive",
    "below_min_score": "belowMinScore",
    "next_cursor": "nextCursor",
}


@dataclass(slots=True)
class Reading:
    """One request: as whom it asks, what it has loaded, what is to be said beside the data."""

    rest: Rest
    document: Any  # the query as it was read
    propagates: bool = False  # whether an error of a field that cannot be null takes its parent with it
    turns: Turns = field(default_factory=Turns)
    lists: list[dict[str, Any]] = field(default_factory=list)
    contacts: Loader[UUID, Document] = field(init=False)
    accounts: Loader[UUID, Document] = field(init=False)
    similar: Loader[tuple[UUID, int], Neighbours] = field(init=False)
    churn: Loader[Explained, Document] = field(init=False)
    sentiment: Loader[UUID, Document] = field(init=False)
    icp: Loader[Explained, Document] = field(init=False)

    def __post_init__(self) -> None:
        api, turns = self.rest, self.turns
        self.contacts = Loader(partial(_rows, api, rest.CONTACTS), turns, most=ROWS_LIMIT)
        self.accounts = Loader(partial(_rows, api, rest.ACCOUNTS), turns, most=ROWS_LIMIT)
        self.similar = Loader(partial(_similar, api), turns, most=ANCHORS_LIMIT, level=NEIGHBOURS)
        self.churn = Loader(partial(_explained, partial(_churn, api)), turns, most=SCORES_LIMIT)
        self.sentiment = Loader(partial(_sentiment, api), turns, most=SCORES_LIMIT)
        self.icp = Loader(partial(_explained, partial(_icp, api)), turns, most=SCORES_LIMIT)

    async def list(self, info: strawberry.Info, call: Call, read: Callable[[Document], Answer], **asked: Any) -> Answer:
        """Ask for a list that a query begins with, and keep what it says of itself."""

        def noted(document: Document) -> Answer:
            found = read(document)
            said = {ours: document[theirs] for theirs, ours in STANDING.items() if document.get(theirs) is not None}
            if said:
                self.lists.append({"path": info.path.as_list(), **said})
            return found

        with self.turns.finding():
            return await self.rest.ask(call, noted, **asked)

    def close(self) -> None:
        for loader in (self.contacts, self.accounts, self.similar, self.churn, self.sentiment, self.icp):
            loader.close()


async def _rows(api: Rest, call: Call, ids: Sequence[UUID]) -> Found:
    """Return rows by id; those that are not there are left out."""
    return await api.ask(call, partial(_by, "id"), body={"ids": [str(one) for one in ids]})


async def _explained(score: Callable[..., Awaitable[Found]], keys: Sequence[Explained]) -> dict[Explained, Any]:
    """Score many with one call, with reasons if any of them is to have some; with several where that is too many."""
    wanted = dict.fromkeys(one for one, explain in keys if explain)
    plain = [one for one in dict.fromkeys(one for one, _ in keys) if one not in wanted]
    if wanted and len(wanted) + len(plain) <= EXPLAINED_LIMIT:
        pieces = [score([*wanted, *plain], explain=True)]
    else:
        ids = list(wanted)
        pieces = [score(ids[n : n + EXPLAINED_LIMIT], explain=True) for n in range(0, len(ids), EXPLAINED_LIMIT)]
        pieces += [score(plain, explain=False)] if plain else []
    found = {one: score for piece in await asyncio.gather(*pieces) for one, score in piece.items()}
    return {(one, explain): found.get(one) for one, explain in keys}


async def _churn(api: Rest, ids: Sequence[UUID], *, explain: bool) -> Found:
    body = {"contact_ids": [str(one) for one in ids], "explain": explain}
    return await api.ask(rest.CHURN_OF_MANY, partial(_by, "contact_id", part="churn"), body=body)


async def _sentiment(api: Rest, ids: Sequence[UUID]) -> Found:
    body = {"contact_ids": [str(one) for one in ids]}
    return await api.ask(rest.SENTIMENT_OF_MANY, partial(_by, "contact_id", part="sentiment"), body=body)


async def _icp(api: Rest, ids: Sequence[UUID], *, explain: bool) -> Found:
    items = [{"account_id": str(one)} for one in ids]
    read = partial(_by, "account_id", part="icp")
    return await api.ask(rest.ICP_OF_MANY, read, body={"items": items, "explain": explain})


async def _similar(api: Rest, keys: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], Neighbours]:
    """Return who is most like each contact, nearest first; who was erased since is left out."""
    anchors = [str(one) for one in dict.fromkeys(contact_id for contact_id, _ in keys)]
    most = max(limit for _, limit in keys)
    near = await api.ask(rest.SIMILAR_OF_MANY, _near, body={"contact_ids": anchors, "limit": most, "people": True})
    return {(contact_id, limit): near.get(contact_id, [])[:limit] for contact_id, limit in keys}


def _near(document: Document) -> dict[UUID, Neighbours]:
    people = {one["id"]: one for one in document["people"]}
    return {
        UUID(item["contact_id"]): [
            (similarity, people[contact_id])
            for contact_id, similarity in zip(item["ids"], item["similarities"], strict=True)
            if contact_id in people
        ]
        for item in document["items"]
    }


def _by(name: str, document: Document, *, part: rest.Part = "crm") -> Found:
    found: Found = {}
    for item in document["items"]:
        told = of_item(part, item)
        if told is not None:
            found[UUID(item[name])] = told
    return found
