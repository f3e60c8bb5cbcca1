"""The cache of scores on the real Valkey: found while nothing changed, never afterwards, never waited for."""

import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from redis.asyncio import Redis

from deploy.embedded import valkey
from kit.cache import Server, Shelf
from kit.cache import server as server_module
from kit.testing import until

VERSION = "m-1"
PATIENT_S = 0.3


class Score(msgspec.Struct, array_like=True, frozen=True):
    id: UUID
    score: float


@pytest.fixture
def freezable(tmp_path: Path) -> Iterator[valkey.Server]:
    with valkey.running(tmp_path) as running:
        yield running


@pytest.fixture
async def raw(redis: valkey.Server) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis.url, protocol=2) as client:
        yield client


@pytest.fixture
async def server(redis: valkey.Server) -> AsyncIterator[Server]:
    async with server_of(SecretStr(redis.url), "test") as server:
        yield await awake(server)


def server_of(url: SecretStr, service: str) -> Server:
    """Return a server that a busy machine is not taken for a dead one."""
    return Server(url, service, timeout_s=PATIENT_S)


async def awake(server: Server) -> Server:
    async def there() -> bool:
        return not server.is_away

    await until(there)
    return server


def shelf_of(server: Server, **options: bool) -> Shelf[float]:
    return Shelf(server, VERSION, float, **options)


async def kept(shelf: Shelf[float], workspace_id: UUID) -> dict[str, float]:
    return dict((await shelf.look(workspace_id, ["a", "b"])).found)


async def keep(shelf: Shelf[float], workspace_id: UUID, **values: float) -> None:
    await shelf.keep(await shelf.look(workspace_id, values), values)


async def test_what_is_kept_is_found_and_what_is_not_is_a_miss(server: Server, workspace_id: UUID) -> None:
    shelf = shelf_of(server)
    before = {result: count(result) for result in ("hit", "miss")}
    await keep(shelf, workspace_id, a=0.5)
    assert await kept(shelf, workspace_id) == {"a": 0.5}
    assert {result: count(result) - before[result] for result in before} == {"hit": 1, "miss": 2}


def count(result: str) -> float:
    return REGISTRY.get_sample_value("rapport_cache_lookups_total", {"service": "test", "result": result}) or 0.0


async def test_another_workspace_service_and_model_have_their_own(
    server: Server, redis: valkey.Server, workspace_id: UUID
) -> None:
    await keep(shelf_of(server), workspace_id, a=0.5)
    assert await kept(shelf_of(server), UUID(int=1)) == {}
    assert await kept(Shelf(server, "m-2", float), workspace_id) == {}
    async with server_of(SecretStr(redis.url), "other") as other:
        assert await kept(shelf_of(await awake(other)), workspace_id) == {}


async def test_a_key_is_as_promised_and_every_key_has_a_lifetime(
    server: Server, raw: Redis, workspace_id: UUID
) -> None:
    await keep(Shelf(server, VERSION, float, lifetime_s=7_200), workspace_id, a=0.5)
    names = [key.decode() async for key in raw.scan_iter(f"rapport:{workspace_id}:*")]
    [value] = [name for name in names if not name.endswith(":epoch")]
    assert f"rapport:{workspace_id}:test:epoch" in names
    head, _, rest = value.partition(":test:")
    version, epoch, name = rest.split(":")
    assert (head, version, name) == (f"rapport:{workspace_id}", VERSION, "a")
    assert len(epoch) >= 16
    for one in names:
        assert 0 < await raw.ttl(one) <= 3600


async def test_after_the_epoch_is_raised_nothing_of_before_is_found_in_any_process(
    server: Server, redis: valkey.Server, workspace_id: UUID
) -> None:
    shelf = shelf_of(server)
    await keep(shelf, workspace_id, a=0.5)
    async with server_of(SecretStr(redis.url), "test") as follower:
        await (await awake(follower)).raise_epoch(workspace_id)
    assert await kept(shelf, workspace_id) == {}


async def test_what_was_computed_from_facts_of_before_is_never_found(server: Server, workspace_id: UUID) -> None:
    shelf = shelf_of(server)
    look = await shelf.look(workspace_id, ["a"])
    await server.raise_epoch(workspace_id)
    await shelf.keep(look, {"a": 0.5})
    assert await kept(shelf, workspace_id) == {}


async def test_a_lost_epoch_brings_no_old_score_back(server: Server, raw: Redis, workspace_id: UUID) -> None:
    shelf = shelf_of(server)
    await keep(shelf, workspace_id, a=0.5)
    for _ in range(3):
        await raw.delete(f"rapport:{workspace_id}:test:epoch")
        assert await kept(shelf, workspace_id) == {}


async def test_what_no_fact_changes_outlives_the_epochs(server: Server, workspace_id: UUID) -> None:
    shelf = shelf_of(server, follows_facts=False)
    await keep(shelf, workspace_id, a=0.5)
    await server.raise_epoch(workspace_id)
    assert await kept(shelf, workspace_id) == {"a": 0.5}


