"""The supervisor with toy processes: order, restart, reports, stopping, and dying with the launcher."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded import supervisor
from deploy.embedded.output import Output
from deploy.embedded.program import Program, always
from deploy.embedded.supervisor import CannotStart, Step, Supervisor, ending, restart_delay_s

Make = Callable[..., tuple[Supervisor, Output]]


def shell(name: str, script: str, *, tier: int = 0, **rest: object) -> Program:
    return Program(name=name, argv=("/bin/sh", "-c", script), tier=tier, **{"ready": always, **rest})  # type: ignore[arg-type]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Builds a supervisor of some programs; gives back its output too, and closes it in the end."""
    outputs: list[Output] = []

    def build(*programs: Program, after_tier: dict[int, Step] | None = None) -> tuple[Supervisor, Output]:
        outputs.append(Output(tmp_path, [program.name for program in programs], show_logs=False))
        return Supervisor(programs, outputs[-1], after_tier), outputs[-1]

    yield build
    for made in outputs:
        made.close()


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  another process cannot set our event
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY_S", 0.01)


async def test_a_tier_starts_when_the_one_before_it_is_ready(make: Make) -> None:
    seen: list[str] = []

    async def ready_below() -> bool:
        await asyncio.sleep(0.05)
        seen.append("below ready")
        return True

    async def between() -> None:
        seen.append("between")

    async def ready_above() -> bool:
        seen.append("above asked")
        return True

    programs = [
        shell("above", "exec sleep 60", tier=1, ready=ready_above),
        shell("below", "exec sleep 60", ready=ready_below),
    ]
    running, _ = make(*programs, after_tier={0: between})
    await running.start()
    await running.stop()
    assert seen == ["below ready", "between", "above asked"]


async def test_the_next_tier_does_not_wait_for_one_that_nobody_waits_for(make: Make) -> None:
    slow_is_ready = asyncio.Event()

    async def ready_slow() -> bool:
        await slow_is_ready.wait()
        return True

    async def ready_above() -> bool:
        slow_is_ready.set()
        return True

    running, _ = make(
        shell("slow", "exec sleep 60", ready=ready_slow, waits=False),
        shell("above", "exec sleep 60", tier=1, ready=ready_above),
    )
    await asyncio.wait_for(running.start(), 5)
    await running.stop()


async def test_what_dies_is_started_again(make: Make, tmp_path: Path) -> None:
    counter = tmp_path / "starts"
    running, _ = make(shell("mortal", f"echo x >> {counter}; exec sleep 60"))
    await running.start()
    await eventually(lambda: counter.exists() and counter.read_text() == "x\n")
    running._children[0].send(signal.SIGKILL)
    await eventually(lambda: counter.read_text() == "x\nx\n")
    await running.stop()
    said = (tmp_path / "rapport.log").read_text()
    assert f"mortal was ended by SIGKILL (see {tmp_path}/mortal.log): starting it again" in said


