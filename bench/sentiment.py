"""How fast texts are read on one core, as ratios to TextBlob and VADER on the same texts in the same run.

The product's own way: cleaning, language, features, weights, a hundred texts at a time, as `analyze` takes them. Peers
are asked text by text, as they are made to be. Rounds in turns; exit code 1 where TextBlob is faster.

    python -m bench.sentiment [--texts 2000] [--rounds 5]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from textblob import TextBlob

from bench.quality.figures import NoData, folder
from services.sentiment.features.encode import vader
from services.sentiment.model import prior, tone
from services.sentiment.train import sets

GATE = 1.0
AT_ONCE = 100


def seconds(read: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Return how much of its core a reader takes for some texts."""
    started_at = time.process_time()
    read(texts)
    return time.process_time() - started_at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    try:
        tweets, reviews = (
            sets.vader(folder("vader-icwsm2014"), name).texts for name in ("tweets", "amazonReviewSnippets")
        )
    except NoData:
        print("skipped: no data")
        return
    texts = [*tweets[: given.texts // 2], *reviews[: given.texts // 2]]
    shipped, analyzer = prior.load(), vader()
    readers: dict[str, Callable[[Sequence[str]], object]] = {
        "the product": lambda some: [
            tone.read(shipped, some[start : start + AT_ONCE]) for start in range(0, len(some), AT_ONCE)
        ],
        "TextBlob": lambda some: [TextBlob(text).sentiment for text in some],
        "VADER": lambda some: [analyzer.polarity_scores(text) for text in some],
    }
    for read in readers.values():
        read(texts[:AT_ONCE])
    rounds = [{name: seconds(read, texts) for name, read in readers.items()} for _ in range(given.rounds)]
    taken = {name: [one[name] for one in rounds] for name in readers}
    for name, each in taken.items():
        print(f"{name:<12} {len(texts) / statistics.median(each):>8,.0f} texts a second of one core")
    ratio = statistics.median(one["TextBlob"] / one["the product"] for one in rounds)
    print(f"x{ratio:.2f} of TextBlob (gate x{GATE:.0f})")
    if ratio < GATE:
        sys.exit(1)


if __name__ == "__main__":
    main()
