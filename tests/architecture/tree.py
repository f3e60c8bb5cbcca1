"""The source tree as the rules of this folder read it: which files there are, which houses, what a module says."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("kit", "services", "gateway", "deploy")


@cache
def files() -> list[Path]:
    """Return every file that is or is about to be committed, relative to the root."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return sorted({Path(name) for name in names.split("\0") if name and (ROOT / name).is_file()})


def below(*roots: str, suffix: str) -> list[Path]:
    return [path for path in files() if path.parts[0] in roots and path.suffix == suffix]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(read(path), str(path))


def houses() -> list[str]:
    """Return the services that have begun to be built."""
    return sorted({path.parts[1] for path in files() if path.parts[0] == "services" and len(path.parts) > 2})


def is_empty_package(path: Path) -> bool:
    return path.name == "__init__.py" and not read(path).strip()
