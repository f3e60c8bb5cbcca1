"""Batched loading: what many fields of one request need is asked for in one call.

A loader collects keys. First the lists go that a query begins with, then who is similar to those on them, and what is
said of people known by id waits until nobody is finding people any more: so one met on the first level and one met on
the third are asked for together. Strawberry's own DataLoader sends what one turn of the event loop has brought, which
is a call for each level.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Generic, TypeVar

from kit.errors import RapportError

Key = TypeVar("Key")
Value = TypeVar("Value")

# An answer becomes keys of the next level within a few turns of the loop: one for each await between them.
QUIET_TURNS = 8
LEVELS = LISTS, NEIGHBOURS = range(2)
KNOWN = len(LEVELS)  # of those who find nobody


class Turns:
    """Who is still finding out which people there are, in the order of who needs whom: lists, then their neighbours."""

    def __init__(self) -> None:
        self._finding = [0] * len(LEVELS)
        self._ended = asyncio.Event()

    @contextmanager
    def finding(self, level: int = LISTS) -> Iterator[None]:
        self._finding[level] += 1
        try:
            yield
        finally:
            self._finding[level] -= 1
            self._ended.set()
            self._ended = asyncio.Event()

    async def quiet(self, level: int) -> None:
        """Return once nobody has been finding on a level before this one for some turns of the loop."""
        turns = 0
        while turns < QUIET_TURNS:
            if any(self._finding[:level]):
                await self._ended.wait()
                turns = 0
            await asyncio.sleep(0)
            turns += 1


class Loader(Generic[Key, Value]):
    """Loads values by key, each once for a request, at most `most` of them with one call."""

    def __init__(
        self,
        fetch: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value | RapportError]]],
        turns: Turns,
        *,
        most: int,
        level: int = KNOWN,
    ) -> None:
        self._fetch = fetch
        self._turns = turns
        self._most = most
        self._level = level
        self._values: dict[Key, asyncio.Future[Value | None]] = {}
        self._waiting: list[Key] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: Key) -> asyncio.Future[Value | None]:
        """Return the value to come; None where there is none for the key. Not a coroutine: the key is noted at once."""
        future = self._values.get(key)
        if future is None:
            future = self._values[key] = asyncio.get_running_loop().create_future()
            self._waiting.append(key)
            if len(self._waiting) == 1:
                self._start()
        return future

    def close(self) -> None:
        """End what is under way: whoever asked is gone."""
        for task in self._tasks:
            task.cancel()

    def _start(self) -> None:
        task = asyncio.get_running_loop().create_task(self._run())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell those who wait when the task failed in a way that no service is to blame for."""
        self._tasks.discard(task)
        fault = None if task.cancelled() else task.exception()
        for future in self._values.values() if fault else ():
            self._settle(future, fault)

    async def _run(self) -> None:
        with self._turns.finding(self._level) if self._level < KNOWN else nullcontext():
            await self._turns.quiet(self._level)
            await self._send()

    async def _send(self) -> None:
        keys, self._waiting = self._waiting, []
        pieces = [keys[first : first + self._most] for first in range(0, len(keys), self._most)]
        await asyncio.gather(*map(self._load, pieces))

    async def _load(self, keys: Sequence[Key]) -> None:
        found: Mapping[Key, Any]
        try:
            found = await self._fetch(keys)
        except RapportError as error:
            found = dict.fromkeys(keys, error)
        for key in keys:
            self._settle(self._values[key], found.get(key))

    @staticmethod
    def _settle(future: asyncio.Future[Any], value: Any) -> None:
        if future.done():  # cancelled with its field
            return
        if isinstance(value, BaseException):
            future.set_exception(value)
            future.exception()  # looked at: a field that was given up need not be told
        else:
            future.set_result(value)
