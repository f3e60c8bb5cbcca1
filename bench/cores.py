"""Where the processes of a bench run, and how much of their time the rest of the machine took."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")  # Linux shares a core between sessions first, and nice counts within one
FIRST = -20


def split() -> tuple[set[int], set[int]]:
    """Return the core of what is measured, and that of everything around it; where there is one only, twice that."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, {cores[min(1, len(cores) - 1)]}


@contextmanager
def started_on(cores: set[int]) -> Iterator[None]:
    """Keep the processes that are started in the block on these cores for as long as they live."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def before_others() -> Iterator[None]:
    """Let this session have its cores before the rest of the machine, where that may be asked (by root, on Linux)."""
    try:
        nice = AUTOGROUP.read_text(encoding="ascii").split()[-1]
        AUTOGROUP.write_text(f"{FIRST}\n", encoding="ascii")
    except OSError:
        yield
        return
    try:
        yield
    finally:
        AUTOGROUP.write_text(f"{nice}\n", encoding="ascii")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process has had of a core, and for how long it could have gone on but others had the core."""

    ran_s: float
    waited_s: float

    @classmethod
    def by(cls, pid: int) -> "Spent":
        """Read Linux's account of it (schedstat); the process must have one thread."""
        ran_ns, waited_ns, _ = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
        return cls(int(ran_ns) / 1e9, int(waited_ns) / 1e9)

    def since(self, earlier: "Spent") -> "Spent":
        return Spent(self.ran_s - earlier.ran_s, self.waited_s - earlier.waited_s)

    @property
    def missed(self) -> float:
        """The share of the time it wanted that others had."""
        wanted_s = self.ran_s + self.waited_s
        return self.waited_s / wanted_s if wanted_s else 0.0
