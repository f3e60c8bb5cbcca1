"""What a person is to the model: one text of name, title, organization, tags and notes, and its hash."""

import hashlib

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