async def test_a_value_of_another_kind_is_a_miss(server: Server, workspace_id: UUID) -> None:
    await keep(shelf_of(server), workspace_id, a=0.5)
    assert (await Shelf(server, VERSION, Score).look(workspace_id, ["a"])).found == {}
    scores = Shelf(server, VERSION, Score)
    one = Score(UUID(int=7), 0.25)
    await scores.keep(await scores.look(workspace_id, ["s"]), {"s": one})
    assert (await scores.look(workspace_id, ["s"])).found == {"s": one}


async def test_many_values_are_one_question(server: Server, raw: Redis, workspace_id: UUID) -> None:
    shelf, names = shelf_of(server), [f"n{number}" for number in range(500)]
    await shelf.keep(await shelf.look(workspace_id, names), dict.fromkeys(names, 1.5))
    before = await raw.info("commandstats")
    assert len((await shelf.look(workspace_id, names)).found) == 500
    after = await raw.info("commandstats")
    asked = {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in after}
    assert (asked["cmdstat_mget"], asked["cmdstat_get"]) == (1, 0)  # the epoch is asked for with them


async def test_without_an_address_there_is_no_cache_and_no_error(workspace_id: UUID) -> None:
    async with Server(None, "none") as none:
        await none.raise_epoch(workspace_id)
        await keep(shelf_of(none), workspace_id, a=0.5)
        assert await kept(shelf_of(none), workspace_id) == {}


def test_nobody_waits_longer_than_20_ms() -> None:
    assert server_module.TIMEOUT_S == Server(None, "test")._timeout_s == 0.020


async def test_a_frozen_server_is_waited_for_no_longer_and_then_not_at_all(
    freezable: valkey.Server, workspace_id: UUID
) -> None:
    async with server_of(SecretStr(freezable.url), "frozen") as server:
        shelf = shelf_of(await awake(server))
        await keep(shelf, workspace_id, a=0.5, b=0.75)
        os.kill(freezable.process.pid, signal.SIGSTOP)
        try:
            waited = [await timed(shelf, workspace_id) for _ in range(server_module.FAILURES_TO_REST)]
            assert server.is_away
            afterwards = [await timed(shelf, workspace_id) for _ in range(20)]
        finally:
            os.kill(freezable.process.pid, signal.SIGCONT)
        assert PATIENT_S <= min(waited) <= max(waited) < 3 * PATIENT_S
        assert sorted(afterwards)[10] < PATIENT_S / 10
        await awake(server)
        for _ in range(5):  # a late answer to an earlier question must not be taken for that to a later one
            assert await kept(shelf, workspace_id) == {"a": 0.5, "b": 0.75}


async def timed(shelf: Shelf[float], workspace_id: UUID) -> float:
    started_at = time.perf_counter()
    assert (await shelf.look(workspace_id, ["a", "b"])).found == {}
    return time.perf_counter() - started_at


async def test_an_epoch_that_could_not_be_raised_is_raised_before_anything_is_found_again(
    freezable: valkey.Server, workspace_id: UUID
) -> None:
    async with server_of(SecretStr(freezable.url), "owing") as server:
        shelf = shelf_of(await awake(server))
        await keep(shelf, workspace_id, a=0.5)
        os.kill(freezable.process.pid, signal.SIGSTOP)
        try:
            await server.raise_epoch(workspace_id)
            assert server.is_away
        finally:
            os.kill(freezable.process.pid, signal.SIGCONT)
        await awake(server)
        assert await kept(shelf, workspace_id) == {}


async def test_a_server_that_comes_back_with_an_epoch_of_before_brings_no_old_score(
    tmp_path: Path, workspace_id: UUID
) -> None:
    """A crash may lose the second in which the epoch was raised, though the file on disk has all that was before."""
    with valkey.running(tmp_path) as redis:
        url = SecretStr(redis.url)
        async with server_of(url, "test") as server:
            await keep(shelf_of(await awake(server)), workspace_id, a=0.5)
    with valkey.running(tmp_path) as redis:
        async with Redis.from_url(redis.url, protocol=2) as raw:
            assert len(await raw.keys(f"rapport:{workspace_id}:*")) == 2
        async with server_of(SecretStr(redis.url), "test") as server:
            assert await kept(shelf_of(await awake(server)), workspace_id) == {}


async def test_a_server_that_starts_late_or_dies_is_found_again(tmp_path: Path, workspace_id: UUID) -> None:
    home = tmp_path / "late"
    with valkey.running(home) as first:
        url = SecretStr(first.url)
    async with server_of(url, "late") as server:
        shelf = shelf_of(server)
        await keep(shelf, workspace_id, a=0.5)
        assert await kept(shelf, workspace_id) == {}
        with valkey.running(home):
            await keep(shelf_of(await awake(server)), workspace_id, a=0.5)
            assert await kept(shelf, workspace_id) == {"a": 0.5}
        for _ in range(server_module.FAILURES_TO_REST + 1):
            assert await kept(shelf, workspace_id) == {}
        assert server.is_away
        with valkey.running(home):
            await keep(shelf_of(await awake(server)), workspace_id, b=0.5)
            assert await kept(shelf, workspace_id) == {"b": 0.5}
