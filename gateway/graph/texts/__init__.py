"""What GraphQL itself says to people; what a service says passes as the service said it."""

from pathlib import Path
from typing import Any

from kit.texts import DEFAULT, KIT, Catalogue, Language

TEXTS = Catalogue(Path(__file__).parent)


def said(code: str, /, **values: Any) -> str:
    """Return the detail of a code in English, as errors are raised; `in_language` finds the other when it is sent."""
    return TEXTS.text(DEFAULT, f"detail_{code}", **values)


def in_language(detail: str, language: Language, code: str, values: dict[str, Any]) -> str:
    """Return a detail in the caller's language where it is one of ours or the kit's; else as it is."""
    ours = TEXTS.translated(detail, language, f"detail_{code}", values)
    return KIT.translated(ours, language, f"detail_{code}", values)
