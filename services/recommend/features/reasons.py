"""Says why a candidate is recommended: parts of the score in words that name people, places and tags."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from kit.texts import Catalogue, Language
from services.recommend.domain import Between, Code, Direction, Explained, Reason, Share

NAMED = 3
TAGS_NAMED = 3
TEXTS = Catalogue(Path(__file__).parents[1] / "texts")
WIDE = 0.25  # of the asking person's best candidate: less is nothing to speak of
FEATURES: dict[Code, str] = {
    "mutual_contacts": "contacts both know",
    "same_organization": "organization",
    "semantic_similarity": "cosine of the contacts' vectors",
    "influence": "influence among all contacts",
    "wider_circle": "paths of three steps",
    "together": "messages and meetings with both",
}


def shares(explained: Explained, row: int) -> list[Share]:
    """Return the parts of one candidate's score."""
    columns = (explained.values[row], explained.comparisons[row], explained.contributions[row])
    return [
        Share(code, _known(value), _known(comparison), float(contribution))
        for code, value, comparison, contribution in zip(explained.codes, *columns, strict=True)
    ]


def reasons(parts: Sequence[Share], between: Between, language: Language) -> list[Reason]:
    """Return what can be said, the strongest first: the first text is the reason in one sentence.

    A part that adds to the score and cannot be said truthfully (no mutual contact, no known influence) is left out;
    shared tags are said beside the similarity that they are a part of, and add nothing of their own.
    """
    said = [reason for share in parts for reason in _say(share, between, language)]
    return sorted(said, key=lambda reason: (-reason.contribution, reason.code == "shared_tags"))


def _say(share: Share, between: Between, language: Language) -> Iterator[Reason]:
    text = _text(share, between, language)
    if text is not None:
        direction: Direction = "up" if share.contribution >= 0 else "down"
        yield Reason(
            share.code, direction, text, FEATURES[share.code], share.value, share.comparison, share.contribution
        )
    if share.code == "semantic_similarity" and between.tags:
        tags = ", ".join(sorted(between.tags)[:TAGS_NAMED])
        said = TEXTS.text(language, "shared_tags" if len(between.tags) > 1 else "shared_tag", tags=tags)
        yield Reason("shared_tags", "up", said, "tags", float(len(between.tags)), None, 0.0)


def _text(share: Share, between: Between, language: Language) -> str | None:
    """Return one part in words; None where there is nothing to say."""
    match share.code:
        case "mutual_contacts":
            return _mutual(between, language)
        case "same_organization":
            return _organization(share, between, language)
        case "semantic_similarity":
            return _similar(share, between, language)
        case "influence":
            return _influence(between, language)
        case "wider_circle" | "together":
            return TEXTS.text(language, share.code) if (share.value or 0) >= WIDE else None


def _mutual(between: Between, language: Language) -> str | None:
    """Return "3 mutual contacts: Anna, Ivan, Olga": the strongest by name, the others by their number."""
    strongest = sorted(between.mutual, key=lambda mutual: (-mutual.strength, mutual.name))[:NAMED]
    count = max(between.mutual_count, len(strongest))
    if not strongest:
        return None
    names = ", ".join(mutual.name for mutual in strongest)
    if count > len(strongest):
        names = TEXTS.text(language, "mutual_contacts_more", names=names, count=count - len(strongest))
    return TEXTS.text(language, "mutual_contacts", count=count, names=names)


def _organization(share: Share, between: Between, language: Language) -> str | None:
    if between.organization:
        return TEXTS.text(language, "same_organization", organization=between.organization)
    return TEXTS.text(language, "same_organization_unnamed") if share.value else None


def _similar(share: Share, between: Between, language: Language) -> str | None:
    if share.value is None or share.value <= 0:
        return None
    if between.title and share.value >= (share.comparison or 0):
        return TEXTS.text(language, "semantic_similarity_title", title=between.title)
    return TEXTS.text(language, "semantic_similarity")


def _influence(between: Between, language: Language) -> str | None:
    if between.influence is None:
        return None
    return TEXTS.text(language, "influence", percent=math.floor(100 * between.influence))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
