"""The sets of rated sentences: what may train what ships, and what only checks it (../shared/data/README.md)."""

import csv
import gzip
import html
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

JOY, SADNESS, SURPRISE, FEAR, ANGER = "01234"


@dataclass(frozen=True, slots=True)
class Rated:
    """Sentences with what people made of them: a mean rating (English), or -1, 0, 1.

    `source` is where each is from; a model that is to travel is judged on sources it has not seen. `group` keeps
    together what must not be parted: sentences of one review, sentences that are the same.
    """

    name: str
    texts: list[str]
    rating: NDArray[np.float64]
    source: NDArray[np.str_]
    group: NDArray[np.int64]


def vader(folder: Path, name: str) -> Rated:
    """Return tweets or Amazon snippets with their mean rating of -4 to 4 (Hutto and Gilbert, 2014)."""
    lines = (folder / f"{name}_GroundTruth.txt").read_text(encoding="latin-1").splitlines()
    rows = [line.split("\t", 2) for line in lines]
    texts = [html.unescape(row[2]) for row in rows]
    reviews = [row[0].split("_")[0] for row in rows]
    return _rated(name, texts, [float(row[1]) for row in rows], [name] * len(rows), reviews)


def sst2(folder: Path, split: str) -> Rated:
    """Return film sentences, -1 or 1 (Socher et al., 2013)."""
    lines = (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.rsplit("\t", 1) for line in lines]
    return _rated("sst2", [row[0] for row in rows], [2.0 * int(row[1]) - 1 for row in rows], ["film"] * len(rows))


def cedr(folder: Path) -> Rated:
    """Return sentences of three networks (Sboev et al., 2021): joy is 1, sadness, fear and anger are -1.

    Surprise alone, and joy together with one of the others, say nothing and are left out.
    """
    texts, ratings, sources = list[str](), list[float](), list[str]()
    with (folder / "cedr-main-train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            felt = set(row["labels"]) & set("01234")
            bad = bool(felt & {SADNESS, FEAR, ANGER})
            if felt == {SURPRISE} or (JOY in felt and bad):
                continue
            texts.append(row["text"])
            ratings.append(1.0 if JOY in felt else -1.0 if bad else 0.0)
            sources.append(row["source"])
    return _rated("cedr", texts, ratings, sources)


def rusentne(folder: Path) -> Rated:
    """Return news sentences (Golubev et al., 2023): that of their entities, where these do not contradict."""
    said: dict[str, set[int]] = {}
    with gzip.open(folder / "train_data.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            said.setdefault(row["sentence"], set()).add(int(float(row["label"])))
    clear = {text: labels - {0} for text, labels in said.items() if not {-1, 1} <= labels}
    ratings = [float(next(iter(labels), 0)) for labels in clear.values()]
    return _rated("rusentne", list(clear), ratings, ["news"] * len(clear))


def opensentiment(folder: Path) -> Rated:
    """Return sentences of essays by majority (Poletaev et al., 2023): it checks, it may not train."""
    with (folder / "opensentimentcorpus-final-by-majority.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    value = {"positive": 1.0, "negative": -1.0}
    ratings = [value.get(row["Sentiment"], 0.0) for row in rows]
    return _rated("opensentimentcorpus", [row["Sentence"] for row in rows], ratings, ["essays"] * len(rows))


def _rated(
    name: str, texts: list[str], ratings: list[float], sources: list[str], groups: list[str] | None = None
) -> Rated:
    numbers = np.unique(np.array(groups or texts), return_inverse=True)[1]
    return Rated(name, texts, np.array(ratings), np.array(sources), numbers.astype(np.int64))
