"""What the gateway's tests know of an issuer: a shared secret, and keys it publishes."""

from dataclasses import dataclass
from typing import Any

SECRET = "a shared secret of more than thirty-two bytes"


@dataclass(frozen=True)
class Issuer:
    """Private keys by kid, and the document that publishes their public halves."""

    keys: dict[str, Any]
    document: bytes
