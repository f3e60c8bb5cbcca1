"""Runs quality checks one after the other and prints their figures; the status says whether a gate was missed."""

from collections.abc import Callable, Mapping, Sequence

from bench.quality.figures import Figure, NoData

Check = Callable[[], Sequence[Figure]]


def main(checks: Mapping[str, Check]) -> int:
    """Print every figure; return 1 when one is outside its gate, else 0."""
    missed = 0
    for name, measure in checks.items():
        print(f"{name}:", flush=True)
        try:
            figures = measure()
        except NoData:
            print("  skipped: no data")
            continue
        for figure in figures:
            print(f"  {figure}")
        missed += sum(not figure.passed for figure in figures)
    return 1 if missed else 0
