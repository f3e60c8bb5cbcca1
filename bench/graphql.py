"""What GraphQL costs over the REST calls it makes: fifty people to meet, with tags and five neighbours each.

The graph process stands before an upstream that answers each call with the same ready body of the services' shape, so
what is measured is reading the query, batching, putting together and writing out. The peer makes the same three calls
one after the other, by the same kind of client, reads their JSON and puts it together no further. In turns; exit code
1 when a query makes more calls than one for each service and kind, or under the gate.

    python -m bench.graphql [--seconds 3] [--rounds 5]
"""

import argparse
import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from rich.console import Console
from rich.table import Table
from starlette.types import Receive, Scope, Send

from bench import cores
from bench.proxy import free_port, serving
from kit.testing import Keys, caller

PEOPLE, NEIGHBOURS = 50, 5
GATE = 15.0  # of the time of the three calls
QUERY = """{
  recommendedContacts(limit: %d) {
    score reason
    contact { id firstName lastName tags similar(limit: %d) { id firstName lastName similarity } }
  }
}"""


def _person(number: int) -> dict[str, object]:
    names = {"first_name": f"First {number}", "last_name": f"Last {number}", "organization": "Acme", "title": "Analyst"}
    return {"id": str(UUID(int=number)), **names}


def _bodies() -> dict[str, bytes]:
    """Return a ready answer for each path."""
    ids = range(1, PEOPLE + 1)
    near = {number: [1000 * number + n for n in range(NEIGHBOURS)] for number in ids}
    reason = {"code": "mutual_contacts", "direction": "up", "text": "3 mutual contacts", "contribution": 0.1}
    recommended = [
        {**_person(number), "score": 0.9, "parts": {"influence": 0.5}, "reason": "3 mutual contacts",
         "reasons": [reason] * 3, "contact": _person(number)}
        for number in ids
    ]  # fmt: skip
    similar = [
        {"contact_id": str(UUID(int=number)), "ids": [str(UUID(int=one)) for one in near[number]],
         "similarities": [0.7] * NEIGHBOURS}
        for number in ids
    ]  # fmt: skip
    people = [{**_person(one), "tags": ["mentor"]} for ones in near.values() for one in ones]
    rows = [{**_person(number), "tags": ["mentor"], "influence_score": 0.5} for number in ids]
    documents = {
        "/api/ml/recommendations/contacts": {"items": recommended, "next_cursor": None},
        "/api/ml/similar/batch": {"items": similar, "people": people, "next_cursor": None},
        "/api/ml/crm/contacts/batch": {"items": rows, "next_cursor": None},
    }
    return {path: json.dumps(document).encode() for path, document in documents.items()}


BODIES = _bodies()


async def upstream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the three services would, at once."""
    if scope["type"] == "lifespan":
        return
    while (await receive()).get("more_body", False):
        pass
    body = BODIES[scope["path"]]
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def timed(work: Callable[[], Awaitable[None]], seconds: float) -> float:
    """Return the median of how long it takes, in ms."""
    times, until = list[float](), time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        await work()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


async def measure(graph: str, target: str, bearer: str, *, seconds: float, rounds: int) -> list[tuple[float, float]]:
    """Return of each round the median of GraphQL and of the three calls."""
    asked = {"query": QUERY % (PEOPLE, NEIGHBOURS)}
    transport = AiohttpTransport(client=aiohttp.ClientSession())
    async with httpx.AsyncClient(transport=transport, headers={"Authorization": f"Bearer {bearer}"}) as client:

        async def by_graphql() -> None:
            answer = (await client.post(f"{graph}/graphql", json=asked)).json()
            assert "errors" not in answer, answer["errors"][:1]  # noqa: S101 else nothing was measured
            assert len(answer["data"]["recommendedContacts"]) == PEOPLE  # noqa: S101

        async def by_rest() -> None:
            found = (await client.get(f"{target}/api/ml/recommendations/contacts?limit={PEOPLE}")).json()
            ids = [one["id"] for one in found["items"]]
            wanted = {"contact_ids": ids, "limit": NEIGHBOURS, "people": True}
            (await client.post(f"{target}/api/ml/similar/batch", json=wanted)).json()
            (await client.post(f"{target}/api/ml/crm/contacts/batch", json={"ids": ids})).json()

        await by_graphql()
        await by_rest()
        return [(await timed(by_graphql, seconds), await timed(by_rest, seconds)) for _ in range(rounds)]


def calls_of_one(graph: str, bearer: str) -> dict[str, float]:
    """Return how many calls one query makes, by the process's own counter."""

    def counted() -> dict[str, float]:
        text = httpx.get(f"{graph}/metrics").text
        found = re.findall(
            r'^rapport_graph_calls_total\{call="([^"]+)",service="\w+"\} ([\d.e+]+)$', text, re.MULTILINE
        )
        return {call: float(value) for call, value in found}

    before = counted()
    headers = {"Authorization": f"Bearer {bearer}"}
    httpx.post(f"{graph}/graphql", json={"query": QUERY % (PEOPLE, NEIGHBOURS)}, headers=headers).raise_for_status()
    return {call: value - before.get(call, 0.0) for call, value in counted().items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    keys = Keys("gateway", "graph")
    bearer = keys.signer("gateway").token(caller(UUID(int=1), "ml:read"), "graph")
    measured, around = cores.split()
    with ExitStack() as stack, cores.before_others(), cores.started_on(around):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "jwks.json").write_text(json.dumps(keys.jwks))
        (folder / "graph.pem").write_bytes(keys.pem("graph"))
        target = stack.enter_context(serving("bench.graphql:upstream", free_port())).url
        env = {
            "GRAPH_SERVICES": json.dumps(dict.fromkeys(("crm", "embeddings", "recommend"), target)),
            "GRAPH_JWKS_FILE": str(folder / "jwks.json"),
            "GRAPH_SIGNING_KEY_FILE": str(folder / "graph.pem"),
        }
        with cores.started_on(measured):
            served = serving("gateway.graph.app:create_app", free_port(), factory=True, env=env)
            graph = stack.enter_context(served).url
        calls = calls_of_one(graph, bearer)
        found = asyncio.run(measure(graph, target, bearer, seconds=given.seconds, rounds=given.rounds))
    show(found)
    judge(found, calls)


def show(found: list[tuple[float, float]]) -> None:
    ours, theirs = (statistics.median(times) for times in zip(*found, strict=True))
    values = PEOPLE * (2 + 4 + NEIGHBOURS * 4)
    table = Table("way", "p50 ms", "of the three calls", title=f"{PEOPLE} people with {NEIGHBOURS} neighbours each")
    table.add_row("GraphQL", f"{ours:.1f}", f"{ours / theirs:.1f}")
    table.add_row("the three calls", f"{theirs:.1f}", "1")
    console = Console(width=120)
    console.print(table)
    console.print(f"{(ours - theirs) / values * 1e3:.1f} µs for each of {values:,} values")


def judge(found: list[tuple[float, float]], calls: dict[str, float]) -> None:
    ratio = statistics.median(ours / theirs for ours, theirs in found)
    made, once = sum(calls.values()), set(calls.values()) == {1.0} and len(calls) == len(BODIES)
    print(f"{'holds' if once else 'FAILS'}  calls of one query: {made:.0f} (one for each of {len(BODIES)} kinds)")
    print(f"{'holds' if ratio < GATE else 'FAILS'}  times the three calls: {ratio:.1f} (gate {GATE:g})")
    if not (once and ratio < GATE):
        sys.exit(1)


if __name__ == "__main__":
    main()
