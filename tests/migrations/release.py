"""Released migrations never change: their hashes stand beside them, in the form that `sha256sum --check` reads.

`python -m tests.migrations.release` adds today's files to the lists; it belongs to making a release.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = "released.sha256"
HEADER = "# Released: these files may never change. `python -m tests.migrations.release` adds to this list.\n"


def folders() -> list[Path]:
    return [
        *(ROOT / one / "migrations" for one in ("kit", "gateway")),
        *sorted((ROOT / "services").glob("*/migrations")),
    ]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def released(folder: Path) -> dict[str, str]:
    """Return the hash of each released file by its name."""
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("  ", 1) for line in lines if line and not line.startswith("#")]
    return {name: sha256 for sha256, name in pairs}


def broken_promises(folder: Path) -> list[str]:
    """Return what is wrong with a folder: a released file gone or changed, a new one before released ones."""
    known, present = released(folder), {path.name: digest(path) for path in files(folder)}
    gone = [f"{name} is gone" for name in known if name not in present]
    changed = [f"{name} has changed" for name in known if present.get(name, known[name]) != known[name]]
    early = [f"{name} comes before released ones" for name in present.keys() - known if name < max(known, default="")]
    return gone + changed + early


def release(folder: Path) -> None:
    lines = [f"{digest(path)}  {path.name}\n" for path in files(folder)]
    (folder / LIST).write_text("".join([HEADER, *lines]), encoding="utf-8")


def main() -> None:
    for folder in folders():
        if broken := broken_promises(folder):
            raise SystemExit(f"{folder.parent.name}: {', '.join(broken)}")
        release(folder)


if __name__ == "__main__":
    main()
