"""How much time a request has left: named by its caller in X-Timeout-Ms, passed on with every call made for it."""

import time
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "X-Timeout-Ms"
_RAW_HEADER = HEADER.lower().encode()
LONGEST_MS = 600_000

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def remaining_s(otherwise_s: float) -> float:
    """Return how long one may still take, at most `otherwise_s`; 0 or less when the time is over."""
    deadline = _deadline.get()
    return otherwise_s if deadline is None else min(otherwise_s, deadline - time.monotonic())


class Deadline:
    """ASGI middleware: remembers when the caller stops waiting. What is under way is not broken off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = [value for name, value in scope.get("headers", ()) if name == _RAW_HEADER]
        if not sent or not sent[0].isdigit() or len(sent[0]) > len(str(LONGEST_MS)):
            await self._app(scope, receive, send)
            return
        token = _deadline.set(time.monotonic() + min(int(sent[0]), LONGEST_MS) / 1e3)
        try:
            await self._app(scope, receive, send)
        finally:
            _deadline.reset(token)
