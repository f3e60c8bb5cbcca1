"""`make bench`: every measurement of speed, as ratios within one run. `python -m bench encoder` runs only that one."""

import argparse
import runpy
import sys

BENCHES = {
    "encoder": "the local model, int8 against fp32",
    "proxy": "the gateway against nginx and FastAPI + httpx",
}


def main() -> None:
    listed = "\n".join(f"  {name:8} {what}" for name, what in BENCHES.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="*", help="which ones; all where none is named")
    chosen = parser.parse_args().name or list(BENCHES)
    if unknown := set(chosen) - BENCHES.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    for name in chosen:
        print(f"\n{name}: {BENCHES[name]}", flush=True)
        sys.argv = [f"bench.{name}"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
