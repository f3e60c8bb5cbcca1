"""A circuit breaker (Nygard, Release It!): a service that keeps failing is left alone until it answers again.

Closed: requests pass. Open: they are refused at once, while somebody knocks. Half-open, after an answered knock: one
request at a time passes, and the first verdict decides.
"""

import math
from typing import Literal

State = Literal["closed", "half_open", "open"]

FAILURES_IN_A_ROW = 5
WINDOW_S = 10.0
WINDOW_REQUESTS = 20  # fewer say nothing about a share
FAILED_SHARE = 0.5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 8.0


class Breaker:
    """The state of one service. Times come in: it has no clock and starts nothing itself."""

    __slots__ = ("_failed", "_in_a_row", "_knock_at", "_passed", "_trying", "_window_ends_at", "state", "wait_s")

    def __init__(self) -> None:
        self.state: State = "closed"
        self.wait_s = FIRST_WAIT_S
        self._knock_at = 0.0
        self._trying = False
        self._in_a_row = self._passed = self._failed = 0
        self._window_ends_at = 0.0

    def admits(self) -> bool:
        """Whether a request may pass now; in the half-open state the one that may is the trial."""
        if self.state == "closed":
            return True
        if self.state == "open" or self._trying:
            return False
        self._trying = True
        return True

    def retry_after_s(self, now: float) -> int:
        return max(1, math.ceil(self._knock_at - now))

    def succeeded(self, now: float) -> None:
        """The service answered, whatever it said."""
        if self.state == "half_open":
            self.state, self.wait_s = "closed", FIRST_WAIT_S
            self._window_ends_at = 0.0
        self._in_a_row = 0
        self._turn(now)
        self._passed += 1

    def failed(self, now: float, *, weight: int = 1) -> bool:
        """The service broke off, was not there or was silent; return whether this opened the breaker."""
        if self.state == "open":  # asked before it opened
            return False
        self._turn(now)
        self._in_a_row += weight
        self._failed += 1
        if self.state == "closed" and self._in_a_row < FAILURES_IN_A_ROW and not self._mostly_failed():
            return False
        self._open(now)
        return True

    def abandoned(self) -> None:
        """The client left, or was at fault itself: no verdict, and the next may try."""
        self._trying = False

    def knocked(self, now: float, *, answered: bool) -> None:
        """Take in how a knock at an open breaker ended."""
        if self.state != "open":
            return
        if answered:
            self.state, self._trying = "half_open", False
        else:
            self._open(now)

    def _open(self, now: float) -> None:
        if self.state != "closed":
            self.wait_s = min(2 * self.wait_s, LONGEST_WAIT_S)
        self.state, self._trying, self._knock_at = "open", False, now + self.wait_s

    def _mostly_failed(self) -> bool:
        requests = self._passed + self._failed
        return requests >= WINDOW_REQUESTS and self._failed >= FAILED_SHARE * requests

    def _turn(self, now: float) -> None:
        if now >= self._window_ends_at:
            self._passed, self._failed, self._window_ends_at = 0, 0, now + WINDOW_S
