"""The nightly run: killed it ends as an undisturbed one, two workers do it once, nobody sees half of it."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from kit.cache import Server
from kit.http import ServiceClient
from kit.testing import Keys
from services.recommend.usecases.likeness import Compares
from tests.integration.recommend.conftest import Circle

PEOPLE = 40


class Killed(Exception):
    """What happens to a worker at any line."""


async def crowd(circle: Circle) -> dict[str, str]:
    """Forty people, each linked to some others; every third one talks."""
    random = np.random.default_rng(3)
    names = [f"p{number}" for number in range(PEOPLE)]
    ids = await circle.people(*names, organization="Engines")
    pairs = {tuple(sorted(random.choice(names, 2, replace=False).tolist())) for _ in range(70)}
    await circle.link(*pairs)
    await circle.embed()
    return ids


async def test_killed_after_any_block_it_goes_on_and_ends_in_the_same_table(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute(at_once=7)
    undisturbed = await circle.rows("people"), await circle.rows("people_runs")
    run_id, blocks = uuid4(), []

    async def die_after_two_blocks(done: int, _total: int) -> None:
        blocks.append(done)
        if done == 14 and blocks.count(14) == 1:
            raise Killed

    with pytest.raises(Killed):
        await circle.compute(run_id=run_id, at_once=7, progress=die_after_two_blocks)
    await circle.compute(run_id=run_id, at_once=7, progress=die_after_two_blocks)
    assert blocks == [0, 7, 14, 14, 21, 28, 35, 40]
    assert (await circle.rows("people"), await circle.rows("people_runs")) == undisturbed
    await circle.compute(run_id=run_id, at_once=7)
    assert (await circle.rows("people"), await circle.rows("people_runs")) == undisturbed


async def test_until_it_has_ended_the_run_before_is_shown(circle: Circle) -> None:
    ids = await crowd(circle)
    await circle.compute()
    before = await circle.meet(ids["p0"], limit=200)
    await circle.link(("p0", "p1"))

    async def look(_done: int, _total: int) -> None:
        seen = await circle.meet(ids["p0"], limit=200)
        assert seen["computed_at"] == before["computed_at"]
        assert {item["id"] for item in seen["items"]} <= {item["id"] for item in before["items"]}

    await circle.compute(at_once=7, progress=look)
    assert (await circle.meet(ids["p0"]))["computed_at"] > before["computed_at"]


async def test_two_workers_at_once_do_each_block_once(circle: Circle) -> None:
    await crowd(circle)
    await circle.compute(at_once=7)
    alone = await circle.rows("people"), await circle.rows("people_runs")
    run_id = uuid4()
    await asyncio.gather(*(circle.compute(run_id=run_id, at_once=7) for _ in range(2)))
    assert (await circle.rows("people"), await circle.rows("people_runs")) == alone


async def test_without_embeddings_the_part_is_unknown_and_the_run_says_so(circle: Circle, keys: Keys) -> None:
    ids = await crowd(circle)

    def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("told to fail")

    async with ServiceClient(
        {"embeddings": "http://embeddings"}, keys.signer("recommend"), transport=httpx.MockTransport(away)
    ) as client:
        circle.compares = Compares(client, Server(None, "recommend"))
        assert (await circle.compute())["degraded"] is True
    found = await circle.meet(ids["p0"])
    assert found["degraded"] is True
    assert found["items"]
    assert {item["parts"]["semantic_similarity"] for item in found["items"]} == {None}


async def test_an_empty_workspace_has_an_empty_run(circle: Circle) -> None:
    report: dict[str, Any] = await circle.compute()
    assert (report["contacts"], report["candidates"]) == (0, 0)
