"""Runs the benches: `python -m bench [--help] [NAME …]`, all that there are unless some are named.

Each prints ratios against peers in the same run and is a program of its own: `python -m bench.imports --help`.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def benches() -> dict[str, str]:
    """Return every bench by its name, with the first line of what it says of itself."""
    modules = (path for path in sorted(FOLDER.glob("*.py")) if not path.name.startswith("_"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in modules}
    return {name: text.split('"""')[1].splitlines()[0] for name, text in texts.items() if "\ndef main(" in text}


def main() -> None:
    found = benches()
    listing = "\n".join(f"  {name:<10} {words}" for name, words in found.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Print speed as ratios against peers in the same run.",
        epilog=f"benches:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all unless named")
    names: list[str] = parser.parse_args().names
    if unknown := sorted(set(names) - found.keys()):
        parser.error(f"no bench named {', '.join(unknown)}; there are {', '.join(found)}")
    failed = [name for name in names or found if not _succeeds(name)]
    if failed:
        raise SystemExit(f"under the gate, or broken: {', '.join(failed)}")


def _succeeds(name: str) -> bool:
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    main()
