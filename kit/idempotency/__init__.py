"""Idempotency-Key: a POST that changes something is done once, however often and by how many it is sent.

After the IETF draft "The Idempotency-Key HTTP Header Field"; the guard is the database, so replicas need not know of
each other. See docs/decisions/0012-idempotency-keys.md.
"""

from kit.idempotency.middleware import Idempotency
from kit.idempotency.store import forget_expired

__all__ = ["Idempotency", "forget_expired"]
