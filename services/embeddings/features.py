"""What a person is to the model: one text of name, title, organization, tags and notes, its hash, and labels."""

import hashlib
from collections.abc import Iterable

from services.embeddings.domain import Profile

# Under 8,191 tokens, the provider's limit for one input, in any script: a token holds at least one byte of UTF-8, and a
# contact the provider refuses would hold up its whole workspace.
TEXT_LIMIT_BYTES = 8_000


def profile_text(profile: Profile) -> str:
    """Return the text that stands for a contact; empty when nothing is known but an id."""
    name = f"{profile.first_name} {profile.last_name}".strip()
    work = " at ".join(part.strip() for part in (profile.title, profile.organization) if part and part.strip())
    parts = (name, work, ", ".join(profile.tags), profile.notes or "")
    text = ". ".join(part.strip() for part in parts if part.strip())
    return text.encode()[:TEXT_LIMIT_BYTES].decode(errors="ignore")


def content_hash(model: str, text: str) -> bytes:
    """Return the key under which the vector of a text by a model need not be made again (SHA-256, 32 bytes)."""
    return hashlib.sha256(f"{model}\x1f{text}".encode()).digest()


# What an index entry can hold, in any script; no organization is longer, and a tag that is ends here.
LABEL_LIMIT = 300


def labels_of(tags: Iterable[str], organization: str | None) -> tuple[str, ...]:
    """Return what a contact can be filtered by, without case and outer spaces: of a contact and of a filter alike."""
    named = [("tag", tag) for tag in tags] + [("organization", organization or "")]
    folded = {f"{kind}:{value.strip().casefold()[:LABEL_LIMIT]}" for kind, value in named if value.strip()}
    return tuple(sorted(folded))