async def test_what_cannot_start_is_reported_with_its_last_lines(make: Make, tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    running, _ = make(shell("broken", "echo the reason >&2; exit 3", ready=never))
    with pytest.raises(CannotStart, match=r"broken could not start: it ended with exit code 3.*\n  the reason"):
        await running.start()
    await running.stop()
    assert (tmp_path / "broken.log").read_text() == "the reason\n" * supervisor.START_ATTEMPTS


async def test_what_cannot_start_is_reported_even_where_nobody_waits_for_it(make: Make) -> None:
    async def never() -> bool:
        return False

    running, _ = make(
        shell("broken", "exit 3", ready=never, waits=False), shell("other", "exec sleep 60", tier=1, ready=never)
    )
    with pytest.raises(CannotStart, match="broken could not start"):
        await asyncio.wait_for(running.start(), 5)
    await running.stop()


async def test_a_command_that_does_not_exist_is_reported_as_well(make: Make) -> None:
    async def never() -> bool:
        return False

    running, _ = make(Program(name="ghost", argv=("/nowhere/ghost",), tier=0, ready=never))
    with pytest.raises(CannotStart, match="No such file"):
        await running.start()
    await running.stop()


async def test_what_is_never_ready_is_reported_after_its_time(make: Make) -> None:
    async def never() -> bool:
        return False

    running, _ = make(shell("mute", "exec sleep 60", ready=never, start_timeout_s=0.05))
    with pytest.raises(CannotStart, match="was not ready within"):
        await running.start()
    await running.stop()


async def test_stopping_goes_backwards_through_the_tiers(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "ends"
    script = "trap 'echo {0} >> {1}; exit 0' TERM; echo up; while :; do sleep 0.02; done"
    names = ("first", "second", "third")
    programs = [shell(name, script.format(name, log), tier=tier) for tier, name in enumerate(names)]
    running, lines = make(*programs)
    await running.start()
    await eventually(lambda: all(lines.tail(name) == ["up"] for name in names))
    await running.stop()
    assert log.read_text().split() == ["third", "second", "first"]


async def test_what_does_not_listen_is_killed(make: Make) -> None:
    program = shell("deaf", "trap '' TERM; echo up; while :; do sleep 0.02; done", grace_s=0.05)
    running, lines = make(program)
    await running.start()
    await eventually(lambda: lines.tail("deaf") == ["up"])
    await asyncio.wait_for(running.stop(), 5)
    assert not running._children[0].running


async def test_a_grandchild_that_holds_the_output_does_not_hide_the_death(make: Make) -> None:
    running, lines = make(shell("parent", "sleep 3 & echo $!; exec sleep 60"))
    await running.start()
    await eventually(lambda: lines.tail("parent"))
    running._children[0].send(signal.SIGKILL)
    await eventually(lambda: running._children[0].starts == 2)
    await running.stop()
    for pid in lines.tail("parent"):
        os.kill(int(pid), signal.SIGKILL)


async def test_children_inherit_nothing_by_accident(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_UNKNOWN", "1")
    running, lines = make(shell("child", "env | cut -d= -f1; exec sleep 60", environment={"GIVEN": "1"}))
    await running.start()
    await eventually(lambda: "GIVEN" in lines.tail("child"))
    await running.stop()
    assert "CRM_UNKNOWN" not in lines.tail("child")


async def test_a_line_without_end_is_cut(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LINE_LIMIT_BYTES", 100)
    running, lines = make(shell("chatty", "printf %0500d 0; exec sleep 60"))
    await running.start()
    await eventually(lambda: sum(map(len, lines.tail("chatty"))) == 500)
    await running.stop()


def test_children_die_with_a_launcher_that_is_killed(tmp_path: Path) -> None:
    launcher = f"""
import asyncio
from pathlib import Path
from deploy.embedded.output import Output
from deploy.embedded.program import Program, always
from deploy.embedded.supervisor import Supervisor
async def main():
    program = Program(name="child", argv=("/bin/sh", "-c", "echo $$; exec sleep 60"), tier=0, ready=always)
    await Supervisor([program], Output(Path({str(tmp_path)!r}), ["child"], show_logs=False)).start()
    await asyncio.sleep(60)
asyncio.run(main())
"""
    log = tmp_path / "child.log"
    with subprocess.Popen([sys.executable, "-c", launcher]) as process:  # noqa: S603  the text above
        deadline = time.monotonic() + 5
        while not (log.exists() and log.read_text()) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    pid = int(log.read_text())
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(pid)


def test_delays_double_up_to_half_a_minute_and_half_of_each_is_drawn() -> None:
    supervisor.FIRST_DELAY_S = 0.5
    assert [restart_delay_s(failures, lambda: 1.0) for failures in (1, 2, 3, 7, 99)] == [0.5, 1, 2, 30, 30]
    assert restart_delay_s(1, lambda: 0.0) == 0.25


def test_an_ending_is_told_in_words() -> None:
    assert ending(-9) == "was ended by SIGKILL"
    assert ending(1) == "ended with exit code 1"
