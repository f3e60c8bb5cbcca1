"""Leaving without losing a request: what happens between SIGTERM and the end of the process.

The server's own way is to stop listening, let what runs end and close. Before it begins, `/readyz` says 503 for
`linger_s`, so that a load balancer that asks has sent its next requests elsewhere; and from the signal on every
answer says `Connection: close`, so that clients with open connections look for another door.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

from kit.logs import get_logger

log = get_logger(__name__)
Handler = Callable[[int, FrameType | None], None]


class Drain:
    """Stands before the server's own handler of SIGTERM."""

    def __init__(self, *, linger_s: float) -> None:
        self.leaving = False
        self._linger_s = linger_s
        self._serve_on: Handler | None = None

    def watch(self) -> None:
        """Take the signal over. Signals belong to the main thread: a server in another one is stopped by its owner."""
        handler = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread() or not callable(handler):
            return
        self._loop = asyncio.get_running_loop()
        self._serve_on = handler
        signal.signal(signal.SIGTERM, self._leave)

    def unwatch(self) -> None:
        if self._serve_on is not None:
            signal.signal(signal.SIGTERM, self._serve_on)
            self._serve_on = None

    def _leave(self, number: int, frame: FrameType | None) -> None:
        handler = self._serve_on
        if handler is None:
            return
        if self.leaving or not self._linger_s:  # a second signal does not wait
            self.leaving = True
            handler(number, frame)
            return
        self.leaving = True
        self._loop.call_soon_threadsafe(self._loop.call_later, self._linger_s, handler, number, None)
