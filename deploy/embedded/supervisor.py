"""Keeps the processes of one machine alive: starts them by tiers, starts again what dies, stops in reverse order.

Knows nothing of what the processes do; the table of them is `table.py`.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from deploy.embedded.child import dies_with_parent, environment
from deploy.embedded.home import REPOSITORY
from deploy.embedded.output import Output
from deploy.embedded.program import Program
from deploy.errors import StackError

PROBE_EVERY_S = 0.05
START_ATTEMPTS = 3
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
STABLE_AFTER_S = 60.0
READ_BYTES = 64 * 1024
LINE_LIMIT_BYTES = 256 * 1024
LAST_WORDS_S = 0.5

Step = Callable[[], Awaitable[None]]


class CannotStart(StackError):
    """A process that did not come up; the text holds its last lines."""


def restart_delay_s(failures: int, chance: Callable[[], float] = random.random) -> float:
    """Exponential back-off, its upper half drawn: up to 0.5 s, 1 s, 2 s, … 30 s, and at least half of that."""
    longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(failures - 1, 10))
    return longest * (0.5 + 0.5 * chance())


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


class Child:
    """One program and the process that is running it at the moment."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: asyncio.subprocess.Process | None = None
        self.ready = asyncio.Event()
        self.was_ready = False
        self.given_up = False
        self.starts = 0
        self.last_end = ""
        self.task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill_group(self) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Runs a table of programs. `after_tier` holds what must be done before the next tier may start."""

    def __init__(self, programs: Sequence[Program], output: Output, after_tier: dict[int, Step] | None = None) -> None:
        self._children = [Child(program) for program in sorted(programs, key=lambda program: program.tier)]
        self._output = output
        self._after_tier = after_tier or {}
        self._stopping = asyncio.Event()
        self._given_up = asyncio.Event()

    async def start(self) -> None:
        """Return when every program is ready; raise CannotStart when one will not be."""
        for tier, children in groupby(self._children, key=lambda child: child.program.tier):
            group = list(children)
            for child in group:
                child.task = asyncio.create_task(self._keep(child), name=child.program.name)
            await self._all_ready([child for child in group if child.program.waits])
            if tier in self._after_tier:
                await self._after_tier[tier]()
        await self._all_ready(self._children)

    async def stop(self) -> None:
        """End the tiers in reverse order, each process with its own signal, and what does not listen by force."""
        self._stopping.set()
        for _, children in groupby(reversed(self._children), key=lambda child: child.program.tier):
            await asyncio.gather(*(self._stop(child) for child in children))

    def kill(self) -> None:
        """End everything at once."""
        self._stopping.set()
        for child in self._children:
            child.kill_group()

    async def _stop(self, child: Child) -> None:
        if child.task is None:
            return
        child.send(child.program.stop_signal)
        done, _ = await asyncio.wait([child.task], timeout=child.program.grace_s)
        if not done:
            self._output.event(f"{child.program.name} does not stop: it is killed")
            child.kill_group()
            await child.task

    async def _all_ready(self, children: list[Child]) -> None:
        """Wait for these; fail as soon as any program that was started gives up."""
        ready = asyncio.create_task(self._each_ready(children))
        gives_up = asyncio.create_task(self._given_up.wait())
        waits: list[asyncio.Task[Any]] = [ready, gives_up]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for child in self._children:
                if child.given_up:
                    raise CannotStart(self._report(child))
            await ready
        finally:
            for task in waits:
                task.cancel()

    async def _each_ready(self, children: list[Child]) -> None:
        began = asyncio.get_running_loop().time()
        for child in children:
            try:
                async with asyncio.timeout_at(began + child.program.start_timeout_s):
                    await child.ready.wait()
            except TimeoutError:
                raise CannotStart(self._report(child)) from None

    def _report(self, child: Child) -> str:
        name = child.program.name
        seconds = child.program.start_timeout_s
        reason = child.last_end or f"is running, but was not ready within {seconds:.0f} s"
        lines = "\n".join(f"  {line}" for line in self._output.tail(name)) or "  (it said nothing)"
        return f"{name} could not start: it {reason}. Its last lines:\n{lines}"

    async def _keep(self, child: Child) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            child.starts += 1
            code = await self._run_once(child)
            child.ready.clear()
            if self._stopping.is_set():
                return
            failures = 1 if time.monotonic() - began > STABLE_AFTER_S else failures + 1
            child.last_end = ending(code)
            if not child.was_ready and failures >= START_ATTEMPTS:
                child.given_up = True
                self._given_up.set()
                return
            delay_s = restart_delay_s(failures)
            name = child.program.name
            where = self._output.where(name)
            self._output.event(f"{name} {child.last_end}{where}: starting it again in {delay_s:.1f} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def _run_once(self, child: Child) -> int:
        program = child.program
        self._output.forget(program.name)
        try:
            if program.before_start is not None:
                await asyncio.to_thread(program.before_start)
            child.process, relaying = await self._spawn(program)
        except (OSError, StackError) as error:
            self._output.line(program.name, f"cannot be started: {error}")
            return 127
        if self._stopping.is_set():  # the stop came while it was being started
            child.send(program.stop_signal)
        probing = asyncio.create_task(self._probe(child))
        try:
            code = await child.process.wait()
            await asyncio.wait([relaying], timeout=LAST_WORDS_S)
        finally:
            probing.cancel()
            relaying.cancel()
        return code

    async def _spawn(self, program: Program) -> tuple[asyncio.subprocess.Process, asyncio.Task[None]]:
        """Start it, its output in a pipe of ours: asyncio's own would make `wait` wait for grandchildren too."""
        source, sink = os.pipe()
        with os.fdopen(sink, "wb") as output:
            relaying = asyncio.create_task(self._relay(source, program.name))
            try:
                process = await asyncio.create_subprocess_exec(
                    *program.run_as.prefix,
                    *program.argv,
                    cwd=REPOSITORY,
                    env=environment(dict(program.environment)),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                    user=program.run_as.user,
                    group=program.run_as.group,
                    extra_groups=program.run_as.extra_groups,
                    preexec_fn=dies_with_parent(program.death_signal),
                )
            except OSError:
                relaying.cancel()
                raise
        return process, relaying

    async def _probe(self, child: Child) -> None:
        while not await child.program.ready():  # noqa: ASYNC110  another process cannot set our event
            await asyncio.sleep(PROBE_EVERY_S)
        program = child.program
        where = f" at {program.address}" if program.address else ""
        self._output.event(f"{program.name} is ready{' again' if child.was_ready else ''}{where}")
        child.was_ready = True
        child.ready.set()

    async def _relay(self, source: int, name: str) -> None:
        """Hand on whole lines; one without end is cut, never kept growing."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(source, "rb", buffering=0)
        )
        rest = b""
        try:
            while part := await stream.read(READ_BYTES):
                *lines, rest = (rest + part).split(b"\n")
                if len(rest) > LINE_LIMIT_BYTES:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    self._output.line(name, line.decode("utf-8", "replace").rstrip("\r"))
            if rest:
                self._output.line(name, rest.decode("utf-8", "replace"))
        finally:
            transport.close()
