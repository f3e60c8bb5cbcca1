"""Reads how texts sound: what is written in languages we know, each text once, with the sentences that pushed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from services.sentiment.domain import NO_TONE, TONGUES, Sentence, Tone, Tongue, Values
from services.sentiment.features.cleaning import clean, sentences
from services.sentiment.features.encode import encode, vader
from services.sentiment.features.languages import language_of, only_language
from services.sentiment.features.tokens import found_in
from services.sentiment.model.linear import LABELS, SURE
from services.sentiment.model.prior import Prior

WHOLE = 300  # characters: a shorter text is read as one, as those that were trained on
EVIDENCE = 3
PUSHES = 0.1
SIGN_MEANS = 0.05  # VADER's own threshold


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring sentences of one text in one language; None: signs alone, such as an emoji."""

    text: int
    body: str
    language: Tongue | None
    found: list[str]

    @property
    def weight(self) -> float:
        return float(len(self.body) ** 0.5)


@dataclass(frozen=True, slots=True)
class Read:
    """What a model says of pieces: a row of LABELS' probabilities and a polarity each."""

    probabilities: Values
    polarity: Values


def read(prior: Prior, texts: Sequence[str], *, plain: bool = False) -> list[Tone]:
    """Return the tone of each text as it stands in the CRM; `none` where there is nothing we can read.

    `plain` is the rule without weights: VADER in English, rated words in Russian.
    """
    return read_clean(prior, [clean(text) for text in texts], plain=plain)


def read_clean(prior: Prior, texts: Sequence[str], *, plain: bool = False) -> list[Tone]:
    """As `read`, of clean texts."""
    pieces = [piece for number, text in enumerate(texts) for piece in _pieces(prior, number, text)]
    said = _ask(prior, pieces, plain=plain)
    tones = [NO_TONE] * len(texts)
    for number, group in groupby(range(len(pieces)), key=lambda place: pieces[place].text):
        tones[number] = _tone(pieces, said, list(group))
    return tones


def evidence(prior: Prior, text: str, tone: Tone, *, plain: bool = False) -> list[Sentence]:
    """Return the sentences that pushed a text the way it went, the strongest first; of a text as it stands."""
    each = list(sentences(clean(text)))
    tones = read_clean(prior, each, plain=plain)
    way = np.sign(tone.polarity)
    pushed = [
        Sentence(sentence, one.polarity, one.language)
        for sentence, one in zip(each, tones, strict=True)
        if one.label != "none" and one.polarity * way > PUSHES
    ]
    return sorted(pushed, key=lambda one: -abs(one.polarity))[:EVIDENCE]


def _pieces(prior: Prior, number: int, text: str) -> Iterable[Piece]:
    """Yield what can be read of a text: whole where it is short and in one language."""
    if len(text) <= WHOLE:
        found = found_in(text)
        words = [word for word in found if word[0].isalpha()]
        only = only_language(words, prior.english) if words else None
        if only is not None:
            yield Piece(number, text, only, found)
            return
    known = [(sentence, _language(prior, sentence)) for sentence in sentences(text)]
    for language, group in groupby(known, key=lambda one: one[1]):
        bodies = list(_joined(sentence for sentence, _ in group))
        if language in TONGUES:
            yield from (Piece(number, body, language, found_in(body)) for body in bodies)
        elif language == "signs":
            yield from (Piece(number, body, None, found_in(body)) for body in bodies)


def _joined(some: Iterable[str]) -> Iterable[str]:
    held = ""
    for sentence in some:
        if held and len(held) + len(sentence) > WHOLE:
            yield held
            held = ""
        held = f"{held} {sentence}".strip()
    if held:
        yield held


def _language(prior: Prior, sentence: str) -> Tongue | str | None:
    """Return the language of a sentence, "signs" where it has no words but signs that mean something."""
    found = found_in(sentence)
    words = [word for word in found if word[0].isalpha()]
    if words:
        return language_of(words, prior.english)
    return "signs" if any(sign in prior.emoji for sign in found) else None


def _ask(prior: Prior, pieces: Sequence[Piece], *, plain: bool) -> Read:
    probabilities = np.zeros((len(pieces), len(LABELS)), np.float32)
    polarity = np.zeros(len(pieces), np.float32)
    for tongue in TONGUES:
        rows = [place for place, piece in enumerate(pieces) if piece.language == tongue]
        if rows:
            some = [pieces[row] for row in rows]
            asked = _plain(prior, some) if plain else _weighed(prior, tongue, some)
            probabilities[rows], polarity[rows] = asked.probabilities, asked.polarity
    for place, piece in enumerate(pieces):
        if piece.language is None:
            value = float(np.clip(sum(prior.emoji.get(sign, 0.0) for sign in piece.found), -1, 1))
            polarity[place], probabilities[place] = value, _of_value(value)
    return Read(probabilities, polarity)


def _weighed(prior: Prior, tongue: Tongue, some: Sequence[Piece]) -> Read:
    encoded = encode([piece.body for piece in some], tongue, prior.rated[tongue], [piece.found for piece in some])
    scores, meaning = prior.linear[tongue].scores(encoded), prior.meaning[tongue]
    return Read(meaning.probabilities(scores, encoded), meaning.polarity(scores, encoded))


def _plain(prior: Prior, some: Sequence[Piece]) -> Read:
    values = [_plain_value(prior, piece) for piece in some]
    return Read(np.array([_of_value(value) for value in values], np.float32), np.array(values, np.float32))


def _plain_value(prior: Prior, piece: Piece) -> float:
    if piece.language == "en":
        return float(vader().polarity_scores(piece.body)["compound"])
    return float(encode([piece.body], "ru", prior.own).columns[0, 0])


def _of_value(value: float) -> tuple[float, float, float]:
    """Return probabilities for a value that nothing was fitted to: surer the farther it is from none."""
    if abs(value) < SIGN_MEANS:
        return 0.2, 0.6, 0.2
    sure = 0.5 + 0.4 * abs(value)
    rest = (1 - sure) / 2
    return (sure, rest, rest) if value < 0 else (rest, rest, sure)


def _tone(pieces: Sequence[Piece], said: Read, places: list[int]) -> Tone:
    weights = np.array([pieces[place].weight for place in places])
    weights /= weights.sum()
    probabilities = weights @ said.probabilities[places]
    best = int(probabilities.argmax())
    heaviest = places[int(weights.argmax())]
    return Tone(
        polarity=round(float(weights @ said.polarity[places]), 4),
        label=LABELS[best],
        language=pieces[heaviest].language,
        confidence=round(min(float(probabilities[best]), SURE), 4),
    )
