"""How a child process is started so that it never outlives its launcher and inherits nothing by accident."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
KEPT = ("HOME", "TZ", "LD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True, slots=True)
class RunAs:
    """Who runs a command: a prefix that changes the user by itself, or another user's name."""

    prefix: tuple[str, ...] = ()
    user: str | None = None

    @property
    def group(self) -> int | None:
        return None if self.user is None else pwd.getpwnam(self.user).pw_gid

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.user is None else []


MYSELF = RunAs()


def spawn(argv: list[str], log: Path, death_signal: signal.Signals, run_as: RunAs = MYSELF) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own; its output goes to the end of the log."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  our own binaries, no shell
            [*run_as.prefix, *argv],
            env=environment({}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=run_as.user,
            group=run_as.group,
            extra_groups=run_as.extra_groups,
            preexec_fn=dies_with_parent(death_signal),  # noqa: PLW1509  one prctl before exec, no locks
        )


def run(
    argv: list[str], values: dict[str, str] | None = None, run_as: RunAs = MYSELF
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; the caller looks at its return code."""
    return subprocess.run(  # noqa: S603  our own binaries, no shell
        [*run_as.prefix, *argv],
        env=environment(values or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=run_as.user,
        group=run_as.group,
        extra_groups=run_as.extra_groups,
    )


def dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends this signal when the launcher dies, however it dies.

    Trap: it counts the death of the *thread* that started the child, so start children from the main thread.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    launcher = os.getpid()

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != launcher:  # it died before we asked
            os._exit(1)

    return arm


def environment(values: dict[str, str]) -> dict[str, str]:
    """The smallest environment a child can live with, and the values meant for it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"PATH": path, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **kept, **values}
