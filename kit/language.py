"""Which of our languages a caller reads, by his Accept-Language (RFC 9110, 12.5.4)."""

import re
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Scope

from kit.texts import DEFAULT, LANGUAGES, Language

_RANGE = re.compile(r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)(?:\s*;\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?")


def negotiate(accepted: str) -> Language:
    """Return the language wanted most; English where none of ours is wanted, or nothing can be read."""
    wanted: dict[str, float] = {}
    for part in accepted.split(","):
        if found := _RANGE.fullmatch(part.strip()):
            name = found[1].split("-")[0].lower()
            wanted[name] = max(wanted.get(name, 0.0), float(found[2] or 1))
    others = wanted.get("*", 0.0)
    best = max(LANGUAGES, key=lambda language: wanted.get(language, others))
    return best if wanted.get(best, others) > 0 else DEFAULT


def language_of(scope: Scope) -> Language:
    """Return the language of a request; an answer that asked for it names it in Content-Language."""
    if "language" not in scope:
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"]
        scope["language"] = negotiate(",".join(sent))
    language: Language = scope["language"]
    return language


async def _reader(request: Request) -> Language:
    return language_of(request.scope)


# What an endpoint asks for that answers with texts.
Reads = Annotated[Language, Depends(_reader)]
