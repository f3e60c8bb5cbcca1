"""What a person is to the model: one text of name, title, organization, tags and notes, and its hash."""

import hashlib
from collections.abc import Collection

from services.embeddings.domain import Profile
from services.embeddings.settings import FIELDS, TextField

# Under 8,191 tokens, the provider's limit for one input, in any script: a token holds at least one byte of UTF-8, and a
# contact the provider refuses would hold up its whole workspace.
TEXT_LIMIT_BYTES = 8_000


def profile_text(profile: Profile, fields: Collection[TextField] = FIELDS) -> str:
    """Return the text that stands for a contact, of these fields only; empty when they say nothing."""
    said: dict[TextField, str] = {
        "name": f"{profile.first_name} {profile.last_name}",
        "title": profile.title or "",
        "organization": profile.organization or "",
        "tags": ", ".join(profile.tags),
        "notes": profile.notes or "",
    }
    told = {field: text.strip() if field in fields else "" for field, text in said.items()}
    work = " at ".join(part for part in (told["title"], told["organization"]) if part)
    parts = (told["name"], work, told["tags"], told["notes"])
    text = ". ".join(part.strip() for part in parts if part.strip())
    return text.encode()[:TEXT_LIMIT_BYTES].decode(errors="ignore")


def content_hash(model: str, text: str) -> bytes:
    """Return the key under which the vector of a text by a model need not be made again (SHA-256, 32 bytes)."""
    return hashlib.sha256(f"{model}\x1f{text}".encode()).digest()
