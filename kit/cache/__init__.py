"""Scores between services, in Redis: never the only copy, never waited for, never older than the facts they follow.

A key is `rapport:{workspace}:{service}:{model_version}:{epoch}:{id}`. The epoch is a random word, not a count: whoever
finds none makes a new one, so that a lost epoch leads to no old score. It is raised when the change feed has been
followed; what was computed from earlier facts is put under the epoch before. See docs/decisions/0013-cache.md.
"""

from kit.cache.server import Server
from kit.cache.shelf import Look, Shelf

__all__ = ["Look", "Server", "Shelf"]
